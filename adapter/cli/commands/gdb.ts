import { serveGdb } from '../../gdb/serve.ts';
import { fileError } from '../../host/file-error.ts';
import { openTimeline } from '../../host/recording-files.ts';
import type { TcpConnection } from '../../host/tcp-server.ts';
import { listenTcp } from '../../host/tcp-server.ts';
import { onInterrupt, printError } from '../../host/terminal.ts';
import type { Command } from '../command.ts';
import { recordingOf } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { openForReplay } from '../opened.ts';
import { parseAddress } from '../values.ts';

export const gdbCommand: Command = {
  name: 'gdb',
  usage: 'FILE [--listen HOST:PORT]',
  summary: 'The GDB remote server: debug a recording with gdb, in both directions.',
  details:
    'Connect with: gdb-multiarch KERNEL -ex "target remote 127.0.0.1:1234". One client at a time; the next one\n' +
    'begins where the last left. Ends at Ctrl-C, or when a client says "kill".',
  options: {
    listen: {
      type: 'string',
      value: 'HOST:PORT',
      help: 'where to listen; port 0 lets the system choose (127.0.0.1:1234)',
    },
  },
  readsRecording: true,
  async run(args) {
    const path = recordingOf(args);
    const address = parseAddress('--listen', args.text('listen') ?? '127.0.0.1:1234');
    const timeline = await openTimeline(await openForReplay(path));
    let busy = false;
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const serve = async (connection: TcpConnection): Promise<void> => {
      if (busy) {
        connection.close();
        return;
      }
      busy = true;
      if ((await serveGdb(timeline, connection)) === 'killed') end();
      busy = false;
    };
    let server;
    try {
      server = await listenTcp(address.host, address.port, (connection) => {
        void serve(connection);
      });
    } catch (error) {
      throw fileError(`${address.host}:${address.port}`, 'listened on', error, 'Choose another with --listen.');
    }
    printError(`retrograde: gdb can connect to ${address.host}:${server.port}.\n`);
    onInterrupt(end);
    await ended;
    await server.close();
    await timeline.close();
    return EXIT.success;
  },
};
