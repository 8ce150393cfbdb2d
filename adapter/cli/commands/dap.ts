import { UsageError } from '../../host/arguments.ts';
import { serveStdio, serveTcp } from '../../host/dap-streams.ts';
import { fileError } from '../../host/file-error.ts';
import { nodeHost } from '../../host/node-host.ts';
import { onInterrupt, printError } from '../../host/terminal.ts';
import type { Command } from '../command.ts';
import { noPositionals } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { PROGRAM } from '../program-name.ts';
import { parseAddress } from '../values.ts';

const LOOPBACK = '127.0.0.1';

export const dapCommand: Command = {
  name: 'dap',
  usage: '[--port P]',
  summary: 'The debug adapter: DAP over standard input and output, or a session to each client of a port.',
  details: `With --port it listens on ${LOOPBACK} until Ctrl-C; port 0 lets the system choose. The port is printed on stderr.`,
  options: { port: { type: 'string', value: 'P', help: 'listen on this TCP port' } },
  async run(args) {
    noPositionals(args);
    const port = args.text('port');
    const host = nodeHost(PROGRAM);
    if (port === undefined) {
      await serveStdio(host);
      return EXIT.success;
    }
    const address = parseAddress('--port', port);
    if (address.host !== LOOPBACK) throw new UsageError(`--port ${port} is no port. Write a number.`);
    let server;
    try {
      server = await serveTcp(host, LOOPBACK, address.port);
    } catch (error) {
      throw fileError(`Port ${address.port}`, 'listened on', error, 'Choose another with --port.');
    }
    printError(`retrograde: the debug adapter listens on ${LOOPBACK}:${server.port}.\n`);
    await new Promise<void>((resolve) => {
      onInterrupt(resolve);
    });
    await server.close();
    return EXIT.success;
  },
};
