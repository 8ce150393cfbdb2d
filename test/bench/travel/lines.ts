import { DapClient } from '../../../scripts/demo/dap-client.ts';
import { Random } from '../../random.ts';
import { retrograde } from '../contenders.ts';
import { quantile } from '../statistics.ts';
import type { Latency } from './figures.ts';

const PLACES = 20;
const LINES_BACK = 4;

/** Steps back by source line through the debug adapter, from random moments among the last `within` steps. */
export async function stepBackByLine(recording: string, symbols: string, within: number): Promise<Latency> {
  const [program, ...args] = [...retrograde, 'dap'];
  const client = new DapClient(program, args);
  try {
    await client.request('initialize', { adapterID: 'retrograde', linesStartAt1: true, columnsStartAt1: true });
    const initialized = client.event('initialized');
    const stopped = client.event('stopped');
    const attached = client.request('attach', { recording, symbols, at: 'end' });
    await initialized;
    await client.request('configurationDone');
    await attached;
    await stopped;
    const { end } = (await client.request('retrograde/status')) as { readonly end: number };
    const random = new Random(7);
    const times: number[] = [];
    for (let place = 0; place < PLACES; place++) {
      const arrived = client.event('stopped');
      await client.request('retrograde/travel', { counter: end - Math.floor((random.bits32() / 2 ** 32) * within) });
      await arrived;
      for (let line = 0; line < LINES_BACK; line++) {
        const began = performance.now();
        await client.move('stepBack', { granularity: 'line' });
        times.push(performance.now() - began);
      }
    }
    return { count: times.length, p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
  } finally {
    await client.close();
  }
}
