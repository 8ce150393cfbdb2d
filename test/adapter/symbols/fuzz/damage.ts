import { ElfFile } from '../../../../adapter/symbols/elf/elf-file.ts';

/** A source of numbers that are the same for the same seed: mulberry32. `below(n)` gives an integer in [0, n). */
export interface Numbers {
  below(limit: number): number;
}

export function numbersFrom(seed: number): Numbers {
  let state = seed >>> 0;
  return {
    below: (limit) => {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
    },
  };
}

/** [start, end) of a file, which has one purpose. */
export interface Part {
  readonly start: number;
  readonly end: number;
}

/**
 * The parts of an ELF file that are worth damaging, each as likely as the other: else the code, which nothing here reads,
 * would take most of it. The headers of the file and of its sections are among them.
 */
export function partsOf(bytes: Uint8Array): readonly Part[] {
  const elf = ElfFile.parse(bytes);
  const wanted = /^\.(debug|zdebug|rela|eh_frame|symtab|strtab|shstrtab|note|gnu)/;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headers = Number(view.getBigUint64(40, true));
  return [
    { start: 0, end: 64 },
    { start: headers, end: headers + elf.sections.length * 64 },
    ...elf.sections
      .filter(({ name, size, type }) => wanted.test(name) && size > 0 && type !== 8)
      .map(({ offset, size }) => ({ start: offset, end: offset + size })),
  ];
}

/** Bytes that lengths, counts, offsets and LEB128s do not like. */
const HOSTILE: readonly (readonly number[])[] = [
  [0],
  [0xff],
  [0x7f],
  [0x80],
  [0xff, 0xff, 0xff, 0xff],
  [0xff, 0xff, 0xff, 0x7f],
  [0, 0, 0, 0x80],
  [0xf0, 0xff, 0xff, 0xff],
  [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f, 0],
];

/** A damaged copy: one to five changes within its parts, and seldom only the beginning of the file. */
export function damaged(original: Uint8Array, parts: readonly Part[], numbers: Numbers): Uint8Array {
  const bytes = original.slice();
  for (let changes = 1 + numbers.below(5); changes > 0; changes--) change(bytes, parts, numbers);
  return numbers.below(40) === 0 ? bytes.subarray(0, numbers.below(bytes.length)) : bytes;
}

function change(bytes: Uint8Array, parts: readonly Part[], numbers: Numbers): void {
  const part = parts[numbers.below(parts.length)] ?? { start: 0, end: bytes.length };
  const at = part.start + numbers.below(part.end - part.start);
  switch (numbers.below(6)) {
    case 0:
      bytes[at] = numbers.below(256);
      return;
    case 1:
      bytes[at] = (bytes[at] ?? 0) ^ (1 << numbers.below(8));
      return;
    case 2:
      // A neighbour's value: mostly one that is allowed, but not here.
      bytes[at] = bytes[part.start + numbers.below(part.end - part.start)] ?? 0;
      return;
    case 3: {
      // A piece of the part again, elsewhere.
      const length = 1 + numbers.below(16);
      const from = part.start + numbers.below(part.end - part.start);
      bytes.copyWithin(at, from, Math.min(from + length, part.end, bytes.length - Math.max(0, at - from)));
      return;
    }
    default: {
      const hostile = HOSTILE[numbers.below(HOSTILE.length)] ?? [0];
      bytes.set(hostile.slice(0, bytes.length - at), at);
    }
  }
}
