/** Makes small ELF files, well-formed or not. */

export interface ElfFileSegment {
  readonly virtual: bigint;
  readonly physical?: bigint;
  readonly bytes: Uint8Array;
  readonly memorySize?: bigint;
}

export interface ElfFileOptions {
  readonly entry?: bigint;
  readonly segments?: readonly ElfFileSegment[];
  readonly symbols?: Readonly<Record<string, bigint>>;
}

const HEADER = 64;
const PROGRAM_HEADER = 56;
const SECTION_HEADER = 64;
const SYMBOL = 24;

export const CODE: ElfFileSegment = { virtual: 0x8020_0000n, bytes: Uint8Array.of(0x6f, 0, 0, 0) };

/** A little-endian ELF64 RISC-V executable. */
export function elfFile(options: ElfFileOptions = {}): Uint8Array<ArrayBuffer> {
  const segments = options.segments ?? [CODE];
  const symbols = Object.entries(options.symbols ?? {});
  const strings = Buffer.from(`\0${symbols.map(([name]) => `${name}\0`).join('')}`);
  const symbolSize = (symbols.length + 1) * SYMBOL;
  const dataStart = HEADER + segments.length * PROGRAM_HEADER;
  const dataSize = segments.reduce((sum, segment) => sum + segment.bytes.length, 0);
  const symbolStart = dataStart + dataSize;
  const stringStart = symbolStart + symbolSize;
  const sectionStart = stringStart + strings.length;
  const file = new Uint8Array(sectionStart + 3 * SECTION_HEADER);
  const view = new DataView(file.buffer);

  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 2, true);
  view.setUint16(18, 243, true);
  view.setUint32(20, 1, true);
  view.setBigUint64(24, options.entry ?? segments[0]?.virtual ?? 0n, true);
  view.setBigUint64(32, BigInt(HEADER), true);
  view.setBigUint64(40, BigInt(sectionStart), true);
  view.setUint16(52, HEADER, true);
  view.setUint16(54, PROGRAM_HEADER, true);
  view.setUint16(56, segments.length, true);
  view.setUint16(58, SECTION_HEADER, true);
  view.setUint16(60, 3, true);

  let data = dataStart;
  for (const [index, { virtual, physical, bytes, memorySize }] of segments.entries()) {
    const at = HEADER + index * PROGRAM_HEADER;
    view.setUint32(at, 1, true);
    view.setBigUint64(at + 8, BigInt(data), true);
    view.setBigUint64(at + 16, virtual, true);
    view.setBigUint64(at + 24, physical ?? virtual, true);
    view.setBigUint64(at + 32, BigInt(bytes.length), true);
    view.setBigUint64(at + 40, memorySize ?? BigInt(bytes.length), true);
    file.set(bytes, data);
    data += bytes.length;
  }

  let name = 1;
  for (const [index, [title, value]] of symbols.entries()) {
    const at = symbolStart + (index + 1) * SYMBOL;
    view.setUint32(at, name, true);
    view.setBigUint64(at + 8, value, true);
    name += title.length + 1;
  }
  file.set(strings, stringStart);

  const section = (index: number, type: number, offset: number, size: number, link: number) => {
    const at = sectionStart + index * SECTION_HEADER;
    view.setUint32(at + 4, type, true);
    view.setBigUint64(at + 24, BigInt(offset), true);
    view.setBigUint64(at + 32, BigInt(size), true);
    view.setUint32(at + 40, link, true);
  };
  section(1, 2, symbolStart, symbolSize, 2);
  section(2, 3, stringStart, strings.length, 0);
  return file;
}

/** A copy with one field overwritten, little-endian. */
export function patched(file: Uint8Array, offset: number, bytes: 1 | 2 | 4 | 8, value: bigint): Uint8Array {
  const copy = file.slice();
  for (let index = 0; index < bytes; index++) copy[offset + index] = Number((value >> BigInt(8 * index)) & 0xffn);
  return copy;
}
