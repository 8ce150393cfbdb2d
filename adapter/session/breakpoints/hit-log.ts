import type { StopCondition } from '../../../emulator/machine/stop.ts';
import type { BranchView } from '../../../emulator/replay/timeline-contract.ts';

/** More hits than this of one breakpoint are not counted: 8 bytes each. */
const MOST_HITS = 1 << 25;

/** The moments at which one breakpoint was met, from power-on to as far as anybody has looked. */
export class HitLog {
  #counters = new Float64Array(64);
  #length = 0;
  #lookedTo = 0;
  #branch: BranchView | undefined;
  /** The last change of the branch, after which it is another. */
  #change: BranchView['changes'][number] | undefined;

  /** From now on of history, or of a branch: what both have in common stays known. */
  follow(branch: BranchView | undefined): void {
    const change = branch?.changes.at(-1);
    if (branch === this.#branch && change === this.#change) return;
    const bases = [branch?.base ?? Infinity, this.#branch?.base ?? Infinity];
    const common = branch === this.#branch ? (change?.counter ?? 0) : Math.min(...bases);
    this.#lookedTo = Math.min(this.#lookedTo, common);
    while (this.#length > 0 && (this.#counters[this.#length - 1] ?? 0) >= common) this.#length--;
    this.#branch = branch;
    this.#change = change;
  }

  /** Every hit before this counter is known. */
  get lookedTo(): number {
    return this.#lookedTo;
  }

  /** A hit at this counter. Told in ascending order, by whoever goes on where `lookedTo` is; what is known already is left out. */
  note(counter: number): void {
    if (counter < this.#lookedTo || this.#counters[this.#length - 1] === counter) return;
    if (this.#length === MOST_HITS) {
      throw new RangeError('A breakpoint with a hit count was met too often to count. Give it a condition.');
    }
    if (this.#length === this.#counters.length) {
      const longer = new Float64Array(2 * this.#length);
      longer.set(this.#counters);
      this.#counters = longer;
    }
    this.#counters[this.#length++] = counter;
  }

  /** Everything before this counter has been looked at. */
  looked(counter: number): void {
    this.#lookedTo = Math.max(this.#lookedTo, counter);
  }

  /** The number of a hit at this counter, from 1 on. All before it must have been looked at. */
  numberOf(counter: number): number {
    if (counter > this.#lookedTo) throw new Error('A hit is counted before all that came before it.');
    let [low, high] = [0, this.#length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#counters[middle] ?? Infinity) < counter) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  }
}

/** Logs by what is met, so that a breakpoint that the client sets again is not counted again. */
export class HitLogs {
  readonly #logs = new Map<string, HitLog>();

  /** The log of a breakpoint with these conditions and, besides, this one of the adapter's. */
  of(conditions: readonly StopCondition[], test: string | undefined): HitLog {
    const key = JSON.stringify([conditions, test], (_key, value: unknown) =>
      typeof value === 'bigint' ? `${value}n` : value,
    );
    let log = this.#logs.get(key);
    if (log === undefined) this.#logs.set(key, (log = new HitLog()));
    return log;
  }

  /** Another history: nothing is known of it. */
  forget(): void {
    this.#logs.clear();
  }
}
