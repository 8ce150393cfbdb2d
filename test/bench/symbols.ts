import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { DapClient } from '../../scripts/demo/dap-client.ts';
import { findLinuxFile } from '../guests/linux.ts';
import { retrograde } from './contenders.ts';
import { time } from './process.ts';
import { median } from './statistics.ts';
import { megabytes, seconds, table } from './table.ts';

/** What a debugger does until it stands at a function of Debian's kernel; medians. */
interface Opening {
  readonly name: string;
  /** Seconds. */
  readonly user: number;
  readonly wall: number;
  /** Bytes. */
  readonly memory: number;
}

const FUNCTION = 'start_kernel';
/** Where a type is has to be found among those of two thousand units. */
const TYPE = 'sizeof(struct task_struct)';
const LIMIT = 120;
/** /proc/PID/stat counts processor time in these (Linux's USER_HZ). */
const TICKS_PER_SECOND = 100;

/**
 * Retrograde from its start to the first stop with source and stack, in a recording of Debian's kernel with the debug
 * information of its vmlinux, beside gdb, which loads that file and sets a breakpoint. Undefined where the file is not prepared.
 */
export async function measureSymbols(folder: string, rounds: number): Promise<readonly Opening[] | undefined> {
  const [kernel, symbols] = [findLinuxFile('debian-kernel'), findLinuxFile('debian-symbols')];
  if (kernel === undefined || symbols === undefined) return undefined;
  const recording = join(folder, 'debian-symbols.retrograde');
  const machine = ['--kernel', kernel, '--memory', '128M', '--append', 'console=ttyS0 earlycon=sbi'];
  await time({
    name: 'record',
    command: [...retrograde, 'record', '-o', recording, ...machine],
    mustPrint: 'Memory:',
    endWhenPrinted: true,
    limit: LIMIT,
  });
  const openings: Opening[] = [];
  for (let round = 0; round < rounds; round++) {
    const gdb = await time({
      name: 'gdb',
      command: ['gdb-multiarch', '-nx', '-batch', '-ex', `break ${FUNCTION}`, symbols],
      mustPrint: 'Breakpoint 1 at',
      limit: LIMIT,
    });
    openings.push({ name: 'gdb: load and break', ...gdb, memory: gdb.peakResident });
    const cache = mkdtempSync(join(folder, 'cache-'));
    for (const name of ['Retrograde: to the first stop, nothing cached', '... cached']) {
      openings.push({ name, ...(await firstStop(recording, symbols, cache)) });
    }
    const gdbType = await time({
      name: 'gdb',
      command: ['gdb-multiarch', '-nx', '-batch', '-ex', `break ${FUNCTION}`, '-ex', `print ${TYPE}`, symbols],
      mustPrint: '$1 = ',
      limit: LIMIT,
    });
    openings.push({ name: `gdb: load, break and \`${TYPE}\``, ...gdbType, memory: gdbType.peakResident });
    for (const name of [`Retrograde: to the first stop and \`${TYPE}\`, no names cached`, '... names cached']) {
      openings.push({ name, ...(await firstStop(recording, symbols, cache, TYPE)) });
    }
  }
  return [...new Set(openings.map(({ name }) => name))].map((name) => {
    const all = openings.filter((one) => one.name === name);
    const of = (value: (one: Opening) => number): number => median(all.map(value));
    return { name, user: of((one) => one.user), wall: of((one) => one.wall), memory: of((one) => one.memory) };
  });
}

async function firstStop(
  recording: string,
  symbols: string,
  cache: string,
  expression?: string,
): Promise<Omit<Opening, 'name'>> {
  const [program = '', ...args] = retrograde;
  const began = performance.now();
  const client = new DapClient(program, [...args, 'dap'], { ...process.env, XDG_CACHE_HOME: cache });
  await client.request('initialize', { adapterID: 'retrograde' });
  const initialized = client.event('initialized');
  const attached = client.request('attach', { recording, symbols, at: 'start' });
  await Promise.all([initialized, attached]);
  await client.request('setFunctionBreakpoints', { breakpoints: [{ name: FUNCTION }] });
  const entered = client.event('stopped');
  await client.request('configurationDone');
  await entered;
  await client.move('continue');
  const { stackFrames } = (await client.request('stackTrace', {
    threadId: 1,
  })) as DebugProtocol.StackTraceResponse['body'];
  const [top] = stackFrames;
  if (expression !== undefined) await client.request('evaluate', { expression, frameId: top?.id, context: 'watch' });
  const wall = (performance.now() - began) / 1000;
  if (top?.name !== FUNCTION || top.source === undefined)
    throw new Error(`The first stop is at ${top?.name ?? 'nothing'}.`);
  const { processId } = client;
  const after = readFileSync(`/proc/${processId}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  // proc(5): utime and stime are the 14th and 15th fields, the first two of which are gone.
  const user = (Number(after[11]) + Number(after[12])) / TICKS_PER_SECOND;
  const memory = 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${processId}/status`, 'utf8'))?.[1]);
  await client.close();
  return { user, wall, memory };
}

export function symbolsSection(openings: readonly Opening[]): string {
  return `Debian's vmlinux with its debug information. Retrograde is measured from the start of the adapter until the client has the
stack of the first stop, at \`${FUNCTION}\`, with files and lines; gdb until it has set a breakpoint there.

${table(
  ['', 'user time', 'wall time', 'memory, MB'],
  openings.map(({ name, user, wall, memory }) => [name, seconds(user), seconds(wall), megabytes(memory)]),
)}`;
}
