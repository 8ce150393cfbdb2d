import type { SmallState } from '../machine/machine.ts';
import type { PageTree } from './page-tree.ts';

/** A stored machine state, kept to make travel cheap; never visible to the guest. */
export interface Checkpoint {
  readonly state: SmallState;
  /** One for each paged space, in the machine's order; held by the checkpoint. */
  readonly trees: readonly PageTree[];
  /** Never dropped: the initial state, and those that a recording holds (which cost no memory of their own). */
  readonly pinned: boolean;
}

/** The checkpoints of a timeline, in order of their counters. */
export class Checkpoints {
  readonly #sorted: Checkpoint[] = [];
  #droppable = 0;

  /** How many are not pinned. */
  get droppable(): number {
    return this.#droppable;
  }

  /** Takes over the checkpoint and its trees. One at a counter that has one already is released at once. */
  add(checkpoint: Checkpoint): void {
    const { counter } = checkpoint.state;
    const at = this.#countUpTo(counter);
    if (this.#sorted[at - 1]?.state.counter === counter) {
      release(checkpoint);
      return;
    }
    this.#sorted.splice(at, 0, checkpoint);
    if (!checkpoint.pinned) this.#droppable++;
  }

  /** The last one at or before a counter. */
  atOrBefore(counter: number): Checkpoint | undefined {
    return this.#sorted[this.#countUpTo(counter) - 1];
  }

  /** The first one after a counter. */
  after(counter: number): Checkpoint | undefined {
    return this.#sorted[this.#countUpTo(counter)];
  }

  /**
   * Drops the one that is missed least, seen from `present`: whose neighbours are close to each other compared with how
   * far away it is. So they end up dense near the present and ever thinner with distance. False when none can go.
   */
  dropLeastUseful(present: number): boolean {
    let least = Infinity;
    let victim = -1;
    for (let at = 1; at < this.#sorted.length; at++) {
      const checkpoint = this.#sorted[at];
      if (checkpoint === undefined || checkpoint.pinned) continue;
      const before = this.#sorted[at - 1]?.state.counter ?? 0;
      const { counter } = checkpoint.state;
      const after = this.#sorted[at + 1]?.state.counter ?? Math.max(present, counter);
      const score = (after - before) / (Math.abs(present - counter) + 1);
      if (score < least) {
        least = score;
        victim = at;
      }
    }
    const [dropped] = victim < 0 ? [] : this.#sorted.splice(victim, 1);
    if (dropped === undefined) return false;
    this.#droppable--;
    release(dropped);
    return true;
  }

  #countUpTo(counter: number): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#sorted[middle]?.state.counter ?? Infinity) <= counter) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function release(checkpoint: Checkpoint): void {
  for (const tree of checkpoint.trees) tree.release();
}
