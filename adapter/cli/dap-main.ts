import { tuneCompilation } from '../host/compilation.ts';
import { nodeHost } from '../host/node-host.ts';
import { serveStdio } from '../host/dap-streams.ts';
import { PROGRAM } from './program-name.ts';

tuneCompilation();
/** The debug adapter as a process of its own: DAP over standard input and output, until the client leaves. */
void serveStdio(nodeHost(PROGRAM)).then(() => {
  process.exit(0);
});
