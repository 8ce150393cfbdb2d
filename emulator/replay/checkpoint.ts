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

/** A checkpoint among others. */
interface Place {
  readonly checkpoint: Checkpoint;
  /** Milliseconds of running from the checkpoint before it, about. */
  reach: number;
}

/** The checkpoints of one course of the machine, in order of their counters. */
export interface CheckpointLine {
  /** How many are not pinned. */
  readonly droppable: number;
  /**
   * Takes over the checkpoint and its trees. `reach`: milliseconds of running from the one before it, about. Where there is
   * one at its counter already, one of the two is released, a pinned one last. Returns the one that is kept.
   */
  add(checkpoint: Checkpoint, reach: number): Checkpoint;
  /** The last one at or before a counter. */
  atOrBefore(counter: number): Checkpoint | undefined;
  /** The first one after a counter. */
  after(counter: number): Checkpoint | undefined;
  /** The way to the checkpoint at `counter` from the one before it was gone, and took so many milliseconds. */
  reached(counter: number, milliseconds: number): void;
  /**
   * Drops the checkpoint that is `behind` places before the last one at or before `counter`, if those beside it are then no
   * further apart than `latency` milliseconds of running.
   */
  thin(counter: number, behind: number, latency: number): void;
  /**
   * Drops the one that is missed least, seen from `present`: whose neighbours are close to each other, by the time it takes to
   * run from one to the other, compared with how far away it is. So they end up dense near the present and ever thinner with
   * distance. Only those from the counter `from` on (0 by default). False when none can go.
   */
  dropLeastUseful(present: number, from?: number): boolean;
}

export class Checkpoints implements CheckpointLine {
  readonly #places: Place[] = [];
  #droppable = 0;

  get droppable(): number {
    return this.#droppable;
  }

  add(checkpoint: Checkpoint, reach: number): Checkpoint {
    const { counter } = checkpoint.state;
    const at = this.#countUpTo(counter);
    const same = this.#places[at - 1];
    if (same?.checkpoint.state.counter === counter) {
      if (same.checkpoint.pinned || !checkpoint.pinned) {
        release(checkpoint);
        return same.checkpoint;
      }
      release(same.checkpoint);
      this.#droppable--;
      this.#places[at - 1] = { checkpoint, reach: same.reach };
      return checkpoint;
    }
    const after = this.#places[at];
    if (after !== undefined) after.reach = Math.max(0, after.reach - reach);
    this.#places.splice(at, 0, { checkpoint, reach });
    if (!checkpoint.pinned) this.#droppable++;
    return checkpoint;
  }

  atOrBefore(counter: number): Checkpoint | undefined {
    return this.#places[this.#countUpTo(counter) - 1]?.checkpoint;
  }

  after(counter: number): Checkpoint | undefined {
    return this.#places[this.#countUpTo(counter)]?.checkpoint;
  }

  reached(counter: number, milliseconds: number): void {
    const place = this.#places[this.#countUpTo(counter) - 1];
    if (place?.checkpoint.state.counter === counter) place.reach = milliseconds;
  }

  thin(counter: number, behind: number, latency: number): void {
    const at = this.#countUpTo(counter) - 1 - behind;
    const [place, next] = [this.#places[at], this.#places[at + 1]];
    if (place === undefined || next === undefined || place.checkpoint.pinned) return;
    if (place.reach + next.reach <= latency) this.#drop(at);
  }

  dropLeastUseful(present: number, from = 0): boolean {
    let least = Infinity;
    let victim = -1;
    for (const [at, { checkpoint, reach }] of this.#places.entries()) {
      if (checkpoint.pinned || checkpoint.state.counter < from) continue;
      const gap = reach + (this.#places[at + 1]?.reach ?? 0);
      const score = gap / (Math.abs(present - checkpoint.state.counter) + 1);
      if (score < least) {
        least = score;
        victim = at;
      }
    }
    if (victim < 0) return false;
    this.#drop(victim);
    return true;
  }

  /** Drops those from `counter` on, pinned ones too. */
  dropFrom(counter: number): void {
    for (const { checkpoint } of this.#places.splice(this.#countUpTo(counter - 1))) {
      if (!checkpoint.pinned) this.#droppable--;
      release(checkpoint);
    }
  }

  #drop(at: number): void {
    const [dropped] = this.#places.splice(at, 1);
    if (dropped === undefined) return;
    const next = this.#places[at];
    if (next !== undefined) next.reach += dropped.reach;
    this.#droppable--;
    release(dropped.checkpoint);
  }

  #countUpTo(counter: number): number {
    let low = 0;
    let high = this.#places.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#places[middle]?.checkpoint.state.counter ?? Infinity) <= counter) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function release(checkpoint: Checkpoint): void {
  for (const tree of checkpoint.trees) tree.release();
}
