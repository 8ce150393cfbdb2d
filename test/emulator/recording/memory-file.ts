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

  /** Takes the bytes in a later turn, as a disk does: whoever changes them before is found out. */
  async append(pieces: readonly Uint8Array[]): Promise<void> {
    await Promise.resolve();
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (this.#size + length > this.#capacity) throw new Error('no space left on device');
    this.#parts.push(...pieces.map((piece) => piece.slice()));
    this.#size += length;
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    return sourceOf(this.bytes(), this.name).read(offset, length);
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
