import { PAGE_SIZE } from '../machine/paged-space.ts';

/** Whether two pages hold the same. Both are 4-byte aligned in their buffers. */
export function isSamePage(a: Uint8Array, b: Uint8Array): boolean {
  const left = new Uint32Array(a.buffer, a.byteOffset, PAGE_SIZE / 4);
  const right = new Uint32Array(b.buffer, b.byteOffset, PAGE_SIZE / 4);
  for (let word = 0; word < left.length; word++) if (left[word] !== right[word]) return false;
  return true;
}
