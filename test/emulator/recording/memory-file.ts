import type { ByteSink, ByteSource } from '../../../emulator/recording/byte-source.ts';

/** A file in memory, written as a sink and read as a source. */
export class MemoryFile implements ByteSink {
  readonly name: string;
  readonly #parts: Uint8Array[] = [];
  readonly #capacity: number;
  #size = 0;

  /** `capacity`: bytes after which the disk is full. */
  constructor(name = 'memory.retrograde', capacity = Infinity) {
    this.name = name;
    this.#capacity = capacity;
  }

  append(bytes: Uint8Array): Promise<void> {
    if (this.#size + bytes.length > this.#capacity) return Promise.reject(new Error('no space left on device'));
    this.#parts.push(bytes.slice());
    this.#size += bytes.length;
    return Promise.resolve();
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  bytes(): Uint8Array {
    const all = new Uint8Array(this.#size);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}

export function sourceOf(bytes: Uint8Array, name = 'memory.retrograde'): ByteSource {
  return {
    name,
    size: bytes.length,
    read(offset, length) {
      if (offset + length > bytes.length) return Promise.reject(new RangeError('read beyond the end'));
      return Promise.resolve(bytes.slice(offset, offset + length));
    },
    close: () => Promise.resolve(),
  };
}
