import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findLinuxFile } from '../../guests/linux.ts';
import { lengthOf, retrograde } from '../contenders.ts';
import { bareGuest, linuxGuest, type BenchGuest } from '../guests.ts';
import { time, type Run } from '../process.ts';
import { megabytes, milliseconds, millions, ratio, seconds, table } from '../table.ts';
import type { Latency, LinuxTravel, TravelFigures, WatchTravel } from './figures.ts';
import { gdbMotions, gdbOnQemu, gdbOnRetrograde } from './gdb.ts';
import { stepBackByLine } from './lines.ts';
import { measureLogpoints } from './logpoints.ts';
import { measurePauses } from './pauses.ts';

/** Steps of the long recording, and what counts as far back in it. */
const LONG = 10e9;
const FAR = 1e9;
/** More rounds of the shell's workload than the long recording has room for. */
const ENDLESS = 1000;
/** Repetitions of compute/recursion that make a thousand million steps. */
const RECURSIONS = 15;
/** For gdb fewer: QEMU goes through all of them for each motion back. */
const GDB_RECURSIONS = 4;
/** Seconds for each part, which is far more than it takes. */
const LIMIT = 900;

export interface TravelOptions {
  readonly folder: string;
  /** 1, or less for a quick look: of the length of the recording. */
  readonly part: number;
  readonly say: (what: string) => void;
}

/** Records a long run of the small Linux and travels in it; undefined when that kernel is not prepared. */
export async function measureTravel({ folder, part, say }: TravelOptions): Promise<TravelFigures | undefined> {
  const guest = linuxGuest(folder, 'small-kernel', 'travel', ENDLESS);
  const symbols = findLinuxFile('small-symbols');
  if (guest === undefined || symbols === undefined) return undefined;
  const recording = join(folder, 'travel.retrograde');
  const command = ['record', '--force', '-o', recording, '--until-step', String(LONG * part), ...guest.options];
  const record = (...options: readonly string[]): Promise<Run> =>
    time({ name: 'record', command: [...retrograde, ...command, ...options], mustPrint: 'guest: up', limit: LIMIT });
  say('travel: recording with little memory');
  const thrifty = await record('--memory-budget', '64M');
  say('travel: recording');
  const recorded = await record();

  say('travel: replaying and going about');
  const linux = (await session(recording, 'linux', symbols, FAR)) as LinuxTravel;
  say('travel: back by line');
  const reverseStepLine = await stepBackByLine(recording, symbols, 1e9 * part);
  say('travel: pausing');
  const pause = await measurePauses(recording, symbols);
  const size = statSync(recording).size;
  rmSync(recording);

  const bare = join(folder, 'recursion.retrograde');
  const recordRecursion = async (times: number): Promise<{ readonly guest: BenchGuest; readonly elf: string }> => {
    const recursion = bareGuest(folder, 'compute/recursion', Math.max(2, Math.round(times)));
    const program = [...retrograde, 'record', '--force', '-o', bare, ...recursion.options];
    await time({ name: 'record', command: program, mustPrint: '', limit: LIMIT });
    return { guest: recursion, elf: recursion.options[1] ?? '' };
  };
  say('travel: watching a busy page');
  const busy = await recordRecursion(RECURSIONS * part);
  const watch = (await session(bare, 'watch', busy.elf, FAR)) as WatchTravel;
  say('travel: logpoints');
  const logpoints = await measureLogpoints(bare, busy.elf);
  say('travel: gdb');
  const small = await recordRecursion(GDB_RECURSIONS * part);
  const ofRetrograde = await gdbOnRetrograde(bare, small.elf, folder);
  if (ofRetrograde === undefined) throw new Error('gdb did not get through its script on a recording of this project');
  say('travel: gdb and QEMU');
  const ofQemu = await gdbOnQemu(small.guest, small.elf, folder);
  say('');
  return {
    linux,
    size,
    recordingPeak: recorded.peakResident,
    thriftyPeak: thrifty.peakResident,
    reverseStepLine,
    pause,
    logpoints,
    watchCost: watch.cost,
    tests: watch.tests,
    gdb: { steps: await lengthOf(bare), retrograde: ofRetrograde, qemu: ofQemu },
  };
}

async function session(recording: string, what: string, symbols: string, far: number): Promise<unknown> {
  const script = fileURLToPath(new URL('session.ts', import.meta.url));
  const command = [process.execPath, '--import', 'tsx', script, recording, what, symbols, String(far)];
  const { output } = await time({ name: `travel session (${what})`, command, mustPrint: '}', limit: LIMIT });
  return JSON.parse(output);
}

export function travelSection({
  linux,
  size,
  recordingPeak,
  thriftyPeak,
  reverseStepLine,
  pause,
  logpoints,
  tests,
  gdb,
}: TravelFigures): string {
  const row = (what: string, latency: Latency | undefined): readonly string[] => [
    what,
    String(latency?.count ?? 0),
    milliseconds(latency?.p50),
    milliseconds(latency?.p99),
  ];
  const motions = table(
    ['', 'times', 'median', '99 of 100'],
    [
      row('reverse-stepi', linux.reverseStepInstruction),
      row('reverse-stepi, the first after running forward', linux.reverseStepAfterRun),
      row('reverse-stepi in a recording just opened', linux.reverseStepJustOpened),
      row('reverse-step, by source line, through the debug adapter', reverseStepLine),
      row('to a random counter', linux.travelTo),
      row('to a random counter in a recording just opened', linux.travelJustOpened),
      row('reverse-continue to the last trap', linux.reverseContinueNear),
      row(`reverse-continue to a hit ${millions(FAR)} M steps back, one thread`, linux.reverseContinueFar),
      row('the same with a worker thread beside it', linux.reverseContinueFarHelped),
      row(`reverse-continue over the last ${millions(FAR)} M steps without a hit, one thread`, linux.searchFar),
      row('the same with a worker thread beside it', linux.searchFarHelped),
      row('from pause to standing, replaying or searching backwards, through the debug adapter', pause),
    ],
  );
  const scans = table(
    ['reverse-continue that meets nothing, looking for', "in times of replay's processor time"],
    linux.scans.map(({ what, cost }) => [what, ratio(cost)]),
  );
  const inGdb = table(
    ['', 'Retrograde', 'QEMU rr=replay', 'times as fast'],
    gdbMotions.map((name) => {
      const [ours, theirs] = [gdb.retrograde.get(name), gdb.qemu?.get(name)];
      const faster = ours === undefined || theirs === undefined ? undefined : theirs / ours;
      return [name, milliseconds(ours), milliseconds(theirs), ratio(faster)];
    }),
  );
  return `In a recording of the small Linux of ${millions(linux.steps)} M steps (${megabytes(size)} MB), through its shell's workload; wall time
of each motion. It opens in ${seconds(linux.open / 1000)}. Its last ${millions(2 * FAR)} M steps (all, if it has fewer) are replayed at ${millions(linux.replaySpeed)} M steps a second
of user time, just before and after they are searched backwards at ${millions(linux.scanSpeed)}. Memory was ${megabytes(recordingPeak)} MB at most while
recording with the default budget for checkpoints (1 GiB),
${megabytes(thriftyPeak)} MB with one of 64 MB, and ${megabytes(linux.peak)} MB while travelling.

${motions}

${scans}

A condition of a breakpoint in busy code (compute/recursion), a comparison of memory at the stack pointer that is never true, was tested
${millions(tests.tests)} M times in a search backwards. That took ${seconds(tests.byEngine)} of processor time more than the search without it; asked outside
of the engine at each hit, it would take ${seconds(tests.asked)} more. Cancelled under way, the search was back where it began after
${milliseconds(tests.cancelled)}.

A logpoint over the whole of that recording (${millions(logpoints.steps)} M steps), met ${logpoints.lines} times, took ${seconds(logpoints.rare)}, through the debug adapter;
asked again, ${milliseconds(logpoints.again)}. One in busy code with a condition that is never true took ${seconds(logpoints.conditioned)}. One that finds lines as
fast as it can was cancelled ${logpoints.cancellations} times: after at most ${milliseconds(logpoints.cancelled)} those found were there.

gdb with one script on both, at the end of a bare guest of ${millions(gdb.steps)} M steps (compute/recursion; QEMU has one snapshot, at the
start, and is asked on its own recording of the same file):

${inGdb}`;
}
