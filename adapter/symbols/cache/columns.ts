import { crc32 } from '../../../emulator/recording/crc32.ts';

/** A column of an index: numbers that are kept as they lie in memory. */
export type Column = Uint8Array | Uint32Array | Float64Array;

/** The element types that a reader expects, in order. */
export type ColumnTypes = readonly ('u8' | 'u32' | 'f64')[];

const ELEMENT_SIZES = { u8: 1, u32: 4, f64: 8 } as const;

/** "RGSC", and the version of what is behind it. Another version is not read. */
const MAGIC = 0x43534752;
const VERSION = 1;
const HEADER_SIZE = 24;
/** Nothing larger is worth keeping; a claim of more is not believed. */
const LARGEST = 2 ** 27;

/**
 * Writes columns as bytes: magic, version, CRC-32 of the identity, CRC-32 of the rest, length of the rest, number of
 * columns; then each column's length in bytes, padded to 8, and the column, padded likewise. All little-endian.
 * `identity` is what the columns are of. Undefined when they are too large to keep.
 */
export function encodeColumns(identity: string, columns: readonly Column[]): Uint8Array | undefined {
  const size = columns.reduce((total, { byteLength }) => total + 8 + pad(byteLength), 0);
  if (size > LARGEST) return undefined;
  const bytes = new Uint8Array(HEADER_SIZE + size);
  const view = new DataView(bytes.buffer);
  let at = HEADER_SIZE;
  for (const { buffer, byteOffset, byteLength } of columns) {
    view.setUint32(at, byteLength, true);
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at + 8);
    at += 8 + pad(byteLength);
  }
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, VERSION, true);
  view.setUint32(8, crc32(new TextEncoder().encode(identity)), true);
  view.setUint32(12, crc32(bytes.subarray(HEADER_SIZE)), true);
  view.setUint32(16, size, true);
  view.setUint32(20, columns.length, true);
  return bytes;
}

/**
 * The columns that `encodeColumns` wrote for the same identity. Undefined for anything else: damaged, cut short, of
 * another version or program, or of other columns than `types`.
 */
export function decodeColumns<const T extends ColumnTypes>(
  identity: string,
  given: Uint8Array,
  types: T,
): ColumnsOf<T> | undefined {
  if (given.length < HEADER_SIZE) return undefined;
  // Columns of numbers must lie at multiples of their size.
  const bytes = given.byteOffset % 8 === 0 ? given : new Uint8Array(given);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (offset: number): number => view.getUint32(offset, true);
  if (word(0) !== MAGIC || word(4) !== VERSION || word(20) !== types.length) return undefined;
  if (word(8) !== crc32(new TextEncoder().encode(identity))) return undefined;
  if (word(16) !== bytes.length - HEADER_SIZE || word(12) !== crc32(bytes.subarray(HEADER_SIZE))) return undefined;
  const columns: Column[] = [];
  let at = HEADER_SIZE;
  for (const type of types) {
    if (at + 8 > bytes.length) return undefined;
    const length = word(at);
    const start = at + 8;
    at = start + pad(length);
    if (at > bytes.length || length % ELEMENT_SIZES[type] !== 0) return undefined;
    columns.push(columnOf(type, bytes, start, length));
  }
  return at === bytes.length ? asColumns(columns, types) : undefined;
}

/** The columns that a list of types stands for. */
export type ColumnsOf<T extends ColumnTypes> = {
  readonly [I in keyof T]: T[I] extends 'u8' ? Uint8Array : T[I] extends 'u32' ? Uint32Array : Float64Array;
};

function columnOf(
  type: ColumnTypes[number],
  { buffer, byteOffset }: Uint8Array,
  start: number,
  length: number,
): Column {
  switch (type) {
    case 'u8':
      return new Uint8Array(buffer, byteOffset + start, length);
    case 'u32':
      return new Uint32Array(buffer, byteOffset + start, length / 4);
    case 'f64':
      return new Float64Array(buffer, byteOffset + start, length / 8);
  }
}

/** Each column was made by its type. */
function asColumns<T extends ColumnTypes>(columns: readonly Column[], types: T): ColumnsOf<T> | undefined {
  return isColumns(columns, types) ? columns : undefined;
}

function isColumns<T extends ColumnTypes>(
  columns: readonly Column[],
  types: T,
): columns is readonly Column[] & ColumnsOf<T> {
  const constructors = { u8: Uint8Array, u32: Uint32Array, f64: Float64Array } as const;
  return columns.length === types.length && types.every((type, at) => columns[at] instanceof constructors[type]);
}

function pad(length: number): number {
  return Math.ceil(length / 8) * 8;
}
