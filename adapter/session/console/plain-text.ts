/** ESC, as ECMA-48 calls it. */
const ESCAPE = '\x1b';

/**
 * The text of a terminal's output without the control sequences that style it (ECMA-48: CSI, and the strings of OSC, DCS and
 * their like), for clients that would show them as they are. A sequence may be cut in two between pieces.
 */
export class PlainText {
  /** The beginning of a sequence that has not come to its end. */
  #held = '';

  /** The plain text of the next piece. */
  of(piece: string): string {
    const text = this.#held + piece;
    const complete = text.replace(SEQUENCES, '');
    const cut = complete.indexOf(ESCAPE);
    this.#held = cut < 0 ? '' : complete.slice(cut);
    // What is no sequence for so long never was one.
    if (this.#held.length > LONGEST_SEQUENCE) {
      const given = complete.replaceAll(ESCAPE, '');
      this.#held = '';
      return given;
    }
    return cut < 0 ? complete : complete.slice(0, cut);
  }
}

const LONGEST_SEQUENCE = 4096;

/* eslint-disable no-control-regex -- control characters are what this is about */
const SEQUENCES =
  /\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]+[0-~]|\x1b[0-OQ-WYZ\\`-~]/g;
