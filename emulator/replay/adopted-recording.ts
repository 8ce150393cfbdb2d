import type { Recording } from '../recording/recording.ts';
import type { Course } from './course.ts';
import { damaged, type RecordedCheckpoints } from './opened-recording.ts';

/** How much of a recording is history so far. */
interface Extent {
  readonly chunks: number;
  readonly events: number;
  readonly printed: number;
  readonly digests: number;
  readonly checkpoints: number;
}

/** A recording that a timeline was opened on: makes history of what it holds, also of what is added while it grows. */
export class AdoptedRecording {
  readonly #recording: Recording;
  readonly #history: Course;
  readonly #checkpoints: RecordedCheckpoints;
  #taken: Extent;

  /** Takes in the recording's checkpoints; the rest of what it holds by now is `history` already. */
  constructor(recording: Recording, history: Course, checkpoints: RecordedCheckpoints) {
    this.#recording = recording;
    this.#history = history;
    this.#checkpoints = checkpoints;
    this.#taken = extentOf(recording);
    checkpoints.add(recording.checkpoints);
  }

  /**
   * Makes history of what was read of the recording since the last time; whether there was anything. Throws a RecordingError when
   * it turned out to be damaged.
   */
  takeIn(): boolean {
    const recording = this.#recording;
    const history = this.#history;
    if (recording.damage?.kind === 'corrupt') throw damaged(recording, recording.damage);
    const taken = this.#taken;
    if (taken.chunks === chunksOf(recording)) return false;
    this.#taken = extentOf(recording);
    const { lastCounter } = recording;
    history.events.extend(recording.events.slice(taken.events), lastCounter);
    history.console.extend(recording.printed.slice(taken.printed), lastCounter);
    for (const digest of recording.digests.slice(taken.digests)) history.digests.append(digest);
    this.#checkpoints.add(recording.checkpoints.slice(taken.checkpoints));
    if (recording.end?.reason.kind === 'guest-exit') history.exit = recording.end.reason.exit;
    return true;
  }
}

function extentOf(recording: Recording): Extent {
  const { events, printed, digests, checkpoints } = recording;
  return {
    chunks: chunksOf(recording),
    events: events.length,
    printed: printed.length,
    digests: digests.length,
    checkpoints: checkpoints.length,
  };
}

function chunksOf({ totals }: Recording): number {
  let chunks = 0;
  for (const total of totals.values()) chunks += total.chunks;
  return chunks;
}
