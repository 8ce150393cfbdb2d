import { open, type FileHandle } from 'node:fs/promises';
import type { ByteSource } from '../../emulator/recording/byte-source.ts';
import { systemReason } from './host-error.ts';

/** A file as a recording is read from it. */
export class FileSource implements ByteSource {
  readonly #file: FileHandle;

  private constructor(
    readonly name: string,
    readonly size: number,
    file: FileHandle,
  ) {
    this.#file = file;
  }

  /** Rejects with a sentence that names the file. */
  static async open(path: string): Promise<FileSource> {
    try {
      const file = await open(path, 'r');
      const { size } = await file.stat();
      return new FileSource(path, size, file);
    } catch (error) {
      throw new Error(`${path} cannot be opened: ${systemReason(error)}.`, { cause: error });
    }
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await this.#file.read(bytes, done, length - done, offset + done);
      if (bytesRead === 0) throw new Error(`${this.name} became shorter while it was read.`);
      done += bytesRead;
    }
    return bytes;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
