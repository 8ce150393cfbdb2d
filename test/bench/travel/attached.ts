import { DapClient } from '../../../scripts/demo/dap-client.ts';
import { retrograde } from '../contenders.ts';

/** A debug adapter of its own process that stands at the end of a recording, and that recording's last counter. */
export interface Attached {
  readonly client: DapClient;
  readonly end: number;
}

/** Starts an adapter, lets `measure` ask it, and ends it. */
export async function whileAttached<Figures>(
  recording: string,
  symbols: string,
  measure: (attached: Attached) => Promise<Figures>,
): Promise<Figures> {
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
    return await measure({ client, end });
  } finally {
    await client.close();
  }
}
