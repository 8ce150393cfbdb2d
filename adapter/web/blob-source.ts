import type { ByteSource } from '../../emulator/recording/byte-source.ts';

/** A recording in a blob. A blob over a file of the person's disk is read piece by piece, as it is asked for. */
export class BlobSource implements ByteSource {
  readonly name: string;
  readonly #blob: Blob;

  constructor(name: string, blob: Blob) {
    this.name = name;
    this.#blob = blob;
  }

  get size(): number {
    return this.#blob.size;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    return new Uint8Array(await this.#blob.slice(offset, offset + length).arrayBuffer());
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
