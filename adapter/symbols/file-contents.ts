import { positionsOf } from './byte-search.ts';

/**
 * The bytes of a file with symbols, which may be read from it part by part as they are wanted: a kernel's debug information
 * is some hundred megabytes, of which a stack needs a few.
 */
export interface FileContents {
  /** As long as the file. Only what was fetched is what the file holds; the rest is zero. */
  readonly bytes: Uint8Array;
  /** Makes [start, end) of `bytes` what the file holds. Throws SymbolError when the file cannot be read, or is another by now. */
  readonly fetch: (start: number, end: number) => void;
  /**
   * Where any of some patterns stands in [start, end) of what the file holds, ascending, without keeping what was read for
   * it. Throws as `fetch` does.
   */
  readonly positionsOf: (patterns: readonly Uint8Array[], start: number, end: number) => readonly number[];
}

/** Contents that are all there. */
export function wholeContents(bytes: Uint8Array): FileContents {
  return {
    bytes,
    fetch: () => undefined,
    positionsOf: (patterns, start, end) => positionsOf(patterns, bytes, start, end),
  };
}
