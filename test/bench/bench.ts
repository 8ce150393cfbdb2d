/**
 * `npm run bench`: this machine beside QEMU on the same files, in one run, interleaved. Prints its tables and writes
 * BENCHMARKS.md. Ratios are to be quoted; seconds only say how long the runs were.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { barePrograms, guestPath } from '../guests/programs.ts';
import { findLinuxFile } from '../guests/linux.ts';
import { geometricMean, interleave, median, medianRatio, type Contender, type Times } from './measure.ts';
import { millions, percent, ratio, seconds, table } from './table.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const retrograde = [process.execPath, join(root, 'dist/retrograde.cjs')];
const qemu = [
  'qemu-system-riscv64',
  '-M',
  'virt',
  '-display',
  'none',
  '-serial',
  'stdio',
  '-monitor',
  'none',
  '-net',
  'none',
];
const rounds = Number(process.argv[2] ?? '3');
const folder = mkdtempSync(join(tmpdir(), 'retrograde-bench-'));
const recordingFile = join(folder, 'bench.retrograde');
const rrFile = join(folder, 'qemu.rr');

/** A guest that ends by itself, and how each contender starts it. */
interface Guest {
  readonly name: string;
  readonly mustPrint: string;
  readonly options: readonly string[];
  readonly qemuOptions: readonly string[];
  /** QEMU's rr=replay ends by itself on it. */
  readonly replayEnds: boolean;
}

function bareGuests(): readonly Guest[] {
  return barePrograms.map(({ name, checksum }) => {
    const file = fileURLToPath(guestPath(name));
    return {
      name,
      mustPrint: checksum,
      options: ['--kernel', file, '--firmware', 'none', '--memory', '64M'],
      qemuOptions: ['-bios', 'none', '-m', '64', '-kernel', file],
      replayEnds: true,
    };
  });
}

function linuxGuests(): readonly Guest[] {
  const initramfs = findLinuxFile('initramfs');
  return (['small-kernel', 'debian-kernel'] as const).flatMap((file) => {
    const kernel = findLinuxFile(file);
    if (kernel === undefined || initramfs === undefined) {
      console.error(`${file} is not prepared (test/guests/linux/prepare.sh): left out`);
      return [];
    }
    const append = 'console=ttyS0 auto';
    return {
      name: file === 'small-kernel' ? 'Linux 6.1, small' : 'Linux 6.12, Debian',
      mustPrint: 'guest: done',
      options: ['--kernel', kernel, '--initrd', initramfs, '--append', append, '--memory', '256M'],
      qemuOptions: ['-m', '256', '-kernel', kernel, '-initrd', initramfs, '-append', append],
      replayEnds: false,
    };
  });
}

const RUN = 'retrograde run';
const RECORD = 'retrograde record';
const PLAIN = 'QEMU plain';
const ICOUNT = 'QEMU -icount shift=0';
const RR_RECORD = 'QEMU rr=record';
const RR_REPLAY = 'QEMU rr=replay';

function contenders({ mustPrint, options, qemuOptions, replayEnds }: Guest): readonly Contender[] {
  const rr = (mode: string): readonly string[] => ['-icount', `shift=0,rr=${mode},rrfile=${rrFile}`];
  return [
    { name: RUN, command: [...retrograde, 'run', ...options], mustPrint },
    { name: RECORD, command: [...retrograde, 'record', '-o', recordingFile, ...options], mustPrint },
    { name: PLAIN, command: [...qemu, ...qemuOptions], mustPrint },
    { name: ICOUNT, command: [...qemu, '-icount', 'shift=0', ...qemuOptions], mustPrint },
    { name: RR_RECORD, command: [...qemu, ...rr('record'), ...qemuOptions], mustPrint },
    // QEMU 7.2 does not end a replayed Linux that has powered off.
    ...(replayEnds ? [{ name: RR_REPLAY, command: [...qemu, ...rr('replay'), ...qemuOptions], mustPrint }] : []),
  ];
}

interface Measured {
  readonly guest: Guest;
  readonly steps: number;
  readonly bytes: number;
  readonly times: ReadonlyMap<string, readonly Times[]>;
}

function measure(guest: Guest): Measured {
  process.stderr.write(`${guest.name}\n`);
  const times = interleave(contenders(guest), rounds, ({ name }) => {
    if (name === RECORD) rmSync(recordingFile, { force: true });
  });
  const info = spawnSync(process.execPath, [...retrograde.slice(1), 'info', '--json', recordingFile], {
    encoding: 'utf8',
  });
  const facts: unknown = JSON.parse(info.stdout);
  const steps = typeof facts === 'object' && facts !== null && 'counter' in facts ? Number(facts.counter) : NaN;
  if (!Number.isFinite(steps))
    throw new Error(`info does not tell the recording's length: ${info.stdout}${info.stderr}`);
  return { guest, steps, bytes: statSync(recordingFile).size, times };
}

function timesOf({ times, guest }: Measured, name: string): readonly Times[] {
  const found = times.get(name);
  if (!found) throw new Error(`${name} was not measured on ${guest.name}`);
  return found;
}

const userOf = (measured: Measured, name: string): number => median(timesOf(measured, name).map(({ user }) => user));

function speedTable(measured: readonly Measured[]): string {
  const speed = (each: Measured, name: string): string => millions(each.steps / userOf(each, name));
  const against = (each: Measured, name: string): number =>
    medianRatio(timesOf(each, name), timesOf(each, RECORD), 'user');
  const rows = measured.map((each) => [
    each.guest.name,
    millions(each.steps),
    ...[RUN, RECORD, PLAIN, ICOUNT, RR_REPLAY].map((name) => speed(each, name)),
    ratio(against(each, PLAIN)),
    ratio(against(each, RR_REPLAY)),
  ]);
  const means = [PLAIN, RR_REPLAY].map((name) => ratio(geometricMean(measured.map((each) => against(each, name)))));
  return table(
    ['guest', 'M steps', RUN, RECORD, PLAIN, ICOUNT, RR_REPLAY, 'record / plain', 'record / rr=replay'],
    [...rows, ['geometric mean', '', '', '', '', '', '', ...means]],
  );
}

function bootTable(measured: readonly Measured[]): string {
  const wall = (each: Measured, name: string): string =>
    seconds(median(timesOf(each, name).map((times) => times.wall)));
  return table(
    ['guest', RUN, RECORD, PLAIN, RR_RECORD, 'record, in times of rr=record'],
    measured.map((each) => [
      each.guest.name,
      ...[RUN, RECORD, PLAIN, RR_RECORD].map((name) => wall(each, name)),
      ratio(medianRatio(timesOf(each, RECORD), timesOf(each, RR_RECORD), 'wall')),
    ]),
  );
}

function recordingTable(measured: readonly Measured[]): string {
  return table(
    ['guest', 'M steps', 'file, MB', 'recording costs, user time of all threads', 'wall time'],
    measured.map((each) => [
      each.guest.name,
      millions(each.steps),
      (each.bytes / 1e6).toFixed(2),
      ...(['user', 'wall'] as const).map((figure) =>
        percent(medianRatio(timesOf(each, RECORD), timesOf(each, RUN), figure) - 1),
      ),
    ]),
  );
}

function versionOf(command: string): string {
  return spawnSync(command, ['--version'], { encoding: 'utf8' }).stdout.split('\n')[0] ?? 'unknown';
}

try {
  const bare = bareGuests().map(measure);
  const linux = linuxGuests().map(measure);
  const report = `# Benchmarks

Made by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), Node ${process.version},
${versionOf('qemu-system-riscv64')}. Whole processes, start-up included; ${rounds} rounds, all contenders in turn in each; medians. The
machine is shared and noisy: read the ratios. Retrograde counts instructions and traps as steps.

## Speed: millions of steps per second of user time

${speedTable(bare)}

## Linux, from power-on to power-off: wall time

${bootTable(linux)}

## Recording

${recordingTable([...bare, ...linux])}
`;
  const file = join(root, 'BENCHMARKS.md');
  const rest = /\n<!-- kept -->[\s\S]*/.exec(existing(file))?.[0] ?? '';
  writeFileSync(file, report + rest);
  console.log(report);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function existing(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
