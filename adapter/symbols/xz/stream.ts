import { crc32 } from '../../../emulator/recording/crc32.ts';
import type { ByteCursor } from '../byte-cursor.ts';
import { integrityCheck, type IntegrityCheck } from './integrity-check.ts';
import { readMultibyteInteger } from './multibyte-integer.ts';

const HEADER_MAGIC = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0];
const FOOTER_MAGIC = 0x5a59;
/** Bytes of a stream's header, and of its footer. */
const END_SIZE = 12;

/** A block, as the index of its stream tells of it. */
export interface BlockPlace {
  /** Where its header begins, in bytes from the start of the file. */
  readonly start: number;
  /** From there to the end of its check, without the padding before that. */
  readonly unpaddedSize: number;
  readonly contentSize: number;
  readonly check: IntegrityCheck;
}

/** Whether a file begins as one of xz does. */
export function isXz(bytes: Uint8Array): boolean {
  return HEADER_MAGIC.every((byte, index) => bytes[index] === byte);
}

/**
 * The blocks of all streams of a file, in order, by their indexes (.xz file format 1.0.4, sections 2 and 4). Those are at the
 * streams' ends, so that the file is read from its end on. Throws SymbolError.
 */
export function blocksOf(file: ByteCursor): readonly BlockPlace[] {
  const streams: BlockPlace[][] = [];
  for (let end = file.end; end > 0;) {
    // Padding behind a stream is zeros, four at a time.
    while (end >= 4 && file.part(end - 4, end).u32() === 0) end -= 4;
    const stream = readStream(file, end);
    streams.push(stream.blocks);
    end = stream.start;
  }
  return streams.reverse().flat();
}

/** The stream that ends at an offset. */
function readStream(file: ByteCursor, end: number): { start: number; blocks: BlockPlace[] } {
  const { indexStart, flags } = readFooter(file, end);
  const { check, checkIdentifier } = readFlags(file, flags, end - 4);
  const records = readIndex(file.part(indexStart, end - END_SIZE));
  const size = records.reduce((sum, { unpaddedSize }) => sum + multipleOf4(unpaddedSize), 0);
  const start = indexStart - size - END_SIZE;
  if (!(start >= 0)) throw file.error(`the index tells of ${size} bytes of blocks, more than there are`, indexStart);
  readHeader(file.part(start, start + END_SIZE), checkIdentifier);
  let at = start + END_SIZE;
  const blocks = records.map(({ unpaddedSize, contentSize }): BlockPlace => {
    const block = { start: at, unpaddedSize, contentSize, check };
    at += multipleOf4(unpaddedSize);
    return block;
  });
  return { start, blocks };
}

function readFooter(file: ByteCursor, end: number): { indexStart: number; flags: number } {
  const start = end - END_SIZE;
  const cutShort = 'the file does not end as one of xz does: it was cut short, or something was put behind it';
  if (start < END_SIZE) throw file.error(cutShort, end);
  const footer = file.part(start, end);
  const checksum = footer.u32();
  if (crc32(file.bytes.subarray(start + 4, end - 2)) !== checksum) throw file.error(cutShort, start);
  const indexSize = (footer.u32() + 1) * 4;
  const flags = footer.u16();
  if (footer.u16() !== FOOTER_MAGIC) throw file.error(cutShort, end - 2);
  if (indexSize > start - END_SIZE) throw file.error(`an index of ${indexSize} bytes does not fit`, start + 4);
  return { indexStart: start - indexSize, flags };
}

/** How the stream's blocks are checked. */
function readFlags(file: ByteCursor, flags: number, at: number): { check: IntegrityCheck; checkIdentifier: number } {
  const checkIdentifier = flags >> 8;
  const check = integrityCheck(checkIdentifier);
  if ((flags & 0xff) !== 0 || check === undefined) {
    throw file.error(`stream flags 0x${flags.toString(16)} are not known`, at);
  }
  return { check, checkIdentifier };
}

function readHeader(header: ByteCursor, checkIdentifier: number): void {
  const start = header.position;
  if (!HEADER_MAGIC.every((byte) => header.u8() === byte)) throw header.error('no stream begins where one must', start);
  const flags = header.part(start + 6, start + 8);
  const checksum = header.part(start + 8, start + END_SIZE).u32();
  if (crc32(header.bytes.subarray(start + 6, start + 8)) !== checksum) {
    throw header.error("the stream header's checksum does not match", start + 8);
  }
  if (flags.u8() !== 0 || flags.u8() !== checkIdentifier) {
    throw header.error("the stream's header and footer have different flags", start + 6);
  }
}

function readIndex(index: ByteCursor): { unpaddedSize: number; contentSize: number }[] {
  const start = index.position;
  const checksum = index.part(index.end - 4, index.end).u32();
  if (crc32(index.bytes.subarray(start, index.end - 4)) !== checksum) {
    throw index.error("the index' checksum does not match", index.end - 4);
  }
  if (index.u8() !== 0) throw index.error('an index does not begin with a zero', start);
  const count = readMultibyteInteger(index);
  const records: { unpaddedSize: number; contentSize: number }[] = [];
  for (let number = 0; number < count; number++) {
    const at = index.position;
    const unpaddedSize = readMultibyteInteger(index);
    if (unpaddedSize < 5) throw index.error(`a block of ${unpaddedSize} bytes`, at);
    records.push({ unpaddedSize, contentSize: readMultibyteInteger(index) });
  }
  const left = index.end - 4 - index.position;
  if (left < 0 || left > 3) throw index.error('the index does not end behind its records');
  while (index.position < index.end - 4) {
    if (index.u8() !== 0) throw index.error('padding is not zero', index.position - 1);
  }
  return records;
}

/** What a size becomes by the padding behind it. */
export function multipleOf4(size: number): number {
  return Math.ceil(size / 4) * 4;
}
