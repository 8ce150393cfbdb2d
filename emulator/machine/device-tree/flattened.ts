import type { DeviceTree, DeviceTreeNode } from './tree.ts';

/** The flattened device tree format (Devicetree Specification 0.4, chapter 5). */

export const FDT_MAGIC = 0xd00dfeed;
export const FDT_HEADER_SIZE = 40;
const VERSION = 17;
const LAST_COMPATIBLE_VERSION = 16;

export const FdtToken = { beginNode: 1, endNode: 2, property: 3, nop: 4, end: 9 } as const;

/** The tree as a version 17 blob, without slack. */
export function flatten(tree: DeviceTree): Uint8Array {
  const structure = new StructureWriter();
  structure.node(tree.root);
  structure.word(FdtToken.end);

  const structureBytes = structure.block();
  const stringsBytes = structure.strings();
  const reservationsOffset = FDT_HEADER_SIZE;
  const structureOffset = reservationsOffset + (tree.reservations.length + 1) * 16;
  const stringsOffset = structureOffset + structureBytes.length;
  const totalSize = stringsOffset + stringsBytes.length;

  const blob = new Uint8Array(totalSize);
  const view = new DataView(blob.buffer);
  const header = [
    FDT_MAGIC,
    totalSize,
    structureOffset,
    stringsOffset,
    reservationsOffset,
    VERSION,
    LAST_COMPATIBLE_VERSION,
    tree.bootHart,
    stringsBytes.length,
    structureBytes.length,
  ];
  for (const [index, word] of header.entries()) view.setUint32(index * 4, word);
  for (const [index, { address, size }] of tree.reservations.entries()) {
    view.setBigUint64(reservationsOffset + index * 16, address);
    view.setBigUint64(reservationsOffset + index * 16 + 8, size);
  }
  blob.set(structureBytes, structureOffset);
  blob.set(stringsBytes, stringsOffset);
  return blob;
}

class StructureWriter {
  readonly #bytes: number[] = [];
  readonly #strings: number[] = [];
  readonly #stringOffsets = new Map<string, number>();

  node(node: DeviceTreeNode): void {
    this.word(FdtToken.beginNode);
    this.#push(new TextEncoder().encode(`${node.name}\0`));
    for (const [name, value] of node.properties) {
      this.word(FdtToken.property);
      this.word(value.length);
      this.word(this.#string(name));
      this.#push(value);
    }
    for (const child of node.children) this.node(child);
    this.word(FdtToken.endNode);
  }

  word(value: number): void {
    this.#bytes.push(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
  }

  block(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  strings(): Uint8Array {
    return Uint8Array.from(this.#strings);
  }

  /** Bytes, padded to a word. */
  #push(bytes: Uint8Array): void {
    for (const byte of bytes) this.#bytes.push(byte);
    while (this.#bytes.length % 4 !== 0) this.#bytes.push(0);
  }

  #string(name: string): number {
    const known = this.#stringOffsets.get(name);
    if (known !== undefined) return known;
    const offset = this.#strings.length;
    this.#strings.push(...new TextEncoder().encode(`${name}\0`));
    this.#stringOffsets.set(name, offset);
    return offset;
  }
}
