import { nodeHost } from '../../../../adapter/host/node-host.ts';
import { BreakpointStore } from '../../../../adapter/session/breakpoints/store.ts';
import { Client } from '../../../../adapter/session/client.ts';
import { Debuggee } from '../../../../adapter/session/debuggee.ts';
import { GuestView } from '../../../../adapter/session/guest/guest-view.ts';
import { openProgram } from '../../../../adapter/session/open-program.ts';
import { Sources } from '../../../../adapter/session/sources.ts';
import { assembleProgram } from '../../../../adapter/session/spaces/assemble-program.ts';

/**
 * A recording as a session has it, in the test's own process: for what is asked thousands of times, and of single steps. What
 * a client sees is tested through a real one.
 */
export async function openGuest(recording: string, symbols?: string): Promise<Debuggee> {
  const host = nodeHost('Retrograde tests');
  const client = new Client(() => undefined);
  const request = { recording, memoryBudget: undefined };
  const opened = await host.timelines.open(request, new AbortController().signal);
  const configuration = {
    symbols: symbols === undefined ? [] : [{ file: symbols, space: 'kernel' as const, address: undefined }],
    debugDirectories: [],
    sourceMap: [],
    sourceRoots: [],
    guest: undefined,
  };
  const found = await openProgram(opened.timeline, configuration, host);
  const guest = new GuestView(opened.timeline, found.name, found.kernel, undefined);
  const program = assembleProgram(found, guest, opened.timeline);
  const sources = new Sources(program, host.files, configuration, client);
  return new Debuggee(opened, program, sources, new BreakpointStore(client), guest);
}
