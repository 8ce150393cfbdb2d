/**
 * How far apart checkpoints are. Nothing that a person or the guest can see depends on it, only how long travel takes.
 */

/** Memory for the contents that checkpoints hold, in bytes. */
export const DEFAULT_MEMORY_BUDGET = 2 ** 30;
/** Each costs some kilobytes besides its pages, and a walk over all when one is dropped. */
export const MOST_CHECKPOINTS = 2000;

/** Milliseconds of running from a checkpoint to any moment near it. */
const TARGET_LATENCY = 100;
/** The part of the time that taking checkpoints may take while running. */
const MOST_OVERHEAD = 0.02;
const LEAST_SPACING = 100_000;
const INITIAL_SPACING = 5_000_000;

/**
 * On the way to a moment checkpoints are left at these distances before it, in steps, so that going back from there in
 * small steps is immediate.
 */
export const APPROACH_DISTANCES: readonly number[] = [1_000_000, 50_000, 2_000];

/** Learns the machine's speed and what a checkpoint costs, both in milliseconds of the host. */
export class CheckpointSpacing {
  #stepsPerMillisecond = INITIAL_SPACING / TARGET_LATENCY;
  #cost = 0;

  /** Steps between checkpoints. */
  get steps(): number {
    const forLatency = this.#stepsPerMillisecond * TARGET_LATENCY;
    const forOverhead = (this.#stepsPerMillisecond * this.#cost) / MOST_OVERHEAD;
    return Math.max(LEAST_SPACING, Math.round(Math.max(forLatency, forOverhead)));
  }

  ran(steps: number, milliseconds: number): void {
    // Short slices measure the clock rather than the machine.
    if (steps < 10_000 || milliseconds <= 0) return;
    this.#stepsPerMillisecond += (steps / milliseconds - this.#stepsPerMillisecond) / 8;
  }

  /** A costly one is believed at once and forgotten slowly: guests that write much go on writing much. */
  took(milliseconds: number): void {
    this.#cost = Math.max(milliseconds, this.#cost * 0.75);
  }
}
