import type { Value } from '../../symbols/variables/value.ts';

interface Remembered {
  /** The moment at which it was asked for last. */
  readonly counter: number;
  readonly text: string;
  /** What it was when it was asked for before, at another moment. */
  readonly earlier: string | undefined;
}

/** What `$changed` compares with: the value of an expression at the moment, other than this one, when it was last asked for. */
export class ChangeMemory {
  readonly #remembered = new Map<string, Remembered>();

  /** False when it has not been asked for before. */
  hasChanged(expression: string, value: Value, counter: number): boolean {
    const { text } = value;
    const known = this.#remembered.get(expression);
    const earlier = known?.counter === counter ? known.earlier : known?.text;
    this.#remembered.set(expression, { counter, text, earlier });
    return earlier !== undefined && earlier !== text;
  }
}
