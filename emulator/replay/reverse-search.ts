import type { Hit, StopSet } from '../machine/stop.ts';
import type { Checkpoints } from './checkpoint.ts';
import type { Advance, Present } from './present.ts';
import type { MotionOptions } from './timeline-contract.ts';

export type SearchOutcome =
  /** The last hits before `from`: all those of one counter. The machine is where the search left it. */
  | { readonly kind: 'found'; readonly counter: number; readonly hits: readonly Hit[] }
  | { readonly kind: 'nothing' }
  | (Advance & { readonly kind: 'cancelled' | 'diverged' });

/**
 * The last moment in [notBefore, from) at which a stop condition is met. Scans the segment from the nearest checkpoint
 * forward to `from`, keeping the last hit, else the segment before it, and so on. Hits do not stop the engine; checkpoints
 * are left on the way, so going to what was found is cheap.
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
  for (let high = from; high > notBefore;) {
    const checkpoint = checkpoints.atOrBefore(high - 1);
    if (checkpoint === undefined) throw new Error('There is no initial state.');
    const low = Math.max(checkpoint.state.counter, notBefore);
    const last = new LastHits(stops);
    const examined = from - high;
    const advanced = await present.goTo(low, { signal: options.signal });
    const scanned =
      advanced.kind === 'arrived'
        ? await present.advance({
            limit: high,
            stops: last.stops,
            signal: options.signal,
            onPassed(counter) {
              options.onProgress?.({ done: examined + counter - low, total });
            },
          })
        : advanced;
    if (scanned.kind === 'cancelled' || scanned.kind === 'diverged') return scanned;
    const [first] = last.hits;
    if (first !== undefined) return { kind: 'found', counter: first.counter, hits: last.hits };
    high = low;
  }
  return { kind: 'nothing' };
}

/** Refuses every hit, so that the engine goes on, and remembers those of the highest counter. */
class LastHits {
  hits: Hit[] = [];
  readonly stops: StopSet;

  constructor(stops: StopSet) {
    const { accept } = stops;
    this.stops = {
      conditions: stops.conditions,
      accept: (hit) => {
        if (accept === undefined || accept(hit)) this.#keep(hit);
        return false;
      },
    };
  }

  #keep(hit: Hit): void {
    if (hit.counter === this.hits[0]?.counter) this.hits.push(hit);
    else this.hits = [hit];
  }
}
