import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import type { ByteSink, ByteSource } from '../../emulator/recording/byte-source.ts';
import { codeOf, fileError, reasonOf } from './file-error.ts';

/** A file to read a recording from. */
export class FileSource implements ByteSource {
  readonly name: string;
  readonly size: number;
  readonly #handle: FileHandle;

  private constructor(name: string, size: number, handle: FileHandle) {
    this.name = name;
    this.size = size;
    this.#handle = handle;
  }

  /** Rejects with a FileError. The size is the present one: what is appended later is not seen. */
  static async open(path: string): Promise<FileSource> {
    try {
      const handle = await open(path, 'r');
      const stats = await handle.stat();
      if (stats.isFile()) return new FileSource(path, stats.size, handle);
      await handle.close();
    } catch (error) {
      throw fileError(path, 'opened', error, 'Name a recording that exists and may be read.');
    }
    throw fileError(path, 'opened', 'it is not a file', 'Name a recording.');
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const { bytesRead } = await this.#handle.read(bytes, done, length - done, offset + done);
      if (bytesRead === 0) throw fileError(this.name, 'read', 'it became shorter meanwhile', 'Open it again.');
      done += bytesRead;
    }
    return bytes;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** A file to write a recording to. */
export class FileSink implements ByteSink {
  readonly name: string;
  readonly #handle: FileHandle;
  #size = 0;

  private constructor(name: string, handle: FileHandle) {
    this.name = name;
    this.#handle = handle;
  }

  /** Rejects with a FileError: an existing file is only written over when `overwrite` says so. */
  static async create(path: string, overwrite: boolean): Promise<FileSink> {
    try {
      return new FileSink(path, await open(path, overwrite ? 'w' : 'wx'));
    } catch (error) {
      const code = codeOf(error);
      if (code === 'ENOENT') throw fileError(path, 'created', 'its folder does not exist', 'Make the folder first.');
      const remedy =
        code === 'EEXIST'
          ? 'Choose another name, or say --force to write over it.'
          : 'Choose a place that may be written.';
      throw fileError(path, 'created', error, remedy);
    }
  }

  async append(bytes: Uint8Array): Promise<void> {
    try {
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, this.#size + done);
        done += bytesWritten;
      }
      this.#size += bytes.length;
    } catch (error) {
      // What was written of the chunk would be a torn tail: harmless, but better away.
      await this.#handle.truncate(this.#size).catch(() => undefined);
      throw new Error(reasonOf(error), { cause: error });
    }
  }

  async flush(): Promise<void> {
    await this.#handle.sync();
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
