import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import type { Codec } from '../../emulator/recording/codec.ts';
import { crc32 } from '../../emulator/recording/crc32.ts';

const deflate = promisify(zlib.deflateRaw);
const inflate = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(zlib.inflateRaw);

/** zlib, which compresses on threads of its own. Its CRC-32 came with Node 20.15. */
export const nodeCodec: Codec = {
  deflate: (bytes) => deflate(bytes, { level: 1 }),
  async inflate(bytes, size) {
    const inflated = await inflate(bytes, { maxOutputLength: Math.max(1, size) });
    if (inflated.length !== size) throw new RangeError(`The deflated data does not hold ${size} bytes.`);
    // Pages are compared by words: they must not begin anywhere within Node's pooled buffers.
    return inflated.byteOffset % 8 === 0 ? inflated : new Uint8Array(inflated);
  },
  crc32: 'crc32' in zlib ? (bytes, before = 0) => zlib.crc32(bytes, before) : crc32,
};
