import { Random } from '../../random.ts';
import { whileAttached } from './attached.ts';
import type { Latency } from './figures.ts';
import { latencyOf } from './timed.ts';

const PLACES = 20;
const LINES_BACK = 4;

/** Steps back by source line through the debug adapter, from random moments among the last `within` steps. */
export function stepBackByLine(recording: string, symbols: string, within: number): Promise<Latency> {
  return whileAttached(recording, symbols, async ({ client, end }) => {
    const random = new Random(7);
    const times: number[] = [];
    for (let place = 0; place < PLACES; place++) {
      await client.move('retrograde/travel', { counter: end - Math.floor((random.bits32() / 2 ** 32) * within) });
      for (let line = 0; line < LINES_BACK; line++) {
        const began = performance.now();
        await client.move('stepBack', { granularity: 'line' });
        times.push(performance.now() - began);
      }
    }
    return latencyOf(times);
  });
}
