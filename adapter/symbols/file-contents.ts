/**
 * The bytes of a file with symbols, which may be read from it part by part as they are wanted: a kernel's debug information
 * is some hundred megabytes, of which a stack needs a few.
 */
export interface FileContents {
  /** As long as the file. Only what was fetched is what the file holds; the rest is zero. */
  readonly bytes: Uint8Array;
  /** Makes [start, end) of `bytes` what the file holds. Throws SymbolError when the file cannot be read, or is another by now. */
  readonly fetch: (start: number, end: number) => void;
}

/** Contents that are all there. */
export function wholeContents(bytes: Uint8Array): FileContents {
  return { bytes, fetch: () => undefined };
}
