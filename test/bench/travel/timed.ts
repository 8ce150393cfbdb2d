import type { MotionOutcome } from '../../../emulator/replay/timeline.ts';
import { quantile } from '../statistics.ts';
import type { Latency } from './figures.ts';

/** Milliseconds of wall time, and seconds of processor time of all threads. */
export async function timed<T>(
  work: () => Promise<T>,
): Promise<{ readonly outcome: T; readonly wall: number; readonly user: number }> {
  const [began, before] = [performance.now(), process.cpuUsage()];
  const outcome = await work();
  const { user, system } = process.cpuUsage(before);
  return { outcome, wall: performance.now() - began, user: (user + system) / 1e6 };
}

export function expect(outcome: MotionOutcome, ...kinds: readonly MotionOutcome['kind'][]): void {
  if (!kinds.includes(outcome.kind)) throw new Error(`a motion ended with ${outcome.kind}, not ${kinds.join(' or ')}`);
}

export const latencyOf = (times: readonly number[]): Latency => ({
  count: times.length,
  p50: quantile(times, 0.5),
  p99: quantile(times, 0.99),
});
