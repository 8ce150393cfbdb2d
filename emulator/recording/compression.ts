import { deflateSync, inflateSync } from 'fflate';

/** Raw deflate (RFC 1951). Injected, for the desktop has a faster one that runs beside the engine. */
export interface Compression {
  deflate(bytes: Uint8Array): Promise<Uint8Array>;
  /**
   * Inflates to exactly `size` bytes. Rejects when the stream is damaged or its content has another size; never
   * allocates more than a little over `size`.
   */
  inflate(bytes: Uint8Array, size: number): Promise<Uint8Array>;
}

/** In plain JavaScript: runs everywhere. */
export const portableCompression: Compression = {
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
};
