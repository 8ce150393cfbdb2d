import { deflateSync, inflateSync } from 'fflate';
import { crc32 } from './crc32.ts';

/** What a recording's bytes are put through. Injected, for the desktop has faster ones. */
export interface Codec {
  /** Raw deflate (RFC 1951). */
  deflate(bytes: Uint8Array): Promise<Uint8Array>;
  /**
   * Inflates to exactly `size` bytes. Rejects when the stream is damaged or its content has another size; never
   * allocates more than a little over `size`.
   */
  inflate(bytes: Uint8Array, size: number): Promise<Uint8Array>;
  /** CRC-32 as in zip, as an unsigned number, of these bytes after those whose CRC-32 is `before` (0 for none). */
  crc32(bytes: Uint8Array, before?: number): number;
}

/** In plain JavaScript: runs everywhere. */
export const portableCodec: Codec = {
  deflate(bytes) {
    return Promise.resolve(deflateSync(bytes, { level: 1 }));
  },
  // One byte of room more than expected shows content that is longer than was said.
  inflate(bytes, size) {
    return new Promise((resolve, reject) => {
      try {
        const inflated = inflateSync(bytes, { out: new Uint8Array(size + 1) });
        if (inflated.length !== size) {
          reject(new RangeError(`The deflated data does not hold ${size} bytes.`));
          return;
        }
        resolve(inflated);
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  },
  crc32,
};
