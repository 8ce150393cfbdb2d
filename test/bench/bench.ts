/**
 * `npm run bench [-- --rounds N --cost-rounds N --only TEXT --quick --limit SECONDS]`: this machine beside QEMU on the same files, in one
 * run, interleaved. Prints its tables; a whole run writes BENCHMARKS.md, which nothing else writes. Ratios are to be
 * quoted; seconds only say how long the runs were.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measure, type Measured } from './contenders.ts';
import { costSection, measureCosts } from './cost.ts';
import { bareGuest, bareGuests, linuxGuests, type BenchGuest } from './guests.ts';
import { endAll } from './process.ts';
import { measureInterpreter } from './interpreted.ts';
import { linuxSection, speedSection, startSection } from './report.ts';
import { measureSymbols, symbolsSection } from './symbols.ts';
import { targetsSection } from './targets.ts';
import type { TravelFigures } from './travel/figures.ts';
import { measureTravel, travelSection } from './travel/travel.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string' },
    'cost-rounds': { type: 'string' },
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    limit: { type: 'string', default: '180' },
  },
});
const rounds = Number(values.rounds ?? (values.quick ? '1' : '3'));
const costRounds = Number(values['cost-rounds'] ?? (values.quick ? '1' : '4'));
const limit = Number(values.limit);
if (![rounds, costRounds].every((count) => Number.isSafeInteger(count) && count >= 1) || !(limit > 0)) {
  console.error('--rounds and --cost-rounds are numbers from 1 on, --limit a number of seconds.');
  process.exit(2);
}
/** A quick look is too short to say much: start-up is a good part of it. */
const part = values.quick ? 1 / 8 : 1;
const whole = values.only === undefined && !values.quick;

const folder = mkdtempSync(join(tmpdir(), 'retrograde-bench-'));
const cleanUp = (): void => {
  endAll();
  rmSync(folder, { recursive: true, force: true });
};
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    cleanUp();
    process.exit(130);
  });
}

const chosen = ({ name }: { readonly name: string }): boolean =>
  values.only === undefined || name.includes(values.only);

async function measureAll(guests: readonly BenchGuest[]): Promise<readonly Measured[]> {
  const measured: Measured[] = [];
  for (const guest of guests.filter(chosen)) {
    const each = await measure(guest, { folder, rounds, limit });
    measured.push(each);
    process.stderr.write(`${guest.name}: done\n`);
  }
  return measured;
}

function versionOf(command: string): string {
  return spawnSync(command, ['--version'], { encoding: 'utf8' }).stdout.split('\n')[0] ?? 'unknown';
}

const started = Date.now();
try {
  const [load] = loadavg();
  const [start] = await measureAll([{ ...bareGuest(folder, 'compute/loop', 0), name: 'start' }]);
  const bare = await measureAll(bareGuests(folder, part));
  const linux = await measureAll(linuxGuests(folder));
  const costs = await measureCosts([...bare, ...linux], { folder, rounds: costRounds, limit });
  const travel: TravelFigures | undefined = chosen({ name: 'travel' })
    ? await measureTravel({ folder, part, say: (what) => process.stderr.write(`\r${what}\x1b[K`) })
    : undefined;

  const symbols = chosen({ name: 'symbols' }) ? await measureSymbols(folder, rounds) : undefined;
  const interpreted = chosen({ name: 'interpreter' }) ? measureInterpreter() : undefined;

  const sections: readonly (readonly [heading: string, text: string])[] = [
    ['Aims', targetsSection(bare, linux, travel, interpreted, costs)],
    ['Speed: millions of steps per second of user time', bare.length === 0 ? '' : speedSection([...bare, ...linux])],
    ['Linux: wall time', linux.length === 0 ? '' : linuxSection(linux)],
    ['Recording', costs.length === 0 ? '' : costSection(costs, costRounds)],
    ['Starting and ending, with no work between', start === undefined ? '' : startSection(start)],
    ['Travel', travel === undefined ? '' : travelSection(travel)],
    ['Symbols', symbols === undefined ? '' : symbolsSection(symbols)],
  ];
  const report = `# Benchmarks

Made by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)} in ${Math.round((Date.now() - started) / 60_000)} minutes: ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}),
Node ${process.version}, ${versionOf('qemu-system-riscv64')}. Whole processes, start-up included, which finds what
earlier ones compiled of the program; ${rounds} rounds with all
contenders in turn, but QEMU -icount without rr in the first only; medians. User time is that of all threads, the kernel's on
their behalf included. When it began the machine had a load of ${load?.toFixed(1) ?? '?'}; read the ratios. Retrograde counts instructions and
traps as steps; QEMU's speed is given in the same steps, for it does the same work.

${sections
  .filter(([, text]) => text !== '')
  .map(([heading, text]) => `## ${heading}\n\n${text}\n`)
  .join('\n')}`;
  console.log(report);
  if (whole) writeFileSync(fileURLToPath(new URL('../../BENCHMARKS.md', import.meta.url)), report);
  else console.error('BENCHMARKS.md is written by a whole run only.');
} finally {
  cleanUp();
}
