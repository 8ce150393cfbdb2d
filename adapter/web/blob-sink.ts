import type { ByteSink } from '../../emulator/recording/byte-source.ts';

/** A recording in the making, kept in memory. */
export class BlobSink implements ByteSink {
  readonly name: string;
  /** A blob of blobs copies none of them, and a browser may keep large ones out of memory. */
  #content = new Blob([]);

  constructor(name: string) {
    this.name = name;
  }

  /** What was appended so far. */
  get content(): Blob {
    return this.#content;
  }

  append(pieces: readonly Uint8Array[]): Promise<void> {
    this.#content = new Blob([this.#content, ...pieces.map((piece) => new Uint8Array(piece))]);
    return Promise.resolve();
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    return new Uint8Array(await this.#content.slice(offset, offset + length).arrayBuffer());
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
