import { execFileSync } from 'node:child_process';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checksum, finished, lengthOf, retrograde, type Measured, type MeasureOptions } from './contenders.ts';
import type { BenchGuest } from './guests.ts';
import { time } from './process.ts';
import { geometricMean, median } from './statistics.ts';
import { megabytes, millions, percent, table } from './table.ts';

/**
 * What it costs to record. The difference is smaller than what a single run scatters by, so it is measured apart: running, recording
 * without checkpoints and recording take turns at once after each other, in many rounds, in the other order every other time.
 */

const kinds = ['run', 'bare', 'record'] as const;
type Kind = (typeof kinds)[number];

/** Seconds of processor time that a guest takes at least, if it can be repeated: what is paid once is shown by itself. */
const LEAST_LENGTH = 3;

export interface Cost {
  readonly guest: BenchGuest;
  readonly steps: number;
  /** Bytes of the recording. */
  readonly size: number;
  /** Bytes of memory, at most. */
  readonly peakResident: number;
  /** By round: how many times as long recording took as running. */
  readonly rounds: readonly { readonly bare: number; readonly record: number; readonly recordWall: number }[];
}

/** The guests are those that were measured, repeated where they were short. */
export async function measureCosts(measured: readonly Measured[], options: MeasureOptions): Promise<readonly Cost[]> {
  const costs: Cost[] = [];
  const bare = bareProgram(options.folder);
  for (const each of measured) {
    const seconds = median(finished(each, 'run').map(({ user }) => user));
    const guest = each.guest.repeated?.(Math.max(1, LEAST_LENGTH / seconds)) ?? each.guest;
    costs.push(await measureCost(guest, bare, options));
    process.stderr.write(`${guest.name}: cost of recording done\n`);
  }
  return costs;
}

/** The command line that leaves no checkpoints (record-bare.ts), made as the program is. */
function bareProgram(folder: string): string {
  const build = fileURLToPath(new URL('../../scripts/build.mjs', import.meta.url));
  const entry = fileURLToPath(new URL('record-bare.ts', import.meta.url));
  execFileSync(process.execPath, [build, '--program', entry, '--folder', folder, 'record-bare.cjs']);
  return join(folder, 'record-bare.cjs');
}

async function measureCost(guest: BenchGuest, bare: string, { folder, rounds, limit }: MeasureOptions): Promise<Cost> {
  const recording = join(folder, 'cost.retrograde');
  const files = { bare: join(folder, 'cost-bare.retrograde'), record: recording };
  const commands: Readonly<Record<Kind, readonly string[]>> = {
    run: [...retrograde, 'run', ...guest.options],
    bare: [process.execPath, bare, 'record', '-o', files.bare, ...guest.options],
    record: [...retrograde, 'record', '-o', recording, ...guest.options],
  };
  const ratios: Cost['rounds'][number][] = [];
  let [printed, peakResident] = [guest.mustPrint, 0];
  for (let round = 0; round < rounds; round++) {
    const taken: Partial<Record<Kind, { readonly user: number; readonly wall: number }>> = {};
    for (const kind of round % 2 === 0 ? kinds : kinds.toReversed()) {
      process.stderr.write(`\r${guest.name}: cost of recording, round ${round + 1} of ${rounds}, ${kind}\x1b[K`);
      if (kind !== 'run') rmSync(files[kind], { force: true });
      const run = await time({ name: kind, command: commands[kind], mustPrint: printed ?? '', limit });
      if (run.ending === 'limit')
        throw new Error(`${guest.name} takes more than ${limit} seconds: allow it more by --limit`);
      printed ??= checksum.exec(run.output)?.[0];
      taken[kind] = run;
      if (kind === 'record') peakResident = Math.max(peakResident, run.peakResident);
    }
    const { run, bare: without, record } = taken;
    if (run === undefined || without === undefined || record === undefined)
      throw new Error('a round that is not whole');
    ratios.push({ bare: without.user / run.user, record: record.user / run.user, recordWall: record.wall / run.wall });
  }
  process.stderr.write('\r\x1b[K');
  return { guest, steps: await lengthOf(recording), size: statSync(recording).size, peakResident, rounds: ratios };
}

type Figure = keyof Cost['rounds'][number];

/** What recording takes more, as a part of running: the median over the rounds, then the geometric mean over the guests. */
export function costOf(costs: readonly Cost[], figure: Figure): number | undefined {
  return costs.length === 0 ? undefined : geometricMean(costs.map((cost) => medianOf(cost, figure))) - 1;
}

function medianOf({ rounds }: Cost, figure: Figure): number {
  return median(rounds.map((round) => round[figure]));
}

/** The means of the single rounds, smallest and largest: how far the figure can be trusted. */
function spread(costs: readonly Cost[], figure: Figure): string {
  const rounds = costs[0]?.rounds.length ?? 0;
  const means = Array.from({ length: rounds }, (_, round) =>
    geometricMean(costs.map((cost) => cost.rounds[round]?.[figure] ?? 1)),
  );
  return `${percent(Math.min(...means) - 1)} to ${percent(Math.max(...means) - 1)}`;
}

export function costSection(costs: readonly Cost[], rounds: number): string {
  const figures = ['record', 'bare', 'recordWall'] as const;
  return `Measured apart: running, recording without checkpoints and recording in turn, ${rounds} rounds, in the other order every
other round; medians of the ratios within a round. Guests that are short are repeated to take some seconds; what starting
costs is in the next table.

${table(
  [
    'guest',
    'M steps',
    'file, MB',
    'recording costs, user time of all threads',
    '... without checkpoints',
    'wall time',
    'memory, MB',
  ],
  [
    ...costs.map((cost) => [
      cost.guest.name,
      millions(cost.steps),
      megabytes(cost.size),
      ...figures.map((figure) => percent(medianOf(cost, figure) - 1)),
      megabytes(cost.peakResident),
    ]),
    ['geometric mean', '', '', ...figures.map((figure) => percent(costOf(costs, figure))), ''],
    ['... of single rounds', '', '', ...figures.map((figure) => spread(costs, figure)), ''],
  ],
)}`;
}
