import { open, type FileHandle } from 'node:fs/promises';
import type { ByteSink } from '../../emulator/recording/byte-source.ts';
import { systemReason } from './host-error.ts';

/** A file that a recording is appended to. */
export class FileSink implements ByteSink {
  readonly #file: FileHandle;

  private constructor(
    readonly name: string,
    file: FileHandle,
  ) {
    this.#file = file;
  }

  /** Makes a new file. Rejects with a sentence when there is one of this name: nothing is ever overwritten. */
  static async create(path: string): Promise<FileSink> {
    try {
      return new FileSink(path, await open(path, 'wx'));
    } catch (error) {
      throw new Error(`${path} cannot be made: ${systemReason(error)}. Name another file for the recording.`, {
        cause: error,
      });
    }
  }

  async append(bytes: Uint8Array): Promise<void> {
    let done = 0;
    while (done < bytes.length) {
      const { bytesWritten } = await this.#file.write(bytes, done);
      done += bytesWritten;
    }
  }

  async flush(): Promise<void> {
    await this.#file.datasync();
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
