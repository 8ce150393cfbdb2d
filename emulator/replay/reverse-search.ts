import type { Hit, StopSet } from '../machine/stop.ts';
import { HitTally } from '../machine/stop.ts';
import type { Checkpoints } from './checkpoint.ts';
import type { Advance, Present } from './present.ts';
import type { MotionOptions } from './timeline-contract.ts';

export type SearchOutcome =
  /** The last hits before `from`: all those of one counter. The machine is where the search left it. */
  | { readonly kind: 'found'; readonly counter: number; readonly hits: readonly Hit[] }
  | { readonly kind: 'nothing' }
  | (Advance & { readonly kind: 'cancelled' | 'diverged' });

/** A stretch of history: the steps from `low` until `high`. */
export interface Segment {
  readonly low: number;
  readonly high: number;
}

/** Steps of the longest segment that is put together from several between checkpoints. */
const LONGEST_SEGMENT = 50_000_000;

/**
 * The last moment in [notBefore, from) at which a stop condition is met. Scans the segment from the nearest checkpoint
 * forward to `from`, else the segment before it, and so on. Hits do not stop the engine; checkpoints are left on the way, so
 * that going to what was found, and searching again, is cheap.
 */
export async function searchBackwards(
  present: Present,
  checkpoints: Checkpoints,
  stops: StopSet,
  from: number,
  notBefore: number,
  options: MotionOptions,
): Promise<SearchOutcome> {
  const total = from - notBefore;
  for (const segment of segmentsBefore(checkpoints, from, notBefore)) {
    const examined = from - segment.high;
    const scanned = await scan(present, segment, stops, options.signal, (counter) => {
      options.onProgress?.({ done: examined + counter - segment.low, total });
    });
    if (scanned.kind === 'cancelled' || scanned.kind === 'diverged') return scanned;
    const { hits } = scanned;
    const [first] = hits;
    if (first !== undefined) return { kind: 'found', counter: first.counter, hits };
  }
  return { kind: 'nothing' };
}

/** Runs over a segment, and tells what was met last in it. */
export async function scan(
  present: Present,
  { low, high }: Segment,
  { conditions, accept }: StopSet,
  signal: AbortSignal | undefined,
  onPassed: (counter: number) => void,
): Promise<
  { readonly kind: 'scanned'; readonly hits: readonly Hit[] } | (Advance & { kind: 'cancelled' | 'diverged' })
> {
  const tally = new HitTally();
  const stops: StopSet = { conditions, tally, ...(accept === undefined ? {} : { accept }) };
  const placed = await present.goTo(low, { signal });
  const scanned = placed.kind === 'arrived' ? await present.advance({ limit: high, stops, signal, onPassed }) : placed;
  if (scanned.kind === 'cancelled' || scanned.kind === 'diverged') return scanned;
  return { kind: 'scanned', hits: tally.last };
}

/**
 * The segments of [notBefore, from), latest first, each of which begins at a checkpoint or at `notBefore`. What was met
 * just before is found in the first, which is short; the further back, the longer they are, for restoring a checkpoint takes
 * time as well.
 */
function* segmentsBefore(checkpoints: Checkpoints, from: number, notBefore: number): Generator<Segment> {
  for (let high = from, length = 1; high > notBefore;) {
    const checkpoint = checkpoints.atOrBefore(Math.max(0, high - length));
    if (checkpoint === undefined) throw new Error('There is no initial state.');
    const low = Math.max(checkpoint.state.counter, notBefore);
    yield { low, high };
    length = Math.min(2 * (high - low), LONGEST_SEGMENT);
    high = low;
  }
}
