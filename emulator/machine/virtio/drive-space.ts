import type { PagedSpace } from '../paged-space.ts';
import { PageHashes } from '../page-hashes.ts';
import { PAGE_SIZE } from '../paged-space.ts';

/**
 * The contents of a drive: an image, which is never altered, under the pages that were written. The last page is
 * filled up with zeros where the image does not end with it.
 */
export class DriveSpace implements PagedSpace {
  readonly name: string;
  readonly pageCount: number;
  /** Bytes; the image's. */
  readonly size: number;
  readonly #image: Uint8Array;
  readonly #hashPage: (page: Uint8Array) => bigint;
  readonly #hashes: PageHashes;
  readonly #written = new Map<number, Uint8Array>();
  readonly #dirty = new Set<number>();

  /** `hashPage` hashes as PagedSpace says. */
  constructor(name: string, image: Uint8Array, hashPage: (page: Uint8Array) => bigint) {
    this.name = name;
    this.size = image.length;
    this.pageCount = Math.ceil(image.length / PAGE_SIZE);
    this.#image = image;
    this.#hashPage = hashPage;
    this.#hashes = new PageHashes(this.pageCount);
    for (let index = 0; index < this.pageCount; index++) if (!isZero(this.page(index))) this.#dirty.add(index);
  }

  dirtyPages(): Uint32Array {
    return Uint32Array.from(this.#dirty);
  }

  takeDirty(): Uint32Array {
    const dirty = this.dirtyPages();
    this.#dirty.clear();
    return dirty;
  }

  page(index: number): Uint8Array {
    const written = this.#written.get(index);
    if (written) return written;
    this.#expectPage(index);
    const original = this.#image.subarray(index * PAGE_SIZE, (index + 1) * PAGE_SIZE);
    if (original.length === PAGE_SIZE) return original;
    const padded = new Uint8Array(PAGE_SIZE);
    padded.set(original);
    return padded;
  }

  writePage(index: number, bytes: Uint8Array): void {
    if (bytes.length !== PAGE_SIZE) throw new RangeError(`a page has ${PAGE_SIZE} bytes, not ${bytes.length}`);
    this.#writablePage(index).set(bytes);
  }

  rehash(pages: Uint32Array): number {
    let altered = 0;
    for (const index of pages) if (this.#hashes.set(index, this.#hashPage(this.page(index)))) altered++;
    return altered;
  }

  get hashes(): Uint32Array {
    return this.#hashes.words;
  }

  get hashSum(): bigint {
    return this.#hashes.sum;
  }

  /** A copy of bytes of the drive. Throws a RangeError outside of it. */
  read(offset: number, length: number): Uint8Array {
    this.#expectRange(offset, length);
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length;) {
      const inPage = (offset + at) % PAGE_SIZE;
      const part = this.page(Math.floor((offset + at) / PAGE_SIZE)).subarray(inPage, inPage + length - at);
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  /** Throws a RangeError outside of the drive. */
  write(offset: number, bytes: Uint8Array): void {
    this.#expectRange(offset, bytes.length);
    for (let at = 0; at < bytes.length;) {
      const inPage = (offset + at) % PAGE_SIZE;
      const part = bytes.subarray(at, at + PAGE_SIZE - inPage);
      this.#writablePage(Math.floor((offset + at) / PAGE_SIZE)).set(part, inPage);
      at += part.length;
    }
  }

  /** The page's own copy, marked dirty. */
  #writablePage(index: number): Uint8Array {
    let page = this.#written.get(index);
    if (!page) {
      page = this.page(index).slice();
      this.#written.set(index, page);
    }
    this.#dirty.add(index);
    return page;
  }

  #expectPage(index: number): void {
    if (!Number.isInteger(index) || index < 0 || index >= this.pageCount) {
      throw new RangeError(`${this.name} has no page ${index}`);
    }
  }

  #expectRange(offset: number, length: number): void {
    if (offset < 0 || length < 0 || offset + length > this.size) {
      throw new RangeError(`${this.name} has ${this.size} bytes, not ${offset + length}`);
    }
  }
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}
