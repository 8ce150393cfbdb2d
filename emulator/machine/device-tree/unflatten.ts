import { LoadError } from '../loaders/load-error.ts';
import { FDT_HEADER_SIZE, FDT_MAGIC, FdtToken } from './flattened.ts';
import type { DeviceTree, DeviceTreeNode, MemoryReservation } from './tree.ts';

/** Deeper trees are refused: no hardware is described that way, and a reader must not exhaust the stack. */
const MAXIMUM_DEPTH = 64;

/** Reads a blob of version 16 or 17. Throws a LoadError when it is malformed; nothing in it is trusted. */
export function unflatten(blob: Uint8Array): DeviceTree {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  if (blob.length < FDT_HEADER_SIZE || view.getUint32(0) !== FDT_MAGIC) {
    throw malformed('it does not begin with the magic number d00dfeed');
  }
  const totalSize = view.getUint32(4);
  if (totalSize > blob.length) throw malformed(`its header says ${totalSize} bytes, the file has ${blob.length}`);
  const version = view.getUint32(20);
  if (version < 16 || view.getUint32(24) > 17) throw malformed(`its format is version ${version}, not 16 or 17`);

  const structure = section(blob, totalSize, view.getUint32(8), version >= 17 ? view.getUint32(36) : undefined);
  const strings = section(blob, totalSize, view.getUint32(12), view.getUint32(32));
  const reader = new StructureReader(structure, strings);
  return {
    root: reader.root(),
    reservations: readReservations(view, totalSize, view.getUint32(16)),
    bootHart: view.getUint32(28),
  };
}

function malformed(reason: string): LoadError {
  return new LoadError(`The device tree blob is malformed: ${reason}. Make it again with dtc.`);
}

function section(blob: Uint8Array, totalSize: number, offset: number, size: number | undefined): Uint8Array {
  const end = size === undefined ? totalSize : offset + size;
  if (offset > totalSize || end > totalSize) throw malformed('a block lies outside the file');
  return blob.subarray(offset, end);
}

function readReservations(view: DataView, totalSize: number, offset: number): readonly MemoryReservation[] {
  const reservations: MemoryReservation[] = [];
  for (let at = offset; ; at += 16) {
    if (at + 16 > totalSize) throw malformed('its memory reservation block has no end');
    const address = view.getBigUint64(at);
    const size = view.getBigUint64(at + 8);
    if (address === 0n && size === 0n) return reservations;
    reservations.push({ address, size });
  }
}

class StructureReader {
  readonly #structure: Uint8Array;
  readonly #view: DataView;
  readonly #strings: Uint8Array;
  #offset = 0;

  constructor(structure: Uint8Array, strings: Uint8Array) {
    this.#structure = structure;
    this.#view = new DataView(structure.buffer, structure.byteOffset, structure.byteLength);
    this.#strings = strings;
  }

  root(): DeviceTreeNode {
    if (this.#token() !== FdtToken.beginNode) throw malformed('it has no root node');
    const root = this.#node(0);
    if (this.#token() !== FdtToken.end) throw malformed('something follows the root node');
    return root;
  }

  /** A node whose begin token has been read. */
  #node(depth: number): DeviceTreeNode {
    if (depth > MAXIMUM_DEPTH) throw malformed(`its nodes are nested deeper than ${MAXIMUM_DEPTH}`);
    const name = terminated(this.#structure, this.#offset);
    this.#skip(name.length + 1);
    const node: DeviceTreeNode = { name, properties: new Map(), children: [] };
    for (;;) {
      switch (this.#token()) {
        case FdtToken.beginNode:
          node.children.push(this.#node(depth + 1));
          break;
        case FdtToken.property: {
          const length = this.#word();
          const key = terminated(this.#strings, this.#word());
          const start = this.#offset;
          this.#skip(length);
          node.properties.set(key, this.#structure.slice(start, start + length));
          break;
        }
        case FdtToken.endNode:
          return node;
        default:
          throw malformed('its structure block has an unknown token');
      }
    }
  }

  #token(): number {
    let token = this.#word();
    while (token === FdtToken.nop) token = this.#word();
    return token;
  }

  #word(): number {
    const offset = this.#offset;
    if (offset + 4 > this.#structure.length) throw malformed('its structure block is cut short');
    this.#offset = offset + 4;
    return this.#view.getUint32(offset);
  }

  /** Advances over bytes and their padding. */
  #skip(length: number): void {
    if (length > this.#structure.length - this.#offset) throw malformed('its structure block is cut short');
    this.#offset += Math.ceil(length / 4) * 4;
  }
}

function terminated(bytes: Uint8Array, offset: number): string {
  const end = bytes.indexOf(0, offset);
  if (offset >= bytes.length || end < 0) throw malformed('a name in it has no end');
  // Names are ASCII, one byte a character, so that the length in characters is the length in bytes.
  return String.fromCharCode(...bytes.subarray(offset, end));
}
