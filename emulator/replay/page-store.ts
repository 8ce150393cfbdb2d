import { PAGE_SIZE } from '../machine/paged-space.ts';

/** Names the contents of a page in a PageStore. 0 is the page of zeros, which costs nothing. */
export type PageId = number;

/** Fetches contents that are in a file by the numbers the file gives them. */
export type PageLoader = (numbers: Iterable<number>) => Promise<ReadonlyMap<number, Uint8Array>>;

/** Pages to a slab: slabs keep the garbage collector out of it. */
const SLAB_PAGES = 256;
const NOT_RESIDENT = -1;

/**
 * The contents of pages, each different content once, counted by how many places hold it. A content may also be known
 * by its number in the recording's file: one that is read from there need not stay in memory.
 */
export class PageStore {
  readonly #hash: (bytes: Uint8Array) => bigint;
  readonly #loader: PageLoader | undefined;
  readonly #slabs: Uint8Array[] = [];
  readonly #freeSlots: number[] = [];
  readonly #freeIds: PageId[] = [];
  readonly #byHash = new Map<bigint, PageId>();
  /** Other ids of a hash that `#byHash` names already. */
  readonly #collisions = new Map<bigint, PageId[]>();
  readonly #references: number[] = [1];
  readonly #slots: number[] = [NOT_RESIDENT];
  readonly #hashes: bigint[];
  readonly #fileNumbers: number[] = [0];
  #resident = 0;
  readonly zeroPage: Uint8Array = new Uint8Array(PAGE_SIZE);

  /** `loader` reads pages that `addFilePage` announced. */
  constructor(hash: (bytes: Uint8Array) => bigint, loader?: PageLoader) {
    this.#hash = hash;
    this.#loader = loader;
    this.#hashes = [hash(this.zeroPage)];
  }

  /** XXH64 of the page of zeros. */
  get zeroHash(): bigint {
    return this.hash(0);
  }

  /** Bytes of memory that contents take. */
  get residentBytes(): number {
    return this.#resident * PAGE_SIZE;
  }

  /** The id of this content, with one reference for the caller. `hash` is XXH64 of `bytes`, which are 4-byte aligned. */
  intern(bytes: Uint8Array, hash: bigint): PageId {
    if (hash === this.zeroHash && equal(bytes, this.zeroPage)) return 0;
    const known = this.#find(bytes, hash);
    if (known !== undefined) {
      this.retain(known);
      return known;
    }
    const id = this.#newId(0);
    this.#makeResident(id, bytes, hash);
    return id;
  }

  /** An id, with one reference for the caller, for a content that the loader can fetch. */
  addFilePage(fileNumber: number): PageId {
    return fileNumber === 0 ? 0 : this.#newId(fileNumber);
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
    this.#freeIds.push(id);
  }

  /** The number of this content in the recording's file; 0 when it has none. */
  fileNumber(id: PageId): number {
    return this.#fileNumbers[id] ?? 0;
  }

  setFileNumber(id: PageId, fileNumber: number): void {
    this.#fileNumbers[id] = fileNumber;
  }

  /** A view of the content, which must be resident. */
  bytes(id: PageId): Uint8Array {
    if (id === 0) return this.zeroPage;
    const slot = this.#slots[id];
    if (slot === undefined || slot === NOT_RESIDENT) throw new Error(`Page ${id} is not in memory.`);
    return this.#slotBytes(slot);
  }

  /** XXH64 of the content, which must be resident. */
  hash(id: PageId): bigint {
    const hash = this.#hashes[id];
    if (hash === undefined) throw new Error(`Page ${id} is not in memory.`);
    return hash;
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
      if (!this.isResident(id)) this.#makeResident(id, bytes, this.#hash(bytes));
    }
  }

  /** Drops from memory every content that the loader can fetch again. */
  dropReloadable(): void {
    if (this.#loader === undefined) return;
    this.#fileNumbers.forEach((number, id) => {
      if (number !== 0 && this.isResident(id)) this.#evict(id);
    });
  }

  #find(bytes: Uint8Array, hash: bigint): PageId | undefined {
    const first = this.#byHash.get(hash);
    if (first === undefined) return undefined;
    if (equal(bytes, this.bytes(first))) return first;
    return this.#collisions.get(hash)?.find((id) => equal(bytes, this.bytes(id)));
  }

  #newId(fileNumber: number): PageId {
    const id = this.#freeIds.pop() ?? this.#references.length;
    this.#references[id] = 1;
    this.#slots[id] = NOT_RESIDENT;
    this.#fileNumbers[id] = fileNumber;
    return id;
  }

  #makeResident(id: PageId, bytes: Uint8Array, hash: bigint): void {
    const slot = this.#freeSlots.pop() ?? this.#newSlab();
    this.#slots[id] = slot;
    this.#hashes[id] = hash;
    this.#slotBytes(slot).set(bytes);
    this.#resident++;
    if (!this.#byHash.has(hash)) this.#byHash.set(hash, id);
    else this.#collisions.set(hash, [...(this.#collisions.get(hash) ?? []), id]);
  }

  #evict(id: PageId): void {
    const slot = this.#slots[id];
    if (slot === undefined || slot === NOT_RESIDENT) return;
    const hash = this.hash(id);
    const others = this.#collisions.get(hash)?.filter((other) => other !== id) ?? [];
    if (this.#byHash.get(hash) === id) {
      const next = others.shift();
      if (next === undefined) this.#byHash.delete(hash);
      else this.#byHash.set(hash, next);
    }
    if (others.length > 0) this.#collisions.set(hash, others);
    else this.#collisions.delete(hash);
    this.#slots[id] = NOT_RESIDENT;
    this.#freeSlots.push(slot);
    this.#resident--;
  }

  #newSlab(): number {
    const first = this.#slabs.length * SLAB_PAGES;
    this.#slabs.push(new Uint8Array(SLAB_PAGES * PAGE_SIZE));
    for (let slot = first + SLAB_PAGES - 1; slot > first; slot--) this.#freeSlots.push(slot);
    return first;
  }

  #slotBytes(slot: number): Uint8Array {
    const slab = this.#slabs[Math.floor(slot / SLAB_PAGES)];
    if (slab === undefined) throw new RangeError(`There is no slot ${slot}.`);
    const at = (slot % SLAB_PAGES) * PAGE_SIZE;
    return slab.subarray(at, at + PAGE_SIZE);
  }

  #count(id: PageId): number {
    const count = this.#references[id];
    if (count === undefined || count <= 0) throw new Error(`Page ${id} is not held by anybody.`);
    return count;
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  const left = new Uint32Array(a.buffer, a.byteOffset, PAGE_SIZE / 4);
  const right = new Uint32Array(b.buffer, b.byteOffset, PAGE_SIZE / 4);
  for (let word = 0; word < left.length; word++) if (left[word] !== right[word]) return false;
  return true;
}
