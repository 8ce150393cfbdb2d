/** Bytes in a page of every paged space. */
export const PAGE_SIZE = 4096;

/**
 * Something large that belongs to the machine's state and changes a page at a time: RAM, and the contents of each drive.
 * Checkpoints, digests and recordings treat all of them alike.
 */
export interface PagedSpace {
  /** `ram`, `drive0`, ...; unique in a machine. */
  readonly name: string;
  readonly pageCount: number;
  /**
   * The pages written since the last call (by the guest, a device or `writePage`), each once; the first call lists every
   * page that is not all zeros. Then forgets them. A page may be listed although its bytes ended up equal.
   */
  takeDirty(): Uint32Array;
  /** What `takeDirty` would list. The pages stay dirty. A view: valid until the machine runs or memory is written again. */
  dirtyPages(): Uint32Array;
  /** The page's bytes. A view: valid only until the machine runs or memory is written again. */
  page(index: number): Uint8Array;
  /** Replaces a page's bytes and drops whatever was derived from them. Marks it dirty. */
  writePage(index: number, bytes: Uint8Array): void;
  /** Brings `hashes` and `hashSum` up to date with the present bytes of these pages; returns how many have another hash now. */
  rehash(pages: Uint32Array): number;
  /**
   * The hash of each page as of its last `rehash`, in two words, the low one first: XXH3 (64 bits, seed 0) of the page less
   * XXH3 of a page of zeros, modulo 2^64. So pages of zeros, and those never looked at, have 0.
   */
  readonly hashes: Uint32Array;
  /** Sum of hash * (2 * index + 1) over all pages, modulo 2^64. Odd factors let no hash vanish; places have each their own. */
  readonly hashSum: bigint;
}
