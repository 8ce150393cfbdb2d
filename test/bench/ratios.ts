import type { ContenderName, Measured } from './contenders.ts';
import { finished } from './contenders.ts';
import { median } from './statistics.ts';

/** Figures of one guest; undefined where a contender did not come to its end. */

/** Seconds, the median over the rounds. */
export function secondsOf(measured: Measured, name: ContenderName, figure: 'user' | 'wall'): number | undefined {
  const runs = finished(measured, name);
  return runs.length === 0 ? undefined : median(runs.map((run) => run[figure]));
}

/** Steps of the recorded run in a second of processor time. */
export function speedOf(measured: Measured, name: ContenderName): number | undefined {
  const user = secondsOf(measured, name, 'user');
  return user === undefined ? undefined : measured.steps / Math.max(user, 1e-3);
}

/**
 * The median over the rounds of a ratio of times between two contenders of the same round, who saw the same machine: how
 * many times as long `a` took.
 */
export function timesAsLong(
  measured: Measured,
  a: ContenderName,
  b: ContenderName,
  figure: 'user' | 'wall',
): number | undefined {
  const [left, right] = [measured.runs.get(a) ?? [], measured.runs.get(b) ?? []];
  const ratios = left.flatMap((run, round) => {
    const other = right[round];
    if (other === undefined || run.ending === 'limit' || other.ending === 'limit') return [];
    return [Math.max(run[figure], 1e-3) / Math.max(other[figure], 1e-3)];
  });
  return ratios.length === 0 ? undefined : median(ratios);
}
