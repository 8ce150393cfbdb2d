/** Milliseconds that a slice should take, and the lengths in steps that one may have. */
const TARGET = 4;
const FIRST = 4096;
const SHORTEST = 16;
const LONGEST = 8 * 1024 * 1024;

/**
 * How long the slices of a run are in which somebody is asked about hits, or told of steps: what that takes for each is not
 * known before, and may be a thousand times what the engine takes, while a person waits to pause it.
 */
export class AskedSlices {
  #steps = FIRST;

  get steps(): number {
    return this.#steps;
  }

  /** The last slice took so many milliseconds. */
  took(milliseconds: number): void {
    if (milliseconds < TARGET / 2) this.#steps = Math.min(LONGEST, this.#steps * 2);
    else if (milliseconds > 2 * TARGET) {
      this.#steps = Math.max(SHORTEST, Math.floor((this.#steps * TARGET) / milliseconds));
    }
  }
}
