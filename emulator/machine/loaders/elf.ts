import { hex, LoadError } from './load-error.ts';
import type { ImageRole } from './load-error.ts';

/** ELF64 executables (System V ABI, Object Files; RISC-V ELF psABI): what a loader needs of them. */

const MAGIC = 0x7f454c46;
const CLASS_64 = 2;
const LITTLE_ENDIAN = 1;
const TYPE_EXECUTABLE = 2;
const TYPE_SHARED = 3;
const MACHINE_RISCV = 243;
const HEADER_SIZE = 64;
const PROGRAM_HEADER_SIZE = 56;
const SECTION_HEADER_SIZE = 64;
const SYMBOL_SIZE = 24;
const SEGMENT_LOAD = 1;
const SECTION_SYMBOL_TABLE = 2;

const MACHINE_NAMES: Readonly<Record<number, string>> = {
  3: 'x86',
  8: 'MIPS',
  20: 'PowerPC',
  21: 'PowerPC64',
  22: 'S/390',
  40: 'Arm',
  62: 'x86-64',
  183: 'AArch64',
  258: 'LoongArch',
};

/** A loadable segment. Addresses fit 53 bits. */
export interface ElfSegment {
  readonly virtualAddress: bigint;
  readonly physicalAddress: number;
  /** A view of the file. */
  readonly bytes: Uint8Array;
  /** Bytes in memory; what exceeds `bytes` is zero. */
  readonly memorySize: number;
}

export interface ElfExecutable {
  /** Physical address of the first instruction. */
  readonly entry: number;
  /** Not empty; in the order of the file. */
  readonly segments: readonly ElfSegment[];
  /** Physical address of a symbol; undefined when the file has no symbol of that name. */
  readonly symbol: (name: string) => number | undefined;
}

export function isElf(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) === MAGIC;
}

/** Reads an ELF file that `isElf` recognised. Throws a LoadError unless it is a well-formed RV64 executable. */
export function parseElf(bytes: Uint8Array, role: ImageRole): ElfExecutable {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fail = (reason: string): LoadError => new LoadError(`The ${role} ${reason}`, role);
  if (bytes.length < HEADER_SIZE)
    throw fail(`is an ELF file cut short at byte ${bytes.length}. Copy or build it again.`);
  if (bytes[5] !== LITTLE_ENDIAN) throw fail('is a big-endian ELF file; this machine is little-endian RV64.');
  const machine = view.getUint16(18, true);
  if (machine !== MACHINE_RISCV) {
    const name = MACHINE_NAMES[machine] ?? `machine number ${machine}`;
    throw fail(`is an ELF file for ${name}, not for RISC-V. Build it with a riscv64 toolchain.`);
  }
  if (bytes[4] !== CLASS_64)
    throw fail('is a 32-bit ELF file (RV32); this machine is RV64. Build it with -march=rv64gc.');
  const type = view.getUint16(16, true);
  if (type !== TYPE_EXECUTABLE && type !== TYPE_SHARED) {
    throw fail(`is an ELF file of type ${type}, not an executable. Link it first.`);
  }

  const segments = readSegments(bytes, view, fail);
  const virtualEntry = view.getBigUint64(24, true);
  const entry = toPhysical(segments, virtualEntry);
  if (entry === undefined) {
    throw fail(
      `has its entry point ${hex(virtualEntry)} outside all of its segments. Check the linker script's ENTRY.`,
    );
  }
  return {
    entry,
    segments,
    symbol: (name) => {
      const value = findSymbol(bytes, view, name);
      return value === undefined ? undefined : toPhysical(segments, value);
    },
  };
}

function readSegments(bytes: Uint8Array, view: DataView, fail: (reason: string) => LoadError): readonly ElfSegment[] {
  const offset = view.getBigUint64(32, true);
  const entrySize = view.getUint16(54, true);
  const count = view.getUint16(56, true);
  if (count > 0 && entrySize !== PROGRAM_HEADER_SIZE) throw fail(`has program headers of ${entrySize} bytes, not 56.`);
  if (offset + BigInt(count * PROGRAM_HEADER_SIZE) > BigInt(bytes.length)) {
    throw fail(`is an ELF file cut short at byte ${bytes.length}, inside its program headers. Copy or build it again.`);
  }
  const segments: ElfSegment[] = [];
  for (let index = 0; index < count; index++) {
    const at = Number(offset) + index * PROGRAM_HEADER_SIZE;
    if (view.getUint32(at, true) !== SEGMENT_LOAD) continue;
    const fileOffset = view.getBigUint64(at + 8, true);
    const physicalAddress = view.getBigUint64(at + 24, true);
    const fileSize = view.getBigUint64(at + 32, true);
    const memorySize = view.getBigUint64(at + 40, true);
    if (memorySize === 0n) continue;
    if (fileOffset + fileSize > BigInt(bytes.length)) {
      throw fail(
        `is an ELF file cut short: segment ${index} ends at byte ${fileOffset + fileSize}, the file at ${bytes.length}. ` +
          'Copy or build it again.',
      );
    }
    if (fileSize > memorySize) throw fail(`has a segment (${index}) that is larger in the file than in memory.`);
    if (physicalAddress + memorySize > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw fail(`has a segment (${index}) at physical address ${hex(physicalAddress)}, far outside RAM.`);
    }
    segments.push({
      virtualAddress: view.getBigUint64(at + 16, true),
      physicalAddress: Number(physicalAddress),
      bytes: bytes.subarray(Number(fileOffset), Number(fileOffset + fileSize)),
      memorySize: Number(memorySize),
    });
  }
  if (segments.length === 0) throw fail('is an ELF file without a loadable segment. Link it as an executable.');
  return segments;
}

function toPhysical(segments: readonly ElfSegment[], virtual: bigint): number | undefined {
  for (const { virtualAddress, physicalAddress, memorySize } of segments) {
    const offset = virtual - virtualAddress;
    if (offset >= 0n && offset < BigInt(memorySize)) return physicalAddress + Number(offset);
  }
  return undefined;
}

/** The value of the first symbol of this name. A malformed symbol table has no symbols: loading does not need any. */
function findSymbol(bytes: Uint8Array, view: DataView, name: string): bigint | undefined {
  const wanted = new TextEncoder().encode(`${name}\0`);
  const sections = readSections(bytes, view);
  for (const section of sections) {
    if (section.type !== SECTION_SYMBOL_TABLE) continue;
    const strings = sections[section.link];
    if (!strings) continue;
    for (let at = section.offset; at + SYMBOL_SIZE <= section.offset + section.size; at += SYMBOL_SIZE) {
      const nameOffset = view.getUint32(at, true);
      if (nameOffset + wanted.length > strings.size) continue;
      const start = strings.offset + nameOffset;
      if (wanted.every((byte, index) => bytes[start + index] === byte)) return view.getBigUint64(at + 8, true);
    }
  }
  return undefined;
}

interface Section {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
}

/** The sections that lie inside the file; one that does not reads as empty. */
function readSections(bytes: Uint8Array, view: DataView): readonly Section[] {
  const offset = view.getBigUint64(40, true);
  const count = view.getUint16(60, true);
  if (view.getUint16(58, true) !== SECTION_HEADER_SIZE) return [];
  if (offset + BigInt(count * SECTION_HEADER_SIZE) > BigInt(bytes.length)) return [];
  return Array.from({ length: count }, (_, index) => {
    const at = Number(offset) + index * SECTION_HEADER_SIZE;
    const start = view.getBigUint64(at + 24, true);
    const size = view.getBigUint64(at + 32, true);
    const inside = start + size <= BigInt(bytes.length);
    return {
      type: view.getUint32(at + 4, true),
      offset: inside ? Number(start) : 0,
      size: inside ? Number(size) : 0,
      link: view.getUint32(at + 40, true),
    };
  });
}
