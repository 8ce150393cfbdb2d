import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../adapter/cli/main.ts', import.meta.url));

/** The command line, from its sources, in a process of its own. */
export function retrograde(...args: readonly string[]): ChildProcessByStdio<null, null, Readable> {
  return spawn(process.execPath, ['--import', 'tsx', main, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** `retrograde gdb FILE`, and where it listens. */
export interface ServedRecording {
  readonly port: number;
  readonly process: ChildProcessByStdio<null, null, Readable>;
  stop(): Promise<void>;
}

/** Serves a recording to gdb on a port that the system chooses, with further options. */
export async function serveRecording(file: string, ...options: readonly string[]): Promise<ServedRecording> {
  const server = retrograde('gdb', file, '--listen', '127.0.0.1:0', ...options);
  const [announcement] = (await once(server.stderr.setEncoding('utf8'), 'data')) as [string];
  const port = /127\.0\.0\.1:(\d+)\.\n/.exec(announcement)?.[1];
  if (port === undefined) throw new Error(`retrograde gdb said: ${announcement}`);
  return {
    port: Number(port),
    process: server,
    stop: async () => {
      if (server.exitCode !== null || server.signalCode !== null) return;
      const closed = once(server, 'close');
      server.kill();
      await closed;
    },
  };
}
