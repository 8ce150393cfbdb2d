import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runGdbServer } from '../../adapter/gdb/server.ts';
import type { TimelineContract } from '../../emulator/replay/timeline.ts';

/** The text that a gdb command printed, by the command. */
export type Transcript = readonly { readonly command: string; readonly output: string }[];

const MARK = '=== ';

/** Serves a timeline and runs commands in gdb on it; see runGdbAt. */
export async function runGdb(
  timeline: TimelineContract,
  symbols: string,
  commands: readonly string[],
  interruptAt?: string,
): Promise<Transcript> {
  const server = await runGdbServer(timeline, { host: '127.0.0.1', port: 0 });
  try {
    return await runGdbAt(server.port, symbols, commands, interruptAt);
  } finally {
    await server.close();
  }
}

/**
 * Runs commands in Debian's gdb, connected to a server on this computer, with symbols from an ELF file. Each command's output
 * is kept apart. Rejects when gdb reports an error in any of them. The command `interruptAt` is interrupted as by Ctrl-C, half
 * a second after it began.
 */
export async function runGdbAt(
  port: number,
  symbols: string,
  commands: readonly string[],
  interruptAt?: string,
): Promise<Transcript> {
  const folder = mkdtempSync(join(tmpdir(), 'retrograde-gdb-'));
  try {
    const script = join(folder, 'commands');
    const preamble = ['set pagination off', 'set confirm off', 'set width 0', `file ${symbols}`];
    const marked = [...preamble, `target remote 127.0.0.1:${port}`, ...commands].flatMap((command) => [
      `echo \\n${MARK}${command.replaceAll('\\', '\\\\')}\\n`,
      command,
    ]);
    writeFileSync(script, marked.join('\n'));
    return parse(await run(['-nx', '-batch', '-x', script], interruptAt), commands);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What gdb prints, in the order it prints it: replies to `monitor` go to its standard error, the rest to its output. */
async function run(args: readonly string[], interruptAt: string | undefined): Promise<string> {
  const gdb = spawn('sh', ['-c', 'exec stdbuf -o0 gdb-multiarch "$@" 2>&1', 'gdb', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  let interrupted = false;
  gdb.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (interrupted || interruptAt === undefined || !output.includes(`\n${MARK}${interruptAt}\n`)) return;
    interrupted = true;
    setTimeout(() => gdb.kill('SIGINT'), 500);
  });
  await once(gdb, 'close');
  return output;
}

function parse(output: string, commands: readonly string[]): Transcript {
  const parts = output.split(`\n${MARK}`).map((part) => {
    const newline = part.indexOf('\n');
    return { command: part.slice(0, newline), output: part.slice(newline + 1).trimEnd() };
  });
  const transcript = parts.slice(-commands.length);
  const missing = commands.some((command, index) => transcript[index]?.command !== command);
  if (missing || output.includes('Error in sourced command file')) throw new Error(`gdb stopped early:\n${output}`);
  return transcript;
}

/** The counters that `monitor when` printed, in order. */
export function counters(transcript: Transcript): number[] {
  return transcript
    .filter(({ command }) => command === 'monitor when')
    .map(({ output }) => Number(/^step (\d+) of \d+$/m.exec(output)?.[1]));
}
