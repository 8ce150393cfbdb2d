/**
 * What a recording is read from and written to. A file on the desktop, a blob in a browser, an array in tests: the
 * emulator sees only these two interfaces.
 */

/** Random access to bytes that do not change while they are read; more may be appended behind them. */
export interface ByteSource {
  /** What to call it in a message to a person: a file's path. */
  readonly name: string;
  /** Bytes; a non-negative integer below 2^53. What is appended later counts after `refresh`. */
  readonly size: number;
  /** Looks again how many bytes there are. Absent where there can never be more. */
  refresh?(): Promise<void>;
  /** Exactly `length` bytes at `offset`; both lie within `size`. Rejects when they cannot be had. */
  read(offset: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Where a recording is appended to. Appends never overlap: the writer awaits each before it makes the next. */
export interface ByteSink {
  readonly name: string;
  /**
   * Appends all the pieces, one behind the other, or rejects and leaves what was there before as it was (as far as the host
   * allows: what is left of a half-written chunk is a torn tail, which readers ignore). The caller leaves the bytes as
   * they are until it is done.
   */
  append(pieces: readonly Uint8Array[]): Promise<void>;
  /** Exactly `length` bytes at `offset`, all of them appended before. Rejects when they cannot be had. May overlap `append`. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Resolves once what was appended survives the end of this process. */
  flush(): Promise<void>;
  close(): Promise<void>;
}
