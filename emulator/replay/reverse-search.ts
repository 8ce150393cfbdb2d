import type { Hit, StopSet } from '../machine/stop.ts';
import { HitTally } from '../machine/stop.ts';
import type { CheckpointLine } from './checkpoint.ts';
import type { Advance, Present } from './present.ts';
import type { ScanOptions, ScanOutcome, Segment, SegmentScanner, SegmentScanners } from './segment-scanner.ts';
import { segmentsBefore } from './segments.ts';
import type { MotionOptions } from './timeline-contract.ts';

export type SearchOutcome =
  /** The last hits before `from`: all those of one counter. The machine is where the search left it. */
  | { readonly kind: 'found'; readonly counter: number; readonly hits: readonly Hit[] }
  | { readonly kind: 'nothing' }
  | (Advance & { readonly kind: 'cancelled' | 'diverged' });

export interface SearchRequest {
  readonly stops: StopSet;
  readonly from: number;
  readonly notBefore: number;
  readonly options: MotionOptions;
}

/**
 * The last moment in [notBefore, from) at which a stop condition is met. Scans the segment from the nearest checkpoint
 * forward to `from`, else the segment before it, and so on. Hits do not stop the engine; checkpoints are left on the way, so
 * that going to what was found, and searching again, is cheap.
 *
 * Segments do not depend on each other, so `scanners` take part in a long search. What is found is always the same: a hit
 * counts only once everything after its segment has been scanned.
 */
export async function searchBackwards(
  present: Present,
  checkpoints: CheckpointLine,
  request: SearchRequest,
  scanners?: SegmentScanners,
): Promise<SearchOutcome> {
  // Who has to be asked about each hit looks at the timeline's own machine.
  const helped = request.stops.accept === undefined ? scanners : undefined;
  return new Search(present, checkpoints, request, helped).run();
}

/** Runs over a segment, and tells what was met last in it. */
export async function scanSegment(
  present: Present,
  { low, high }: Segment,
  { conditions, accept }: StopSet,
  { signal, onPassed }: ScanOptions,
): Promise<ScanOutcome> {
  const tally = new HitTally();
  const stops: StopSet = { conditions, tally, ...(accept === undefined ? {} : { accept }) };
  const placed = await present.goTo(low, { signal });
  const scanned = placed.kind === 'arrived' ? await present.advance({ limit: high, stops, signal, onPassed }) : placed;
  if (scanned.kind === 'cancelled' || scanned.kind === 'diverged') return scanned;
  return { kind: 'scanned', hits: tally.last };
}

/** A segment that was begun. */
interface Task {
  readonly segment: Segment;
  /** Aborted when something was met after it, or the search is. */
  readonly abort: AbortController;
  /** How far its scan has come. */
  counter: number;
  outcome: ScanOutcome | undefined;
}

class Search {
  readonly #present: Present;
  readonly #request: SearchRequest;
  readonly #scanners: SegmentScanners | undefined;
  readonly #segments: Generator<Segment, undefined>;
  /** Latest first. */
  readonly #tasks: Task[] = [];
  /** Segments that a scanner was lost with. */
  readonly #abandoned: Task[] = [];
  /** Helpers are at work. */
  #helped = false;

  constructor(
    present: Present,
    checkpoints: CheckpointLine,
    request: SearchRequest,
    scanners: SegmentScanners | undefined,
  ) {
    this.#present = present;
    this.#request = request;
    this.#scanners = scanners;
    this.#segments = segmentsBefore(checkpoints, request.from, request.notBefore, () => this.#helped);
  }

  async run(): Promise<SearchOutcome> {
    const helpers: Promise<void>[] = [];
    const own = this.#ownScanner();
    const { signal } = this.#request.options;
    const cancel = (): void => {
      for (const task of this.#tasks) task.abort.abort();
    };
    signal?.addEventListener('abort', cancel);
    try {
      for (;;) {
        const task = this.#next();
        if (task === undefined) {
          // A helper that is lost leaves work behind.
          await Promise.all(helpers.splice(0));
          if (this.#abandoned.length === 0) break;
          continue;
        }
        await this.#work(own, task);
        if (!this.#helped && this.#isLong(task)) {
          this.#helped = true;
          helpers.push(...(this.#scanners?.acquire() ?? []).map((scanner) => this.#help(truthful(scanner))));
        }
      }
    } finally {
      signal?.removeEventListener('abort', cancel);
      cancel();
      await Promise.all(helpers);
    }
    return this.#answer();
  }

  #ownScanner(): SegmentScanner {
    const { stops } = this.#request;
    return { scan: (segment, _conditions, options) => scanSegment(this.#present, segment, stops, options) };
  }

  #isLong({ segment }: Task): boolean {
    return this.#scanners !== undefined && this.#request.from - segment.low >= this.#scanners.patience;
  }

  async #help(scanner: SegmentScanner): Promise<void> {
    for (let task = this.#next(); task !== undefined; task = this.#next()) {
      try {
        await this.#work(scanner, task);
      } catch {
        this.#abandoned.push(task);
        return;
      }
    }
  }

  /** What is to be scanned next; undefined when nothing is left that could matter. */
  #next(): Task | undefined {
    if (this.#request.options.signal?.aborted === true) return undefined;
    const abandoned = this.#abandoned.shift();
    if (abandoned !== undefined) return abandoned;
    if (this.#tasks.some(({ outcome }) => outcome !== undefined && !isEmpty(outcome))) return undefined;
    const { value: segment } = this.#segments.next();
    if (segment === undefined) return undefined;
    const task: Task = { segment, abort: new AbortController(), counter: segment.low, outcome: undefined };
    this.#tasks.push(task);
    return task;
  }

  async #work(scanner: SegmentScanner, task: Task): Promise<void> {
    task.counter = task.segment.low;
    const outcome = await scanner.scan(task.segment, this.#request.stops.conditions, {
      signal: task.abort.signal,
      onPassed: (counter) => {
        task.counter = counter;
        this.#report();
      },
    });
    task.outcome = outcome;
    task.counter = task.segment.high;
    if (isEmpty(outcome)) return;
    // Whatever lies further back no longer matters.
    for (const other of this.#tasks.slice(this.#tasks.indexOf(task) + 1)) other.abort.abort();
  }

  #report(): void {
    const { from, notBefore, options } = this.#request;
    const done = this.#tasks.reduce((sum, { segment, counter }) => sum + counter - segment.low, 0);
    options.onProgress?.({ done, total: from - notBefore });
  }

  #answer(): SearchOutcome {
    const cancelled = this.#request.options.signal?.aborted === true;
    for (const { outcome } of this.#tasks) {
      if (outcome === undefined) {
        if (cancelled) return { kind: 'cancelled' };
        throw new Error('A segment was not scanned.');
      }
      if (outcome.kind !== 'scanned') return outcome;
      const [first] = outcome.hits;
      if (first !== undefined) return { kind: 'found', counter: first.counter, hits: outcome.hits };
    }
    return { kind: cancelled ? 'cancelled' : 'nothing' };
  }
}

/** A scanner that is lost when its machine diverges: the timeline's own is to see that, and to stand there. */
function truthful(scanner: SegmentScanner): SegmentScanner {
  return {
    async scan(segment, conditions, options) {
      const outcome = await scanner.scan(segment, conditions, options);
      if (outcome.kind === 'diverged') throw new Error(`The scanner diverged at counter ${outcome.counter}.`);
      return outcome;
    },
  };
}

/** Segments further back have to be looked at. */
function isEmpty(outcome: ScanOutcome): boolean {
  return outcome.kind === 'scanned' && outcome.hits.length === 0;
}
