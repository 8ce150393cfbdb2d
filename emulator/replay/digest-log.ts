import type { RecordedDigest } from '../recording/digest-chunk.ts';

/** The digests that are known, in order of their counters. */
export class DigestLog {
  readonly #sorted: RecordedDigest[];

  constructor(recorded: readonly RecordedDigest[]) {
    this.#sorted = [...recorded];
  }

  /** `counter` is beyond all that are known. */
  append(digest: RecordedDigest): void {
    if (digest.counter <= (this.#sorted.at(-1)?.counter ?? -1)) throw new Error('Digests are known in order.');
    this.#sorted.push(digest);
  }

  at(counter: number): bigint | undefined {
    const found = this.#sorted[this.#countBelow(counter)];
    return found?.counter === counter ? found.digest : undefined;
  }

  /** The counter of the first one after `counter`, or Infinity. */
  nextAfter(counter: number): number {
    return this.#sorted[this.#countBelow(counter + 1)]?.counter ?? Infinity;
  }

  /** Those before `counter`. */
  before(counter: number): readonly RecordedDigest[] {
    return this.#sorted.slice(0, this.#countBelow(counter));
  }

  /** None is known any more from `counter` on. */
  endAt(counter: number): void {
    this.#sorted.splice(this.#countBelow(counter));
  }

  #countBelow(counter: number): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#sorted[middle]?.counter ?? Infinity) < counter) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
