import { crc32 } from './crc32.ts';

/**
 * The frame that everything in a recording is wrapped in; FORMAT.md, "Chunks". Header and payload have a checksum each:
 * a damaged length can then never pass for the end of the file.
 */

/** 0xF7 is not valid in UTF-8, so no text file begins like this. */
export const CHUNK_MAGIC = 0x43_47_52_f7;
export const CHUNK_HEADER_SIZE = 24;
/** The largest payload, in bytes: what bounds the memory of a reader. */
export const MAXIMUM_PAYLOAD = 16 * 1024 * 1024;

export interface ChunkHeader {
  /** Four printable ASCII characters. */
  readonly kind: string;
  /** 0 for the first chunk of a file, then one more each. */
  readonly sequence: number;
  /** Bytes of payload. */
  readonly length: number;
  readonly payloadChecksum: number;
}

/** A header, or why these bytes are none. */
export type ParsedChunkHeader =
  { readonly kind: 'header'; readonly header: ChunkHeader } | { readonly kind: 'damaged'; readonly reason: string };

/** The bytes of a header. */
export function encodeChunkHeader({ kind, sequence, length, payloadChecksum }: ChunkHeader): Uint8Array {
  if (!/^[ -~]{4}$/.test(kind)) throw new RangeError(`'${kind}' is not a chunk kind of four ASCII characters.`);
  if (length > MAXIMUM_PAYLOAD) throw new RangeError(`A ${kind} chunk of ${length} bytes is too large.`);
  const bytes = new Uint8Array(CHUNK_HEADER_SIZE);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, CHUNK_MAGIC, true);
  for (let i = 0; i < 4; i++) bytes[4 + i] = kind.charCodeAt(i);
  view.setUint32(8, sequence, true);
  view.setUint32(12, length, true);
  view.setUint32(16, payloadChecksum, true);
  view.setUint32(20, crc32(bytes.subarray(0, 20)), true);
  return bytes;
}

/** Parses exactly CHUNK_HEADER_SIZE bytes and checks everything that they alone can show. */
export function parseChunkHeader(bytes: Uint8Array, expectedSequence: number): ParsedChunkHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, CHUNK_HEADER_SIZE);
  if (view.getUint32(0, true) !== CHUNK_MAGIC) return { kind: 'damaged', reason: 'no chunk begins there' };
  if (view.getUint32(20, true) !== crc32(bytes.subarray(0, 20))) {
    return { kind: 'damaged', reason: 'the checksum of a chunk header does not match' };
  }
  const kind = String.fromCharCode(...bytes.subarray(4, 8));
  const sequence = view.getUint32(8, true);
  const length = view.getUint32(12, true);
  if (sequence !== expectedSequence) {
    return { kind: 'damaged', reason: `chunk ${sequence} stands where chunk ${expectedSequence} belongs` };
  }
  if (length > MAXIMUM_PAYLOAD) return { kind: 'damaged', reason: `a chunk claims ${length} bytes` };
  return { kind: 'header', header: { kind, sequence, length, payloadChecksum: view.getUint32(16, true) } };
}
