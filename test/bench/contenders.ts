import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchGuest } from './guests.ts';
import { time, type Contender, type Run } from './process.ts';

/** Who runs the guests, in the order of a round: what replays comes after what recorded. */
export const contenderNames = ['run', 'record', 'replay', 'plain', 'icount', 'rr=record', 'rr=replay'] as const;
export type ContenderName = (typeof contenderNames)[number];

export const titles: Readonly<Record<ContenderName, string>> = {
  run: 'retrograde run',
  record: 'retrograde record',
  replay: 'retrograde replay',
  plain: 'QEMU',
  icount: 'QEMU -icount shift=0',
  'rr=record': 'QEMU rr=record',
  'rr=replay': 'QEMU rr=replay',
};

/** Those that no target is measured against are run in the first round only. */
const onlyOnce: readonly ContenderName[] = ['icount'];

export const retrograde = [process.execPath, fileURLToPath(new URL('../../dist/retrograde.cjs', import.meta.url))];
/** A QEMU whose serial line is on standard output. */
export const qemu = [
  'qemu-system-riscv64',
  ...['-M', 'virt', '-display', 'none', '-serial', 'stdio', '-monitor', 'none', '-net', 'none'],
];

/** A bare program prints 16 hexadecimal digits. */
export const checksum = /[0-9a-f]{16}/;

export interface Measured {
  readonly guest: BenchGuest;
  /** Of the recorded run. */
  readonly steps: number;
  /** Bytes of the recording. */
  readonly size: number;
  readonly runs: ReadonlyMap<ContenderName, readonly Run[]>;
}

export interface MeasureOptions {
  /** Where recordings are written. */
  readonly folder: string;
  readonly rounds: number;
  /** Seconds after which a contender is ended. */
  readonly limit: number;
}

/** Times all contenders in turn, `rounds` times: the machine's speed drifts, and all see the same drift. */
export async function measure(guest: BenchGuest, { folder, rounds, limit }: MeasureOptions): Promise<Measured> {
  const recording = join(folder, 'bench.retrograde');
  const log = join(folder, 'bench.rr');
  const runs = new Map<ContenderName, Run[]>(contenderNames.map((name) => [name, []]));
  let printed = guest.mustPrint;
  for (let round = 0; round < rounds; round++) {
    for (const name of contenderNames) {
      if (round > 0 && onlyOnce.includes(name)) continue;
      // QEMU completes its log when it ends by itself.
      if (name === 'rr=replay' && runs.get('rr=record')?.at(-1)?.ending !== 'exited') continue;
      process.stderr.write(`\r${guest.name}: round ${round + 1} of ${rounds}, ${titles[name]}\x1b[K`);
      if (name === 'record') rmSync(recording, { force: true });
      const run = await time({ ...contender(name, guest, recording, log), mustPrint: printed ?? '', limit });
      printed ??= checksum.exec(run.output)?.[0];
      if (printed === undefined && run.ending === 'exited') throw new Error(`${guest.name} printed no checksum`);
      runs.get(name)?.push(run);
    }
  }
  process.stderr.write('\r\x1b[K');
  return { guest, steps: await lengthOf(recording), size: statSync(recording).size, runs };
}

function contender(
  name: ContenderName,
  { options, qemuOptions, kind }: BenchGuest,
  recording: string,
  log: string,
): Pick<Contender, 'name' | 'command' | 'endWhenPrinted'> {
  const rr = (mode: string): readonly string[] => ['-icount', `shift=0,rr=${mode},rrfile=${log}`];
  switch (name) {
    case 'run':
      return { name, command: [...retrograde, 'run', ...options] };
    case 'record':
      return { name, command: [...retrograde, 'record', '-o', recording, ...options] };
    case 'replay':
      return { name, command: [...retrograde, 'replay', recording] };
    case 'plain':
      return { name, command: [...qemu, ...qemuOptions] };
    case 'icount':
      return { name, command: [...qemu, '-icount', 'shift=0', ...qemuOptions] };
    case 'rr=record':
      return { name, command: [...qemu, ...rr('record'), ...qemuOptions] };
    case 'rr=replay':
      // QEMU 7.2 does not end a replayed Linux that has powered off.
      return { name, command: [...qemu, ...rr('replay'), ...qemuOptions], endWhenPrinted: kind !== 'bare' };
  }
}

/** The steps of a recording, as `info` tells. */
export async function lengthOf(recording: string): Promise<number> {
  const command = [...retrograde, 'info', '--json', recording];
  const { output } = await time({ name: 'info', command, mustPrint: 'counter', limit: 60 });
  const facts: unknown = JSON.parse(output);
  const steps = typeof facts === 'object' && facts !== null && 'counter' in facts ? Number(facts.counter) : NaN;
  if (!Number.isFinite(steps)) throw new Error(`info does not tell the recording's length: ${output}`);
  return steps;
}

/** The runs of a contender that came to their end; empty when all were ended at the limit. */
export function finished({ runs }: Measured, name: ContenderName): readonly Run[] {
  return (runs.get(name) ?? []).filter(({ ending }) => ending !== 'limit');
}
