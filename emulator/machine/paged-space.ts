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
   * The pages written since the last call (by the guest, a device or `writePage`), in ascending order, each once; then
   * forgets them. A page may be listed although its bytes ended up equal.
   */
  takeDirty(): readonly number[];
  /** The page's bytes. A view: valid only until the machine runs or memory is written again. */
  page(index: number): Uint8Array;
  /** Replaces a page's bytes and drops whatever was derived from them. Marks it dirty. */
  writePage(index: number, bytes: Uint8Array): void;
  /** XXH64 (seed 0) of the page's bytes. */
  hashPage(index: number): bigint;
}
