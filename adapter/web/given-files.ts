import { FileError } from '../host/file-error.ts';
import type { SourceFiles } from '../session/host.ts';

/** A file that the page gave to the worker: its content, or where to fetch it. */
export type GivenFile =
  { readonly kind: 'content'; readonly blob: Blob } | { readonly kind: 'url'; readonly url: string };

/** The files that a session in a worker knows, by the names that the page gave them. */
export class GivenFiles implements SourceFiles {
  readonly #files = new Map<string, GivenFile>();
  readonly #fetched = new Map<string, Promise<Blob>>();

  /** Makes a file known, in place of one of the same name. */
  give(name: string, file: GivenFile): void {
    this.#files.set(name, file);
    this.#fetched.delete(name);
  }

  exists(name: string): Promise<boolean> {
    return Promise.resolve(this.#files.has(name));
  }

  async read(name: string): Promise<Uint8Array> {
    return new Uint8Array(await (await this.blob(name)).arrayBuffer());
  }

  async text(name: string): Promise<string> {
    return (await this.blob(name)).text();
  }

  /** Rejects with a FileError when no such file was given, or it cannot be fetched. */
  async blob(name: string): Promise<Blob> {
    const file = this.#files.get(name);
    if (file === undefined) {
      throw new FileError(`${name} cannot be read: the page gave no file of this name. Send it by retrograde/files.`);
    }
    if (file.kind === 'content') return file.blob;
    const fetched = this.#fetched.get(name) ?? fetchBlob(name, file.url);
    this.#fetched.set(name, fetched);
    return fetched;
  }
}

async function fetchBlob(name: string, url: string): Promise<Blob> {
  let reason: string;
  try {
    const response = await fetch(url);
    if (response.ok) return await response.blob();
    reason = `the server answered ${response.status}`;
  } catch (error) {
    reason = error instanceof Error ? error.message : String(error);
  }
  throw new FileError(`${name} cannot be fetched from ${url}: ${reason}. Look whether the address is right.`);
}
