/**
 * Where what was found in a program is kept for the next time. What it gives back is looked at before it is used: it may
 * be damaged, of another version, or not of this program. A host without one (a browser) reads everything anew.
 */
export interface SymbolCache {
  /** What was written under a key, which is a file name; undefined when there is none. */
  readonly read: (key: string) => Uint8Array | undefined;
  /** Keeps something under a key, if it can; never throws. */
  readonly write: (key: string, bytes: Uint8Array) => void;
}

/** A host's answer that there is none. */
export const NO_CACHE: SymbolCache = { read: () => undefined, write: () => undefined };
