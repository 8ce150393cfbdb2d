/**
 * A file with symbols that says something it must not. The message names the section and the offset in it (bytes, in
 * hexadecimal), so that the file's maker can be found out; readers that can still give a part of the answer catch it.
 */
export class SymbolError extends Error {
  override readonly name = 'SymbolError';

  constructor(
    /** What is wrong, as a sentence without its full stop. */
    readonly reason: string,
    /** The section's name, or `the ELF header` and the like for what lies outside sections. */
    readonly section: string,
    /** Bytes from the start of the section. */
    readonly offset: number,
  ) {
    super(`${reason} (${section === '' ? 'a section without a name' : section} at 0x${offset.toString(16)})`);
  }
}

/** Runs `read`, and turns a SymbolError into `fallback`, after telling `onError` about it. Other errors pass. */
export function recover<T>(read: () => T, fallback: T, onError: (error: SymbolError) => void): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SymbolError)) throw error;
    onError(error);
    return fallback;
  }
}
