/**
 * Turns the bytes of a guest's console into what a terminal shows: UTF-8 across the borders of chunks, and a line feed
 * without carriage return begins the next line at its left, as a terminal's output processing does.
 */
export class TerminalText {
  readonly #decoder = new TextDecoder('utf-8');
  #endedInReturn = false;

  /** The text of the next bytes; a character that is not complete yet waits for the next call. */
  decode(bytes: Uint8Array): string {
    const text = this.#decoder.decode(bytes, { stream: true });
    if (text === '') return '';
    const first = text.startsWith('\n') && !this.#endedInReturn ? '\r' : '';
    this.#endedInReturn = text.endsWith('\r');
    return first + text.replace(/([^\r])(?=\n)/g, '$1\r');
  }
}
