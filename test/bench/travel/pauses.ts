import { setTimeout as wait } from 'node:timers/promises';
import { whileAttached } from './attached.ts';
import type { Latency } from './figures.ts';
import { latencyOf } from './timed.ts';

/** Pauses of each of the two motions. */
const PAUSES = 15;
/** Milliseconds that a motion runs before it is paused: longer each time, so that not all pauses meet it in one phase. */
const BEFORE_PAUSE = 150;
const LATER_EACH_TIME = 7;
/** No code is there. */
const NEVER_REACHED = '0x123456';

/**
 * From `pause` to `stopped`, through the debug adapter, while the machine replays from the beginning and while it searches backwards
 * from the end. A search that is paused goes back to where it began before it stops.
 */
export function measurePauses(recording: string, symbols: string): Promise<Latency> {
  return whileAttached(recording, symbols, async ({ client, end }) => {
    await client.request('setInstructionBreakpoints', { breakpoints: [{ instructionReference: NEVER_REACHED }] });
    const times: number[] = [];
    for (let pause = 0; pause < PAUSES; pause++) {
      for (const [from, motion] of [
        [0, 'continue'],
        [end, 'reverseContinue'],
      ] as const) {
        await client.move('retrograde/travel', { counter: from });
        const stopped = client.event('stopped');
        await client.request(motion, { threadId: 1 });
        await wait(BEFORE_PAUSE + pause * LATER_EACH_TIME);
        const began = performance.now();
        await client.request('pause', { threadId: 1 });
        await stopped;
        times.push(performance.now() - began);
      }
    }
    return latencyOf(times);
  });
}
