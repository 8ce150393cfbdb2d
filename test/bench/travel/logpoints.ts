import type { DapClient } from '../../../scripts/demo/dap-client.ts';
import { whileAttached } from './attached.ts';

/** Logpoints over a whole recording of compute/recursion, through the debug adapter; wall time. */
export interface LogpointFigures {
  readonly steps: number;
  /** In a function that is called once a repetition: lines, and seconds until all are there; milliseconds when asked again. */
  readonly lines: number;
  readonly rare: number;
  readonly again: number;
  /** In the function that calls itself all the time, with a condition that is never true: seconds. */
  readonly conditioned: number;
  /** From `cancel`, while lines are found as fast as they can be, to the answer with those found: milliseconds, the longest. */
  readonly cancellations: number;
  readonly cancelled: number;
}

const CANCELLATIONS = 10;
const RARE = { location: 'run', message: 'sp is {$sp}' };
const BUSY = { location: 'takeuchi', message: '{$a0}' };

interface Answer {
  readonly lines: readonly unknown[];
  readonly ended: string;
}

export function measureLogpoints(recording: string, symbols: string): Promise<LogpointFigures> {
  return whileAttached(recording, symbols, async ({ client, end }) => {
    const rare = await timed(client, RARE);
    const again = await timed(client, RARE);
    const conditioned = await timed(client, { ...BUSY, condition: '$a0 == 99' });
    let cancelled = 0;
    for (let count = 0; count < CANCELLATIONS; count++) {
      const found = client.event('retrograde/results') as Promise<{ readonly requestId: number }>;
      // Another question each time: an answer that is kept would be there at once.
      const asked = timed(client, { ...BUSY, stream: true, most: 100_000, from: count });
      const { requestId } = await found;
      const began = performance.now();
      await client.request('cancel', { requestId });
      const { answer } = await asked;
      if (answer.ended !== 'cancelled') throw new Error(`a logpoint ended by itself: ${answer.ended}`);
      cancelled = Math.max(cancelled, performance.now() - began);
    }
    return {
      steps: end,
      lines: rare.answer.lines.length,
      rare: rare.seconds,
      again: again.seconds * 1000,
      conditioned: conditioned.seconds,
      cancellations: CANCELLATIONS,
      cancelled,
    };
  });
}

async function timed(client: DapClient, args: object): Promise<{ readonly answer: Answer; readonly seconds: number }> {
  const began = performance.now();
  const answer = (await client.request('retrograde/logpoints', args)) as Answer;
  return { answer, seconds: (performance.now() - began) / 1000 };
}
