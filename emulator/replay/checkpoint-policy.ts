/**
 * How far apart checkpoints are. Nothing that a person or the guest can see depends on it, only how long travel takes.
 * Where they come to lie depends on the host's clock; digests, which are compared, lie elsewhere.
 */

/** Memory for the contents that checkpoints hold, in bytes. */
export const DEFAULT_MEMORY_BUDGET = 2 ** 30;
/** Each costs some kilobytes besides its pages, and a walk over all when one is dropped. */
export const MOST_CHECKPOINTS = 2000;

/** Milliseconds of running from a checkpoint to any moment near it. */
export const TARGET_LATENCY = 100;
/** The part of the running time that taking checkpoints in memory may take. */
const MOST_OVERHEAD = 0.015;
const LEAST_SPACING = 100_000;
const INITIAL_SPACING = 5_000_000;

/**
 * On the way to a moment checkpoints are left at these distances before it, in steps, so that going back from there in
 * small steps is immediate.
 */
export const APPROACH_DISTANCES: readonly number[] = [1_000_000, 50_000, 2_000];

/** Milliseconds that a checkpoint costs besides its pages; and for each page, as long as nothing was measured. */
const COST_OF_ITSELF = 0.05;
const INITIAL_COST_OF_PAGE = 0.01;

/** Of checkpoints in memory. Learns the machine's speed and what a page costs, both by the host's clock. */
export class CheckpointSpacing {
  #stepsPerMillisecond = INITIAL_SPACING / TARGET_LATENCY;
  #costOfPage = INITIAL_COST_OF_PAGE;

  /** Steps that the machine takes in this time, as it ran lately. */
  stepsIn(milliseconds: number): number {
    return Math.round(this.#stepsPerMillisecond * milliseconds);
  }

  /** Steps between checkpoints that cost little. */
  get steps(): number {
    return Math.max(LEAST_SPACING, this.stepsIn(TARGET_LATENCY));
  }

  /** Whether one is due that is `steps` after the one before it and would copy about `pages` pages. */
  isDue(steps: number, pages: number): boolean {
    if (steps < this.steps) return false;
    const cost = COST_OF_ITSELF + pages * this.#costOfPage;
    return cost <= (steps / this.#stepsPerMillisecond) * MOST_OVERHEAD;
  }

  ran(steps: number, milliseconds: number): void {
    // Short slices measure the clock rather than the machine.
    if (steps < 10_000 || milliseconds <= 0) return;
    this.#stepsPerMillisecond += (steps / milliseconds - this.#stepsPerMillisecond) / 8;
  }

  /** A costly one is believed at once and forgotten slowly: the host's memory may be slow to come by for long. */
  took(pages: number, milliseconds: number): void {
    // Few pages measure the clock, and what is done once for all of them.
    if (pages < 100) return;
    this.#costOfPage = Math.max(milliseconds / pages, this.#costOfPage * 0.75);
  }
}

/** The part of the running time that writing checkpoints to the file may take; and the one at the end of a recording. */
export const MOST_WRITING = 0.01;
const MOST_WRITING_AT_END = 0.02;
/** Milliseconds that a byte costs until it is in a file: copied, its checksum taken, handed to the system. */
const MILLISECONDS_PER_BYTE = 1.5e-6;
/**
 * The part of the recording's length that two written checkpoints are apart at least, so that the size of a long
 * recording grows with the logarithm of its length and not with the length.
 */
const LEAST_PART = 0.01;

/** Of checkpoints in the file, which whoever opens it starts from. */
export class WrittenSpacing {
  readonly #latency: number;
  readonly #part: number;
  #ran = 0;
  #writtenAt = 0;
  /** When the time since the last one will pay for it; what it costs hardly ever becomes less. */
  #payableAfter = 0;

  /** `latency`: milliseconds of running between two, when they cost little. `part` of the running time is what they may cost. */
  constructor(latency: number, part: number) {
    this.#latency = latency;
    this.#part = part;
  }

  /** The machine ran live. */
  ran(milliseconds: number): void {
    this.#ran += milliseconds;
  }

  /** `bytes` is asked for what a checkpoint would write, only when time alone would allow for one. */
  isDue(bytes: () => number): boolean {
    const since = this.#ran - this.#writtenAt;
    if (since < Math.max(this.#latency, this.#ran * LEAST_PART, this.#payableAfter)) return false;
    this.#payableAfter = (bytes() * MILLISECONDS_PER_BYTE) / this.#part;
    return this.#payableAfter <= since;
  }

  /** Whether a last one is worth its cost, which spares whoever opens the recording at its end the way there. */
  isDueAtEnd(bytes: number): boolean {
    return bytes * MILLISECONDS_PER_BYTE <= this.#ran * MOST_WRITING_AT_END;
  }

  wrote(): void {
    this.#writtenAt = this.#ran;
    this.#payableAfter = 0;
  }
}
