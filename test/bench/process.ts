import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whole processes, timed from outside: what a person waits for, start-up and compilation included. */

/** One run of a command. */
export interface Run {
  /** Seconds of processor time of all its threads, the kernel's on its behalf included. */
  readonly user: number;
  /** Seconds. */
  readonly wall: number;
  /** The most memory it had resident at a time, in bytes; looked at some times a second. */
  readonly peakResident: number;
  /** `printed`: it was ended when it had printed what it was to print; `limit`: it was ended for taking too long. */
  readonly ending: 'exited' | 'printed' | 'limit';
  readonly output: string;
}

/** A command under its column's name. */
export interface Contender {
  readonly name: string;
  readonly command: readonly string[];
  /** What its standard output must contain, so that a run that failed is never a measurement. */
  readonly mustPrint: string;
  /** End it when it has printed that: it would not end by itself. */
  readonly endWhenPrinted?: boolean;
  /** Seconds of wall time after which it is ended. */
  readonly limit: number;
}

const LOOK_INTERVAL = 100;
const running = new Set<ChildProcess>();

/** Ends whatever is being timed. For when the bench itself is interrupted. */
export function endAll(): void {
  for (const { pid } of running) {
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    } catch {
      // It has just ended by itself.
    }
  }
}

/** Makes a process that somebody else started end with the bench; resolves when it has ended. It leads a group of its own. */
export function trackUntilEnd(child: ChildProcess): Promise<void> {
  running.add(child);
  return new Promise((resolve) => {
    child.once('close', () => {
      running.delete(child);
      resolve();
    });
  });
}

/** Runs a command to its end, or to its limit. Rejects when it ends without having printed what it must. */
export async function time(contender: Contender): Promise<Run> {
  const { name, command, mustPrint, limit } = contender;
  const folder = mkdtempSync(join(tmpdir(), 'retrograde-bench-output-'));
  const outputFile = join(folder, 'output');
  const outputDescriptor = openSync(outputFile, 'w');
  // bash times its child and reports when that is killed. Output goes to a file: Node's pipes are sockets, and QEMU's
  // rr=record with its serial line on a socket takes minutes for a Linux boot that takes two seconds with a file.
  const shell = spawn('bash', ['-c', 'TIMEFORMAT="times %U %S %R"; time "$@"', 'time', ...command], {
    detached: true,
    stdio: ['ignore', outputDescriptor, 'pipe'],
  });
  closeSync(outputDescriptor);
  running.add(shell);
  let [errors, peakResident] = ['', 0];
  const ended: { how: Run['ending'] } = { how: 'exited' };
  const endCommand = (how: Run['ending']): void => {
    ended.how = how;
    for (const child of childrenOf(shell.pid)) process.kill(child, 'SIGKILL');
  };
  const { stderr } = shell;
  if (stderr === null) throw new Error('bash has no standard error to report times on');
  stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const look = setInterval(() => {
    for (const child of childrenOf(shell.pid)) peakResident = Math.max(peakResident, peakResidentOf(child));
    if (contender.endWhenPrinted === true && read(outputFile).includes(mustPrint)) endCommand('printed');
  }, LOOK_INTERVAL);
  const timer = setTimeout(() => {
    endCommand('limit');
  }, limit * 1000);
  try {
    await new Promise((resolve, reject) => {
      shell.once('error', reject);
      shell.once('close', resolve);
    });
  } finally {
    clearInterval(look);
    clearTimeout(timer);
    running.delete(shell);
  }
  const output = read(outputFile);
  rmSync(folder, { recursive: true });
  const times = /times ([\d.]+) ([\d.]+) ([\d.]+)\s*$/.exec(errors);
  if (!times || (ended.how !== 'limit' && !output.includes(mustPrint))) {
    const said = `${output.slice(-500)}\n${errors.slice(-500)}`;
    throw new Error(`${name} did not print "${mustPrint}": ${command.join(' ')}\n${said}`);
  }
  const [user, system, wall] = times.slice(1).map(Number) as [number, number, number];
  return { user: user + system, wall, peakResident, ending: ended.how, output };
}

function childrenOf(pid: number | undefined): readonly number[] {
  const listed = read(`/proc/${pid}/task/${pid}/children`);
  return listed.trim() === '' ? [] : listed.trim().split(' ').map(Number);
}

function peakResidentOf(pid: number): number {
  return 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
}

/** What a file says; nothing where there is none, as of /proc once the process is gone. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
