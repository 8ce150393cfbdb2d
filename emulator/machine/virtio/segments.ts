import type { PhysicalMemory } from '../device.ts';
import type { Segment } from './virtqueue.ts';

export function totalLength(segments: readonly Segment[]): number {
  return segments.reduce((sum, segment) => sum + segment.length, 0);
}

/** The part of scattered memory from byte `start`, `length` bytes long; shorter when the segments end before. */
export function slice(segments: readonly Segment[], start: number, length: number): readonly Segment[] {
  const result: Segment[] = [];
  let skip = start;
  let left = length;
  for (const segment of segments) {
    if (skip >= segment.length) {
      skip -= segment.length;
      continue;
    }
    const taken = Math.min(segment.length - skip, left);
    if (taken > 0) result.push({ address: segment.address + skip, length: taken });
    skip = 0;
    left -= taken;
  }
  return result;
}

/** Gathers the bytes of scattered memory. For what is small: it copies. */
export function gather(memory: PhysicalMemory, segments: readonly Segment[]): Uint8Array {
  const bytes = new Uint8Array(totalLength(segments));
  let at = 0;
  for (const { address, length } of segments) {
    bytes.set(memory.read(address, length), at);
    at += length;
  }
  return bytes;
}

/** Writes the bytes over scattered memory, as far as it goes. Returns how many were written. */
export function scatter(memory: PhysicalMemory, segments: readonly Segment[], bytes: Uint8Array): number {
  let at = 0;
  for (const { address, length } of segments) {
    if (at === bytes.length) break;
    const part = bytes.subarray(at, at + length);
    memory.write(address, part);
    at += part.length;
  }
  return at;
}
