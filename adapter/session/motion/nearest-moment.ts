import type { CodePlace } from '../program.ts';
import { atPlaces } from './function-plan.ts';
import type { Movement, Mover } from './mover.ts';

/**
 * To the recorded moment nearest to the present at which the hart was about to execute one of these instructions, on either
 * side of the present; of two equally near, the earlier. Does not stop at breakpoints, nor run past what is recorded.
 * `never` when there is no other moment like that; the machine is then where it was.
 */
export async function toNearestMoment(
  mover: Mover,
  places: readonly CodePlace[],
  end: number,
): Promise<Movement | { readonly kind: 'never' }> {
  const origin = mover.counter;
  const goal = { conditions: atPlaces(places) };
  const back = await mover.backwardUnseen(goal);
  if (back.kind === 'ended' && back.ending.kind !== 'start-of-recording') return back;
  const earlier = back.kind === 'goal' ? mover.counter : undefined;
  const returned = await mover.travel(origin);
  if (returned.kind !== 'arrived') return returned;
  const farthest = earlier === undefined ? end : Math.min(end, 2 * origin - earlier - 1);
  if (farthest > origin) {
    const forth = await mover.forwardUnseen(goal, farthest);
    if (forth.kind === 'goal') return { kind: 'arrived' };
    if (forth.kind === 'ended' && forth.ending.kind !== 'end-of-recording' && forth.ending.kind !== 'end-of-branch') {
      return forth;
    }
  }
  if (earlier !== undefined) return mover.travel(earlier);
  const here = await mover.travel(origin);
  return here.kind === 'arrived' ? { kind: 'never' } : here;
}
