import { runGdbServer } from '../../gdb/server.ts';
import { fileError } from '../../host/file-error.ts';
import { HOST_BRANCHES, openTimeline } from '../../host/recording-files.ts';
import { SearchWorkers } from '../../host/search-workers.ts';
import { onInterrupt, printError } from '../../host/terminal.ts';
import type { Command } from '../command.ts';
import { recordingOf } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { openForReplay } from '../opened.ts';
import { standAt } from '../stand-at.ts';
import { memoryBudgetOf, travelOptions } from '../travel-options.ts';
import { parseAddress } from '../values.ts';

export const gdbCommand: Command = {
  name: 'gdb',
  usage: 'FILE [--at N] [--listen HOST:PORT]',
  summary: 'The GDB remote server: debug a recording with gdb, in both directions.',
  details:
    'Connect with: gdb-multiarch KERNEL -ex "target remote 127.0.0.1:1234". A client begins at the start of the\n' +
    'recording, or where --at says: `--at end` is where it crashed. One at a time; the next one begins where the\n' +
    'last left. Ends at Ctrl-C, or when a client says "kill".',
  options: {
    at: { type: 'string', value: 'N', help: 'the counter at which to begin, or `end` (0)' },
    listen: {
      type: 'string',
      value: 'HOST:PORT',
      help: 'where to listen; port 0 lets the system choose (127.0.0.1:1234)',
    },
    ...travelOptions,
  },
  readsRecording: true,
  async run(args) {
    const path = recordingOf(args);
    const address = parseAddress('--listen', args.text('listen') ?? '127.0.0.1:1234');
    const memoryBudget = memoryBudgetOf(args);
    const recording = await openForReplay(path);
    const scanners = new SearchWorkers(path, recording.machine.configuration.memory);
    const timeline = await openTimeline(recording, { scanners, memoryBudget, branches: HOST_BRANCHES });
    const standing = await standAt(timeline, path, args.text('at') ?? '0');
    if (standing.kind === 'not-there') return standing.exitCode;
    const server = await runGdbServer(timeline, address).catch((error: unknown) => {
      throw fileError(`${address.host}:${address.port}`, 'listened on', error, 'Choose another with --listen.');
    });
    printError(`retrograde: gdb can connect to ${address.host}:${server.port}.\n`);
    onInterrupt(() => {
      void server.close();
    });
    await server.closed;
    await timeline.close();
    return EXIT.success;
  },
};
