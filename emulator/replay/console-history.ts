import type { PrintedBytes } from '../recording/console-chunk.ts';
import { DivergenceError } from './divergence.ts';

/** What the guest printed, as far as it is known, in order. */
export class ConsoleHistory {
  readonly #runs: PrintedBytes[];
  /** Output before this moment is all known. */
  #known: number;
  /** Where in `#runs` the machine stands while it prints again what is known. */
  #replayed = 0;

  /** `known`: the moment before which `recorded` is complete. */
  constructor(recorded: readonly PrintedBytes[], known: number) {
    this.#runs = [...recorded];
    this.#known = known;
  }

  /** Takes in what was recorded behind what is known; `known` as for the constructor. */
  extend(recorded: readonly PrintedBytes[], known: number): void {
    this.#runs.push(...recorded);
    this.#known = Math.max(this.#known, known);
  }

  /** The machine now stands at `counter`. */
  seek(counter: number): void {
    this.#replayed = this.#countBelow(counter);
  }

  /** The machine took all steps before `counter`; what it did not print is now known not to be there. */
  reached(counter: number): void {
    const next = this.#runs[this.#replayed];
    if (next !== undefined && next.counter < counter) {
      throw new DivergenceError(next.counter, `output of ${quote(next.bytes)}`, 'the guest printed nothing');
    }
    this.#known = Math.max(this.#known, counter);
  }

  /** The machine prints. True when this is new. Throws a DivergenceError when something else was recorded. */
  printed(counter: number, bytes: Uint8Array): boolean {
    if (counter >= this.#known) {
      this.#runs.push({ counter, bytes: bytes.slice() });
      this.#replayed = this.#runs.length;
      return true;
    }
    const expected = this.#runs[this.#replayed];
    if (expected?.counter !== counter || !equal(expected.bytes, bytes)) {
      const what = expected === undefined ? 'no output' : `output of ${quote(expected.bytes)} at ${expected.counter}`;
      throw new DivergenceError(counter, what, `the guest printed ${quote(bytes)}`);
    }
    this.#replayed++;
    return false;
  }

  /** Output of the steps from `from` on, before `to`. */
  between(from: number, to: number): readonly PrintedBytes[] {
    return this.#runs.slice(this.#countBelow(from), this.#countBelow(to));
  }

  /** Nothing is known any more from `counter` on, where the machine stands. */
  endAt(counter: number): void {
    this.#runs.splice(this.#countBelow(counter));
    this.#known = counter;
    this.seek(counter);
  }

  #countBelow(counter: number): number {
    let low = 0;
    let high = this.#runs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#runs[middle]?.counter ?? Infinity) < counter) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function quote(bytes: Uint8Array): string {
  const shown = String.fromCharCode(...bytes.subarray(0, 40));
  return JSON.stringify(bytes.length > 40 ? `${shown}...` : shown);
}
