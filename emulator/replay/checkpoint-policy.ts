/**
 * How far apart checkpoints are. Nothing that a person or the guest can see depends on it, only how long travel takes.
 * Where they come to lie depends on the host's clock; digests, which are compared, lie elsewhere.
 */

/** Memory for the contents that checkpoints hold, in bytes. */
export const DEFAULT_MEMORY_BUDGET = 2 ** 30;
/** Each costs some kilobytes besides its pages, and a walk over all when one is dropped. */
export const MOST_CHECKPOINTS = 2000;

/**
 * Milliseconds of running between two checkpoints in memory: just behind a machine that runs forward, so that the first step
 * back from wherever it stops is immediate; and where it has been, so that any moment is near one.
 */
export const NEAR_LATENCY = 20;
export const FAR_LATENCY = 50;
/** How many of the near ones there are before they are thinned out to the far ones. */
export const NEAR_CHECKPOINTS = 10;

/**
 * On the way to a moment checkpoints are left at these distances before it, in steps, so that going back from there in
 * small steps is immediate.
 */
export const APPROACH_DISTANCES: readonly number[] = [1_000_000, 50_000, 2_000];

/**
 * The part of the running time that taking checkpoints in memory may take, as it is measured where they are taken. The guest
 * pays about as much again: its first store to each page is slow, and its data has left the processor's caches.
 */
const MOST_OVERHEAD = 0.008;
/** Milliseconds that may be saved up for checkpoints, unless a single one costs more. */
const MOST_CREDIT = 100;
/** Milliseconds that a checkpoint costs besides its pages; and for each page, as long as nothing was measured. */
const COST_OF_ITSELF = 0.05;
const INITIAL_COST_OF_PAGE = 0.005;
const INITIAL_STEPS_PER_MILLISECOND = 50_000;

/** When a checkpoint in memory is due. Learns the machine's speed and what a page costs, both by the host's clock. */
export class CheckpointSpacing {
  #stepsPerMillisecond = INITIAL_STEPS_PER_MILLISECOND;
  #costOfPage = INITIAL_COST_OF_PAGE;
  /** Milliseconds of running since the last checkpoint that was passed. */
  #since = 0;
  /** Milliseconds that may be spent on checkpoints. */
  #credit = 0;
  /** What the one costs that is waited for. */
  #wanted = 0;

  /** Milliseconds that the machine ran since the checkpoint that lies behind it, about. */
  get since(): number {
    return this.#since;
  }

  /** Steps that the machine takes in this time, as it ran lately. */
  stepsIn(milliseconds: number): number {
    return Math.round(this.#stepsPerMillisecond * milliseconds);
  }

  /** Whether the time from the last one is `latency`, in milliseconds, and one that copies about `pages` pages can be afforded. */
  isDue(latency: number, pages: number): boolean {
    if (this.#since < latency) return false;
    this.#wanted = COST_OF_ITSELF + pages * this.#costOfPage;
    return this.#wanted <= this.#credit;
  }

  /** The next checkpoints need not be earned first. */
  advanceCredit(): void {
    this.#credit = Math.max(this.#credit, MOST_CREDIT);
  }

  ran(steps: number, milliseconds: number): void {
    this.#since += milliseconds;
    this.#credit = Math.min(this.#credit + milliseconds * MOST_OVERHEAD, Math.max(MOST_CREDIT, this.#wanted));
    // Short slices measure the clock rather than the machine.
    if (steps < 10_000 || milliseconds <= 0) return;
    this.#stepsPerMillisecond += (steps / milliseconds - this.#stepsPerMillisecond) / 8;
  }

  /** The machine stands so many steps after a checkpoint that it met on its way. */
  met(steps: number): void {
    this.#since = steps / this.#stepsPerMillisecond;
  }

  /** A checkpoint was taken, which cost so much. */
  took(pages: number, milliseconds: number): void {
    // Few pages measure the clock, and what is done once for all of them.
    if (pages < 50) return;
    this.#costOfPage += (milliseconds / pages - this.#costOfPage) / 4;
  }

  /** It was one that was due. */
  spent(milliseconds: number): void {
    this.#credit -= milliseconds;
  }
}

/**
 * The part of the running time that digests may take; milliseconds that one costs besides its pages, the slow first stores after it
 * among them; and that hashing a page takes, out of memory that is not cached, as long as nothing was measured.
 */
export const MOST_HASHING = 0.004;
const COST_OF_DIGEST = 0.1;
const INITIAL_COST_OF_HASHING = 0.001;
/** Milliseconds of running after which there is a digest whatever it costs. */
const LONGEST_WITHOUT_DIGEST = 1000;

/** When a digest is worth its cost. Learns what hashing a page costs, by the host's clock. */
export class DigestSpacing {
  readonly #part: number;
  /** Milliseconds of running since the last. */
  #since = 0;
  #costOfPage = INITIAL_COST_OF_HASHING;

  /** `part` of the running time is what digests may cost. */
  constructor(part: number) {
    this.#part = part;
  }

  /** The machine ran live. */
  ran(milliseconds: number): void {
    this.#since += milliseconds;
  }

  isDue(dirtyPages: number): boolean {
    const cost = COST_OF_DIGEST + dirtyPages * this.#costOfPage;
    return cost <= this.#since * this.#part || this.#since >= LONGEST_WITHOUT_DIGEST;
  }

  /** There is one now, which took so long. */
  took(dirtyPages: number, milliseconds: number): void {
    this.#since = 0;
    // Few pages measure the clock, and what is done once for all of them.
    if (dirtyPages >= 50) this.#costOfPage += (milliseconds / dirtyPages - this.#costOfPage) / 4;
  }
}

/** Milliseconds of running between checkpoints in the file, when they cost little. */
export const WRITTEN_LATENCY = 100;
/** The part of the running time that writing checkpoints to the file may take; and the one at the end of a recording. */
export const MOST_WRITING = 0.008;
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
