import type { Hit, StopCondition } from '../../../emulator/machine/stop.ts';
import type { MotionOptions, MotionOutcome, TimelineContract } from '../../../emulator/replay/timeline-contract.ts';

/** Milliseconds of looking at hits after which others get their turn: cancelling must take effect within 100. */
const TURN = 20;

/**
 * Runs from the present to the counter `until`, and lets `take` look at every hit on the way, which says whether that is enough. However
 * close the hits lie, a run can be cancelled between them, and keeps what was taken.
 */
export async function sweep(
  timeline: TimelineContract,
  conditions: readonly StopCondition[],
  take: (hit: Hit) => boolean,
  { signal, onProgress }: MotionOptions,
  until: number,
): Promise<MotionOutcome> {
  const from = timeline.counter;
  const turn = { isEnough: false, began: 0 };
  const accept = (hit: Hit): boolean => {
    turn.isEnough = take(hit) || turn.isEnough;
    return turn.isEnough || Date.now() - turn.began > TURN;
  };
  for (;;) {
    turn.began = Date.now();
    const outcome = await timeline.run(
      { conditions, accept },
      {
        until,
        ...(signal === undefined ? {} : { signal }),
        onProgress: () => onProgress?.({ done: timeline.counter - from, total: until - from }),
      },
    );
    if (outcome.kind !== 'hit' || turn.isEnough) return outcome;
    await new Promise((resolve) => setTimeout(resolve));
  }
}
