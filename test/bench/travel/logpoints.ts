import { record, temporaryFolder, TestSession } from '../../adapter/session/debug-session.ts';
import { bareGuest } from '../guests.ts';

/**
 * What a logpoint over a thousand million steps costs, and how soon a cancelled one ends: `node --import tsx test/bench/travel/logpoints.ts`.
 * Over DAP, as a person has it. Wall clock.
 */

/** Repetitions of compute/recursion that make a thousand million steps. */
const RECURSIONS = 15;
const CANCELLATIONS = 10;

interface Answer {
  readonly lines: readonly { readonly text: string }[];
  readonly ended: string;
}

const guest = bareGuest(temporaryFolder(), 'compute/recursion', RECURSIONS);
const [, kernel = ''] = guest.options;
const recording = await record({ kernel, firmware: 'none', memory: '64M' }, 'recursion.retrograde');
const session = await TestSession.start();
await session.attach({ recording });
const { end } = await session.status();

async function measured(args: object): Promise<{ readonly answer: Answer; readonly seconds: number }> {
  const began = performance.now();
  const answer = (await session.request('retrograde/logpoints', args)) as Answer;
  return { answer, seconds: (performance.now() - began) / 1000 };
}

function report(what: string, seconds: number): void {
  console.log(`${what.padEnd(72)} ${seconds.toFixed(3)} s`);
}

const rare = { location: 'run', message: 'sp is {$sp}' };
const first = await measured(rare);
report(`a logpoint met ${first.answer.lines.length} times in ${(end / 1e9).toFixed(2)} G steps`, first.seconds);
report('the same question again', (await measured(rare)).seconds);
const busy = { location: 'takeuchi', message: '{$a0}' };
const tested = await measured({ ...busy, condition: '$a0 == 99' });
report(`a condition in a function that is called all the time, ${tested.answer.lines.length} lines`, tested.seconds);

// Cancelled while it finds lines as fast as it can.
const times: number[] = [];
for (let count = 0; count < CANCELLATIONS; count++) {
  let cancelled = 0;
  const listen = (event: { readonly body: { readonly requestId: number } }): void => {
    if (cancelled !== 0) return;
    cancelled = performance.now();
    void session.client.customRequest('cancel', { requestId: event.body.requestId });
  };
  session.client.on('retrograde/results', listen);
  const { answer } = await measured({ ...busy, stream: true, most: 100_000, from: count });
  session.client.off('retrograde/results', listen);
  if (answer.ended !== 'cancelled') throw new Error(`It ended by itself: ${answer.ended}`);
  times.push((performance.now() - cancelled) / 1000);
}
report(`from cancel to the answer with what was found, the longest of ${CANCELLATIONS}`, Math.max(...times));
await session.stop();
