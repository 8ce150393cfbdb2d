import { PAGE_SIZE } from '../machine/paged-space.ts';
import { ContentIndex, extended } from './content-index.ts';
import { isSamePage } from './page-contents.ts';
import { PageSlabs } from './page-slabs.ts';

/** Names the contents of a page in a PageStore. 0 is the page of zeros, which costs nothing. */
export type PageId = number;

/** Fetches contents that are in a file by the numbers the file gives them. */
export type PageLoader = (numbers: Iterable<number>) => Promise<ReadonlyMap<number, Uint8Array>>;

/** Hashes a page as PagedSpace says. */
export type PageHash = (page: Uint8Array) => bigint;

/** Slots that are none: the content is not in memory, or lies where somebody else keeps it. */
const NOT_RESIDENT = 0xffff_ffff;
const BORROWED = 0xffff_fffe;

/**
 * The contents of pages, each different content once, counted by how many places hold it. A content may also be known
 * by its number in the recording's file: one that can be read from there need not stay in memory.
 */
export class PageStore {
  readonly #hash: PageHash;
  readonly #loader: PageLoader | undefined;
  readonly #slabs = new PageSlabs();
  /** Of contents in memory. */
  readonly #index = new ContentIndex();
  readonly #freeIds: PageId[] = [];
  readonly #borrowed = new Map<PageId, Uint8Array>();
  // By id.
  #references = new Uint32Array(1024);
  #slots = new Uint32Array(1024);
  #fileNumbers = new Uint32Array(1024);
  /** 1 where the loader can fetch the content. */
  #loadable = new Uint32Array(1024);
  #ids = 1;
  #resident = 0;
  /** How many of the resident contents the loader can fetch again. */
  #reloadable = 0;
  readonly zeroPage: Uint8Array = new Uint8Array(PAGE_SIZE);

  /** `loader` reads pages of the recording's file: all that `addFilePage` announces, and those that `written` tells of. */
  constructor(hash: PageHash, loader?: PageLoader) {
    this.#hash = hash;
    this.#loader = loader;
  }

  /** Bytes of memory that contents take. */
  get residentBytes(): number {
    return this.#resident * PAGE_SIZE;
  }

  /** The id of this content, with one reference for the caller. `low` and `high` are the words of its hash; the bytes are 4-byte aligned. */
  intern(bytes: Uint8Array, low: number, high: number): PageId {
    if (this.#isZero(bytes, low, high)) return 0;
    const known = this.#index.find(low, high, (id) => isSamePage(bytes, this.bytes(id)));
    if (known !== undefined) {
      this.retain(known);
      return known;
    }
    const id = this.#newId(0);
    this.#makeResident(id, bytes, low, high);
    return id;
  }

  /**
   * As `intern`, but the content is not copied: the bytes must stay as they are until `returnBorrowed`. Nor is it compared with
   * others: pages of a kernel that was just loaded hardly ever repeat.
   */
  borrow(bytes: Uint8Array, low: number, high: number): PageId {
    if (this.#isZero(bytes, low, high)) return 0;
    const id = this.#newId(0);
    this.#slots[id] = BORROWED;
    this.#borrowed.set(id, bytes);
    return id;
  }

  /** Ends all borrowing: what can be loaded again leaves memory, the rest is copied. */
  returnBorrowed(): void {
    for (const [id, bytes] of this.#borrowed) {
      this.#slots[id] = NOT_RESIDENT;
      if (this.#loadable[id] === 0) this.#makeResident(id, bytes, ...wordsOf(this.#hash(bytes)));
    }
    this.#borrowed.clear();
  }

  /** An id, with one reference for the caller, for a content that the loader can fetch. */
  addFilePage(fileNumber: number): PageId {
    if (fileNumber === 0) return 0;
    const id = this.#newId(fileNumber);
    this.#loadable[id] = 1;
    return id;
  }

  retain(id: PageId): void {
    if (id !== 0) this.#references[id] = this.#count(id) + 1;
  }

  release(id: PageId): void {
    if (id === 0) return;
    const left = this.#count(id) - 1;
    this.#references[id] = left;
    if (left > 0) return;
    this.#evict(id);
    this.#fileNumbers[id] = 0;
    this.#loadable[id] = 0;
    this.#freeIds.push(id);
  }

  /** The number of this content in the recording's file; 0 when it has none. */
  fileNumber(id: PageId): number {
    return this.#fileNumbers[id] ?? 0;
  }

  setFileNumber(id: PageId, fileNumber: number): void {
    this.#fileNumbers[id] = fileNumber;
  }

  /** The content is in the file under its number, and the loader can fetch it from there. */
  written(id: PageId): void {
    if (this.#loadable[id] === 1) return;
    this.#loadable[id] = 1;
    if (this.#isInSlab(id)) this.#reloadable++;
  }

  /** A view of the content, which must be resident. */
  bytes(id: PageId): Uint8Array {
    if (id === 0) return this.zeroPage;
    const slot = this.#slots[id] ?? NOT_RESIDENT;
    const bytes = slot === BORROWED ? this.#borrowed.get(id) : undefined;
    if (bytes !== undefined) return bytes;
    if (slot >= BORROWED) throw new Error(`Page ${id} is not in memory.`);
    return this.#slabs.page(slot);
  }

  isResident(id: PageId): boolean {
    return id === 0 || (this.#slots[id] ?? NOT_RESIDENT) !== NOT_RESIDENT;
  }

  /** Brings contents into memory. Rejects with a RecordingError when the file does not yield them. */
  async load(ids: Iterable<PageId>): Promise<void> {
    const wanted = new Map<PageId, number>();
    for (const id of ids) if (!this.isResident(id)) wanted.set(id, this.fileNumber(id));
    if (wanted.size === 0) return;
    if (this.#loader === undefined) throw new Error('There is no file to load pages from.');
    const pages = await this.#loader(wanted.values());
    for (const [id, number] of wanted) {
      const bytes = pages.get(number);
      if (bytes === undefined) throw new Error(`Page ${number} of the file was not loaded.`);
      if (!this.isResident(id)) this.#makeResident(id, bytes, ...wordsOf(this.#hash(bytes)));
    }
  }

  /** Drops from memory every content that the loader can fetch again. */
  dropReloadable(): void {
    for (let id = 1; id < this.#ids && this.#reloadable > 0; id++) {
      if (this.#loadable[id] === 1 && this.#isInSlab(id)) this.#evict(id);
    }
  }

  #isZero(bytes: Uint8Array, low: number, high: number): boolean {
    return low === 0 && high === 0 && isSamePage(bytes, this.zeroPage);
  }

  #newId(fileNumber: number): PageId {
    const id = this.#freeIds.pop() ?? this.#ids++;
    if (id >= this.#references.length) this.#grow(this.#references.length * 2);
    this.#references[id] = 1;
    this.#slots[id] = NOT_RESIDENT;
    this.#fileNumbers[id] = fileNumber;
    return id;
  }

  #grow(length: number): void {
    this.#references = extended(this.#references, length);
    this.#slots = extended(this.#slots, length);
    this.#fileNumbers = extended(this.#fileNumbers, length);
    this.#loadable = extended(this.#loadable, length);
  }

  #makeResident(id: PageId, bytes: Uint8Array, low: number, high: number): void {
    const slot = this.#slabs.take();
    this.#slots[id] = slot;
    this.#slabs.page(slot).set(bytes);
    this.#resident++;
    if (this.#loadable[id] === 1) this.#reloadable++;
    this.#index.add(id, low, high);
  }

  #evict(id: PageId): void {
    const slot = this.#slots[id] ?? NOT_RESIDENT;
    if (slot === NOT_RESIDENT) return;
    this.#slots[id] = NOT_RESIDENT;
    if (slot === BORROWED) {
      this.#borrowed.delete(id);
      return;
    }
    this.#index.remove(id);
    this.#slabs.giveBack(slot);
    this.#resident--;
    if (this.#loadable[id] === 1) this.#reloadable--;
  }

  #isInSlab(id: PageId): boolean {
    return (this.#slots[id] ?? NOT_RESIDENT) < BORROWED;
  }

  #count(id: PageId): number {
    const count = this.#references[id] ?? 0;
    if (count === 0) throw new Error(`Page ${id} is not held by anybody.`);
    return count;
  }
}

function wordsOf(hash: bigint): [low: number, high: number] {
  return [Number(BigInt.asUintN(32, hash)), Number(hash >> 32n)];
}
