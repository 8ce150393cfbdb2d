import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import type { Compression } from '../../emulator/recording/compression.ts';

const deflate = promisify(deflateRaw);
const inflate = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(inflateRaw);

/** zlib, on threads of its own: compressing does not stop the engine. */
export const nodeCompression: Compression = {
  deflate: (bytes) => deflate(bytes, { level: 1 }),
  async inflate(bytes, size) {
    const inflated = await inflate(bytes, { maxOutputLength: Math.max(1, size) });
    if (inflated.length !== size) throw new RangeError(`The deflated data does not hold ${size} bytes.`);
    // Pages are compared by words: they must not begin anywhere within Node's pooled buffers.
    return inflated.byteOffset % 8 === 0 ? inflated : new Uint8Array(inflated);
  },
};
