import type { Checkpoint, CheckpointLine } from './checkpoint.ts';
import type { Segment } from './segment-scanner.ts';

/** Steps of the longest segment that is put together from several between checkpoints. */
const LONGEST_SEGMENT = 50_000_000;

/**
 * The segments of [notBefore, from), latest first, each of which begins at a checkpoint or at `notBefore`. What was met
 * just before is found in the first, which is short; the further back, the longer they are, for restoring a checkpoint takes
 * time as well. While
 * `shared` says so they begin at checkpoints of the recording, which every timeline on it has.
 */
export function* segmentsBefore(
  checkpoints: CheckpointLine,
  from: number,
  notBefore: number,
  shared: () => boolean = () => false,
): Generator<Segment, undefined> {
  for (let high = from, length = 1; high > notBefore;) {
    const checkpoint = lastAtOrBefore(checkpoints, Math.max(0, high - length), shared());
    const low = Math.max(checkpoint.state.counter, notBefore);
    yield { low, high };
    length = Math.min(2 * (high - low), LONGEST_SEGMENT);
    high = low;
  }
}

function lastAtOrBefore(checkpoints: CheckpointLine, counter: number, shared: boolean): Checkpoint {
  let checkpoint = checkpoints.atOrBefore(counter);
  while (shared && checkpoint?.pinned === false) checkpoint = checkpoints.atOrBefore(checkpoint.state.counter - 1);
  if (checkpoint === undefined) throw new Error('There is no initial state.');
  return checkpoint;
}
