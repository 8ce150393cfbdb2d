import { RAM_BASE } from '../memory-map.ts';
import { isElf, parseElf } from './elf.ts';
import { gunzip, isGzip } from './gzip.ts';
import { parseLinuxImage } from './linux-image.ts';
import { hex, LoadError } from './load-error.ts';
import type { ImageRole } from './load-error.ts';

/** A range of RAM that something occupies. */
export interface Extent {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/** Bytes to be put into RAM. */
export interface MemoryWrite {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** A kernel or firmware whose place in RAM is known. */
export interface PlacedImage {
  readonly role: ImageRole;
  readonly entry: number;
  readonly writes: readonly MemoryWrite[];
  /** What it occupies, zero-initialised memory included. Not empty. */
  readonly extents: readonly Extent[];
  readonly symbol: (name: string) => number | undefined;
}

/** A megabyte count for messages. */
function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}

/**
 * Decides where an ELF executable, a Linux `Image` or a raw binary goes, gzip removed. ELF files go where their program
 * headers say; the others to `loadAddress`.
 */
export function placeImage(file: Uint8Array, loadAddress: number, memory: number, role: ImageRole): PlacedImage {
  if (file.length === 0) throw new LoadError(`The ${role} is an empty file.`, role);
  const bytes = isGzip(file) ? gunzip(file, memory, role) : file;
  const placed = isElf(bytes) ? placeElf(bytes, role) : placeRaw(bytes, loadAddress, memory, role);
  for (const { start, end } of placed.extents) {
    if (start >= RAM_BASE && end <= RAM_BASE + memory) continue;
    const where = `The ${role} occupies ${hex(start)} to ${hex(end)}`;
    throw new LoadError(
      start >= RAM_BASE && start < RAM_BASE + memory
        ? `${where}, but RAM ends at ${hex(RAM_BASE + memory)}. Give the machine at least ${mebibytes(end - RAM_BASE)} of memory.`
        : `${where}, which is not RAM (${hex(RAM_BASE)} to ${hex(RAM_BASE + memory)}). Link it for this board's RAM` +
            `${role === 'kernel' ? '; of Linux take arch/riscv/boot/Image, not vmlinux' : ''}.`,
      role,
    );
  }
  return placed;
}

function placeElf(bytes: Uint8Array, role: ImageRole): PlacedImage {
  const elf = parseElf(bytes, role);
  return {
    role,
    entry: elf.entry,
    writes: elf.segments
      .filter((segment) => segment.bytes.length > 0)
      .map((segment) => ({ address: segment.physicalAddress, bytes: segment.bytes })),
    extents: elf.segments.map(({ physicalAddress, memorySize }) => ({
      start: physicalAddress,
      end: physicalAddress + memorySize,
    })),
    symbol: elf.symbol,
  };
}

function placeRaw(bytes: Uint8Array, loadAddress: number, memory: number, role: ImageRole): PlacedImage {
  const header = role === 'kernel' ? parseLinuxImage(bytes) : undefined;
  const size = Math.max(bytes.length, header ? Number(header.imageSize) : 0);
  if (size > memory) {
    throw new LoadError(
      `The ${role} needs ${mebibytes(size)} of memory, the machine has ${mebibytes(memory)}. Give it more.`,
      role,
    );
  }
  return {
    role,
    entry: loadAddress,
    writes: [{ address: loadAddress, bytes }],
    extents: [{ start: loadAddress, end: loadAddress + size }],
    symbol: () => undefined,
  };
}

export function lowest(image: PlacedImage): number {
  return Math.min(...image.extents.map((extent) => extent.start));
}

export function highest(image: PlacedImage): number {
  return Math.max(...image.extents.map((extent) => extent.end));
}
