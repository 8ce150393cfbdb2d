import type { Engine } from '../engine/engine.ts';
import { MROM_BASE, MROM_PAGES } from '../engine/layout.ts';
import type { Bus } from './bus.ts';
import type { PhysicalMemory } from './device.ts';
import type { WritablePlace } from './change.ts';
import type { MemoryRead, Translation } from './machine.ts';
import { RAM_BASE } from './memory-map.ts';
import { PAGE_SIZE } from './paged-space.ts';

/** Memory by physical and virtual address: for devices that are bus masters, and for people (who see with no effects). */
export class GuestMemory implements PhysicalMemory {
  readonly #engine: Engine;
  readonly #ramBytes: number;
  readonly #onWrite: (address: number, before: Uint8Array, after: Uint8Array) => void;

  /** `onWrite` hears of each write before it is done; `before` is a view of what is there. */
  constructor(engine: Engine, onWrite: (address: number, before: Uint8Array, after: Uint8Array) => void) {
    this.#engine = engine;
    this.#onWrite = onWrite;
    this.#ramBytes = engine.ramPages * PAGE_SIZE;
  }

  contains(address: number, length: number): boolean {
    return address >= RAM_BASE && length >= 0 && address + length <= RAM_BASE + this.#ramBytes;
  }

  read(address: number, length: number): Uint8Array {
    const linear = this.#linear(address, length);
    return this.#engine.bytes.slice(linear, linear + length);
  }

  write(address: number, bytes: Uint8Array): void {
    let linear = this.#linear(address, bytes.length);
    this.#onWrite(address, this.#engine.bytes.subarray(linear, linear + bytes.length), bytes);
    for (let done = 0; done < bytes.length;) {
      const length = Math.min(bytes.length - done, PAGE_SIZE - (linear % PAGE_SIZE));
      this.#engine.prepareWrite(linear, length);
      this.#engine.bytes.set(bytes.subarray(done, done + length), linear);
      linear += length;
      done += length;
    }
  }

  /** The bytes at a physical address that are RAM or boot ROM, up to the end of its page; undefined where neither is. */
  peekPage(physical: bigint): Uint8Array | undefined {
    const { ramLinear, ramPages, bytes } = this.#engine;
    const end = (linear: number): number => linear - (linear % PAGE_SIZE) + PAGE_SIZE;
    const ram = physical - BigInt(RAM_BASE);
    if (ram >= 0n && ram < BigInt(this.#ramBytes)) {
      const linear = ramLinear + Number(ram);
      return bytes.subarray(linear, end(linear));
    }
    const rom = physical - BigInt(MROM_BASE);
    if (rom >= 0n && rom < BigInt(MROM_PAGES * PAGE_SIZE)) {
      const linear = ramLinear + ramPages * PAGE_SIZE + Number(rom);
      return bytes.subarray(linear, end(linear));
    }
    return undefined;
  }

  #linear(address: number, length: number): number {
    if (!this.contains(address, length)) {
      throw new RangeError(`0x${address.toString(16)} and ${length} bytes on is not all RAM`);
    }
    return this.#engine.ramLinear + (address - RAM_BASE);
  }
}

const PRIVILEGE_MACHINE = 3;

/** What a person sees of memory: by virtual address with a hart's translation, devices included, with no effects (law 6). */
export class MemoryViewer {
  readonly #engine: Engine;
  readonly #memory: GuestMemory;
  readonly #bus: Bus;
  readonly #privilege: () => number;

  constructor(engine: Engine, memory: GuestMemory, bus: Bus, privilege: () => number) {
    this.#engine = engine;
    this.#memory = memory;
    this.#bus = bus;
    this.#privilege = privilege;
  }

  /**
   * In M-mode an address is physical; where that is not memory but S-mode's translation maps it, the person means that
   * (a kernel's address, looked at while the firmware runs).
   */
  translate(address: bigint): Translation {
    const unsigned = BigInt.asUintN(64, address);
    const privilege = this.#privilege();
    if (privilege !== PRIVILEGE_MACHINE) return mapped(this.#engine.probe(unsigned, privilege));
    const isThere = this.#memory.peekPage(unsigned) !== undefined || this.#peekDevice(unsigned) !== undefined;
    return isThere ? mapped(unsigned) : mapped(this.#engine.probe(unsigned, 1));
  }

  readVirtual(address: bigint, length: number): MemoryRead {
    return read(length, (done) => {
      const at = BigInt.asUintN(64, address + BigInt(done));
      const translation = this.translate(at);
      return translation.kind === 'mapped' ? this.#piece(translation.physical) : undefined;
    });
  }

  readPhysical(address: bigint, length: number): MemoryRead {
    return read(length, (done) => this.#piece(address + BigInt(done)));
  }

  /** Where bytes for a virtual address go, whatever the pages' permissions, as debuggers do. */
  writableVirtual(address: bigint, length: number): WritablePlace {
    return this.#writable(length, (done) => {
      const at = BigInt.asUintN(64, address + BigInt(done));
      const translation = this.translate(at);
      return translation.kind === 'mapped' ? translation.physical : `Nothing is mapped at ${hex(at)} now.`;
    });
  }

  writablePhysical(address: bigint, length: number): WritablePlace {
    return this.#writable(length, (done) => address + BigInt(done));
  }

  #piece(physical: bigint): Uint8Array | undefined {
    return this.#memory.peekPage(physical) ?? this.#peekDevice(physical);
  }

  #peekDevice(physical: bigint): Uint8Array | undefined {
    if (physical > 0xffff_ffffn) return undefined;
    const address = Number(physical);
    const width = address % 4 === 0 ? 4 : 1;
    const value = this.#bus.peek(address, width) ?? (width === 4 ? this.#bus.peek(address, 1) : undefined);
    if (value === undefined) return undefined;
    const answeredWide = width === 4 && this.#bus.peek(address, 4) !== undefined;
    const bytes = new Uint8Array(answeredWide ? 4 : 1);
    for (let index = 0; index < bytes.length; index++) bytes[index] = Number((value >> BigInt(index * 8)) & 0xffn);
    return bytes;
  }

  /** `locate` gives the physical address of a byte, or the sentence that says why there is none. */
  #writable(length: number, locate: (done: number) => bigint | string): WritablePlace {
    const pieces: { address: number; length: number }[] = [];
    for (let done = 0; done < length;) {
      const physical = locate(done);
      if (typeof physical === 'string') return { kind: 'refused', why: physical };
      const piece = Math.min(length - done, PAGE_SIZE - Number(physical % BigInt(PAGE_SIZE)));
      if (physical > BigInt(Number.MAX_SAFE_INTEGER) || !this.#memory.contains(Number(physical), piece)) {
        return { kind: 'refused', why: this.#noRam(physical) };
      }
      pieces.push({ address: Number(physical), length: piece });
      done += piece;
    }
    return { kind: 'ram', pieces };
  }

  #noRam(physical: bigint): string {
    if (this.#memory.peekPage(physical) !== undefined) {
      return `Physical address ${hex(physical)} is in the boot ROM, which nothing writes.`;
    }
    const device = physical <= 0xffff_ffffn ? this.#bus.deviceAt(Number(physical)) : undefined;
    if (device === undefined) return `There is no memory at physical address ${hex(physical)}.`;
    return `Physical address ${hex(physical)} is a register of ${device}: writing it is an access, not a change of memory.`;
  }
}

function mapped(physical: bigint | undefined): Translation {
  return physical === undefined ? { kind: 'unmapped' } : { kind: 'mapped', physical };
}

/** Collects `length` bytes from pieces; `piece(done)` is what can be had at an offset, or undefined where nothing is. */
function read(length: number, piece: (done: number) => Uint8Array | undefined): MemoryRead {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const part = piece(done);
    if (!part) break;
    const taken = part.subarray(0, length - done);
    bytes.set(taken, done);
    done += taken.length;
  }
  return { bytes: bytes.subarray(0, done), unreadable: length - done };
}

const hex = (value: bigint): string => `0x${value.toString(16)}`;
