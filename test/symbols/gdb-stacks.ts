import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { runGdbServer } from '../../adapter/gdb/server.ts';
import type { TimelineContract } from '../../emulator/replay/timeline.ts';
import type { ToldFrame, ToldRun, ToldStack } from './told-stack.ts';

const script = fileURLToPath(new URL('gdb-stacks.py', import.meta.url));

/** What gdb-multiarch shows at moments of a recording, which is served to it; symbols are loaded by `loadSymbols`. */
export async function gdbStacks(
  timeline: TimelineContract,
  loadSymbols: readonly string[],
  moments: readonly number[],
): Promise<ToldRun> {
  const folder = mkdtempSync(path.join(tmpdir(), 'retrograde-symbols-'));
  const server = await runGdbServer(timeline, { host: '127.0.0.1', port: 0 });
  const [MOMENTS, STACKS] = [path.join(folder, 'moments'), path.join(folder, 'stacks')];
  try {
    writeFileSync(MOMENTS, moments.join('\n'));
    const commands = [
      ...['set pagination off', 'set confirm off', 'set width 0', 'set osabi none'],
      // A kernel's stack does not end at a function called main.
      ...['set backtrace past-main on', 'set backtrace past-entry on'],
      ...loadSymbols,
      `target remote 127.0.0.1:${server.port}`,
      `source ${script}`,
    ];
    const args = ['-nx', '-batch', ...commands.flatMap((command) => ['-ex', command])];
    const { stderr } = await promisify(execFile)('gdb-multiarch', args, {
      env: { ...process.env, MOMENTS, STACKS },
      maxBuffer: 2 ** 28,
    });
    const run = parseRun(readFileSync(STACKS, 'utf8'));
    if (run.stacks.length !== moments.length) throw new Error(`gdb stopped early:\n${stderr}`);
    return run;
  } finally {
    await server.close();
    rmSync(folder, { recursive: true });
  }
}

type RawBody = readonly (readonly [name: string, type: string, bit: number, size: number])[];
type RawEnumeration = readonly (readonly [name: string, value: string])[];
type RawLine =
  | { readonly counter: number; readonly frames: readonly (ToldFrame | { readonly error: string })[] }
  | { readonly types: Readonly<Record<string, RawBody | RawEnumeration>> };

/** The lines that gdb-stacks.py writes. */
function parseRun(text: string): ToldRun {
  const stacks: ToldStack[] = [];
  const bodies = new Map<string, readonly string[]>();
  for (const line of text.trimEnd().split('\n')) {
    const told = JSON.parse(line) as RawLine;
    if ('types' in told) {
      for (const [name, body] of Object.entries(told.types)) bodies.set(name, body.map(describeMember));
      continue;
    }
    const error = told.frames.find((frame) => 'error' in frame)?.error;
    stacks.push({ counter: told.counter, frames: told.frames.filter((frame) => 'pc' in frame), error });
  }
  return { stacks, bodies };
}

function describeMember(member: RawBody[number] | RawEnumeration[number]): string {
  if (member.length === 2) return `${member[0]} = ${member[1]}`;
  const [name, type, bit, size] = member;
  return `${name} ${type} at ${bit}:${size}`;
}
