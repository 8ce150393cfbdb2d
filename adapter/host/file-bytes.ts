import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import type { ByteSink, ByteSource } from '../../emulator/recording/byte-source.ts';
import { codeOf, fileError, reasonOf } from './file-error.ts';

/** A file to read a recording from. */
export class FileSource implements ByteSource {
  readonly name: string;
  readonly #handle: FileHandle;
  #size: number;

  private constructor(name: string, size: number, handle: FileHandle) {
    this.name = name;
    this.#size = size;
    this.#handle = handle;
  }

  /** Rejects with a FileError. */
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

  get size(): number {
    return this.#size;
  }

  async refresh(): Promise<void> {
    const { size } = await this.#handle.stat();
    this.#size = Math.max(this.#size, size);
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    return readExactly(this.#handle, this.name, offset, length);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** What the host takes in one call. */
const MOST_PIECES = 1024;

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
      return new FileSink(path, await open(path, overwrite ? 'w+' : 'wx+'));
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

  async append(pieces: readonly Uint8Array[]): Promise<void> {
    try {
      let at = this.#size;
      for (let done = 0; done < pieces.length; done += MOST_PIECES) {
        at += await this.#write(pieces.slice(done, done + MOST_PIECES), at);
      }
      this.#size = at;
    } catch (error) {
      // What was written of the chunk would be a torn tail: harmless, but better away.
      await this.#handle.truncate(this.#size).catch(() => undefined);
      throw new Error(reasonOf(error), { cause: error });
    }
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    return readExactly(this.#handle, this.name, offset, length);
  }

  async flush(): Promise<void> {
    await this.#handle.sync();
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  /** Writes all the pieces at `offset`; returns how many bytes they are. */
  async #write(pieces: readonly Uint8Array[], offset: number): Promise<number> {
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    let { bytesWritten: done } = await this.#handle.writev(pieces, offset);
    if (done < length) {
      // The host took a part, as when a signal came or the disk is nearly full: the rest in one piece.
      const rest = Buffer.concat(pieces).subarray(done);
      for (let more = 0; more < rest.length;) {
        const { bytesWritten } = await this.#handle.write(rest, more, rest.length - more, offset + done + more);
        more += bytesWritten;
      }
      done = length;
    }
    return done;
  }
}

async function readExactly(handle: FileHandle, name: string, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await handle.read(bytes, done, length - done, offset + done);
    if (bytesRead === 0) throw fileError(name, 'read', 'it became shorter meanwhile', 'Open it again.');
    done += bytesRead;
  }
  return bytes;
}
