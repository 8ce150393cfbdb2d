import { crc32 } from '../../../../emulator/recording/crc32.ts';

/** Parts of a file of xz as a test wants them; what is left out is as it ought to be. */
export interface XzParts {
  /** The identifier of how contents are checked: 0 for not at all. */
  readonly check?: number;
  /** The filters in the block's header, each with its properties. */
  readonly filters?: readonly (readonly number[])[];
  /** What the block holds, chunks of LZMA2. */
  readonly chunks: readonly number[];
  /** The check behind them. */
  readonly digest?: readonly number[];
  /** How many bytes the index says the block becomes. */
  readonly contentSize: number;
}

const LZMA2 = [0x21, 1, 0];

/** A file of one stream with one block, whose own checksums are right whatever else is wrong. */
export function makeXz({ check = 0, filters = [LZMA2], chunks, digest = [], contentSize }: XzParts): Uint8Array {
  const header = blockHeader(filters);
  const unpaddedSize = header.length + chunks.length + digest.length;
  const index = withChecksum(padded([0, 1, ...multibyte(unpaddedSize), ...multibyte(contentSize)]));
  const flags = [0, check];
  const footer = [...little32(index.length / 4 - 1), ...flags];
  return Uint8Array.from([
    ...[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0],
    ...withChecksum(flags),
    ...padded([...header, ...chunks]),
    ...digest,
    ...index,
    ...little32(crc32(Uint8Array.from(footer))),
    ...footer,
    ...[0x59, 0x5a],
  ]);
}

function blockHeader(filters: readonly (readonly number[])[]): number[] {
  const header = padded([0, filters.length - 1, ...filters.flat()]);
  header[0] = header.length / 4;
  return withChecksum(header);
}

function multibyte(value: number): number[] {
  return value < 0x80 ? [value] : [(value % 0x80) | 0x80, ...multibyte(Math.floor(value / 0x80))];
}

function padded(bytes: readonly number[]): number[] {
  return [...bytes, ...Array.from({ length: (4 - (bytes.length % 4)) % 4 }, () => 0)];
}

function withChecksum(bytes: readonly number[]): number[] {
  return [...bytes, ...little32(crc32(Uint8Array.from(bytes)))];
}

function little32(value: number): number[] {
  return [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);
}
