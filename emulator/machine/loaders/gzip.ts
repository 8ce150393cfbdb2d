import { Inflate } from 'fflate';
import { LoadError } from './load-error.ts';
import type { ImageRole } from './load-error.ts';

/** gzip (RFC 1952) around a kernel or firmware image, as distributions install them. */

const HEADER_SIZE = 10;
const TRAILER_SIZE = 8;
const METHOD_DEFLATE = 8;
const FLAG_HEADER_CRC = 0x02;
const FLAG_EXTRA = 0x04;
const FLAG_NAME = 0x08;
const FLAG_COMMENT = 0x10;

/** Deflate expands at most 1032 times, so that this much input bounds what one step can allocate. */
const INPUT_STEP = 16_384;

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * The contents of a gzip file with one member. Throws a LoadError when it is corrupt (length and CRC are checked) or would
 * exceed `limit` bytes, of which little more is ever allocated.
 */
export function gunzip(bytes: Uint8Array, limit: number, role: ImageRole): Uint8Array {
  const corrupt = (reason: string): LoadError =>
    new LoadError(`The ${role} is a corrupt gzip file: ${reason}. Copy or build it again.`, role);
  const start = dataOffset(bytes);
  if (start === undefined || bytes.length < start + TRAILER_SIZE) throw corrupt('it is cut short');
  if (bytes[2] !== METHOD_DEFLATE) throw corrupt(`its compression method ${bytes[2] ?? 0} is unknown`);

  const chunks: Uint8Array[] = [];
  const progress = { length: 0, ended: false };
  const inflate = new Inflate((chunk, final) => {
    progress.length += chunk.length;
    if (progress.length > limit) {
      throw new LoadError(
        `The ${role} unpacks to more than the ${limit} bytes there is room for. Give the machine more memory.`,
        role,
      );
    }
    chunks.push(chunk);
    progress.ended ||= final;
  });
  const data = bytes.subarray(start, bytes.length - TRAILER_SIZE);
  try {
    for (let at = 0; at < data.length || at === 0; at += INPUT_STEP) {
      inflate.push(data.subarray(at, at + INPUT_STEP), at + INPUT_STEP >= data.length);
    }
  } catch (error) {
    if (error instanceof LoadError) throw error;
    throw corrupt(error instanceof Error ? error.message : 'its data cannot be read');
  }
  if (!progress.ended) throw corrupt('it is cut short');

  const contents = new Uint8Array(progress.length);
  let at = 0;
  for (const chunk of chunks) {
    contents.set(chunk, at);
    at += chunk.length;
  }
  const trailer = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - TRAILER_SIZE, TRAILER_SIZE);
  if (trailer.getUint32(4, true) !== contents.length % 2 ** 32) throw corrupt('its length does not match');
  if (trailer.getUint32(0, true) !== crc32(contents)) throw corrupt('its checksum does not match');
  return contents;
}

/** Where the deflate data begins; undefined when the header is cut short. */
function dataOffset(bytes: Uint8Array): number | undefined {
  if (bytes.length < HEADER_SIZE) return undefined;
  const flags = bytes[3] ?? 0;
  let offset = HEADER_SIZE;
  if (flags & FLAG_EXTRA) offset += 2 + (bytes[offset] ?? 0) + (bytes[offset + 1] ?? 0) * 256;
  for (const flag of [FLAG_NAME, FLAG_COMMENT]) {
    if ((flags & flag) === 0) continue;
    const end = bytes.indexOf(0, offset);
    if (end < 0) return undefined;
    offset = end + 1;
  }
  if (flags & FLAG_HEADER_CRC) offset += 2;
  return offset;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb8_8320 : crc >>> 1;
  return crc;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0);
  return ~crc >>> 0;
}
