/**
 * A process of its own, whose memory is looked at: opens a recording, replays it, travels about in it, and prints what that
 * took as JSON. Arguments: the recording, what to do (`linux` or `watch`), the ELF with symbols, the number of steps that
 * counts as far.
 */
import { readFileSync } from 'node:fs';
import { openRecording, openTimeline } from '../../../adapter/host/recording-files.ts';
import { ElfFile } from '../../../adapter/symbols/elf/elf-file.ts';
import { SymbolTable } from '../../../adapter/symbols/elf/symbol-table.ts';
import type { StopSet } from '../../../emulator/machine/stop.ts';
import type { MotionOutcome, Timeline } from '../../../emulator/replay/timeline.ts';
import { Random } from '../../random.ts';
import { quantile } from '../statistics.ts';
import type { Latency, LinuxTravel, WatchTravel } from './figures.ts';

const none: StopSet = { conditions: [] };
const PLACES = 40;
const STEPS_BACK = 8;
/** The bytes that recursion's watch is for: at the lowest end of the page that its stack begins in, which it never reaches. */
const PAGE = 4096;

const [file = '', what = '', elf = '', distance = ''] = process.argv.slice(2);
const far = Number(distance);
const symbols = SymbolTable.read(ElfFile.parse(readFileSync(elf)));

function addressOf(name: string): bigint {
  const [symbol] = symbols.named(name);
  if (symbol === undefined) throw new Error(`${elf} has no symbol ${name}`);
  // Addresses of symbols are kept as numbers: sign-extended from Sv39, they lose nothing that matters here.
  return BigInt.asUintN(64, BigInt(symbol.address));
}

const at = (address: bigint): StopSet => ({ conditions: [{ kind: 'instruction', address }] });

/** Milliseconds of wall time, and seconds of processor time of all threads. */
async function timed<T>(work: () => Promise<T>): Promise<{ outcome: T; wall: number; user: number }> {
  const [began, before] = [performance.now(), process.cpuUsage()];
  const outcome = await work();
  const { user, system } = process.cpuUsage(before);
  return { outcome, wall: performance.now() - began, user: (user + system) / 1e6 };
}

function expect(outcome: MotionOutcome, ...kinds: readonly MotionOutcome['kind'][]): void {
  if (!kinds.includes(outcome.kind)) throw new Error(`a motion ended with ${outcome.kind}, not ${kinds.join(' or ')}`);
}

const latencyOf = (times: readonly number[]): Latency => ({
  count: times.length,
  p50: quantile(times, 0.5),
  p99: quantile(times, 0.99),
});

async function open(): Promise<{ timeline: Timeline; wall: number }> {
  const { outcome, wall } = await timed(async () => openTimeline(await openRecording(file)));
  return { timeline: outcome, wall };
}

async function travelInLinux(): Promise<LinuxTravel> {
  const { timeline, wall: openTime } = await open();
  const random = new Random(5);
  const { end } = timeline;
  const replay = await timed(() => timeline.run(none));
  expect(replay.outcome, 'end-of-recording');
  const place = (): number => Math.floor(end / 100) + Math.floor((random.bits32() / 2 ** 32) * (end - end / 100));
  const never = at(addressOf('panic'));

  const travels: number[] = [];
  const backs: number[] = [];
  const nears: number[] = [];
  for (let count = 0; count < PLACES; count++) {
    const travel = await timed(() => timeline.travelTo(place()));
    expect(travel.outcome, 'arrived');
    travels.push(travel.wall);
    for (let step = 0; step < STEPS_BACK; step++) {
      const back = await timed(() => timeline.reverseStep(1));
      expect(back.outcome, 'arrived');
      backs.push(back.wall);
    }
    const near = await timed(() => timeline.runBackTo(at(addressOf('handle_exception'))));
    expect(near.outcome, 'hit');
    nears.push(near.wall);
  }

  // What is executed once, early: from as far behind it as asked.
  await timeline.travelTo(0);
  expect(await timeline.run(at(addressOf('start_kernel'))), 'hit');
  const early = timeline.counter;
  const fars: number[] = [];
  for (let count = 0; count < 3 && early + far <= end; count++) {
    expect(await timeline.travelTo(early + far), 'arrived');
    const back = await timed(() => timeline.runBackTo(at(addressOf('start_kernel'))));
    expect(back.outcome, 'hit');
    if (timeline.counter !== early) throw new Error('the last hit was not found');
    fars.push(back.wall);
  }

  await timeline.travelTo(end);
  const notBefore = Math.max(0, end - 2 * far);
  const scan = await timed(() => timeline.runBackTo(never, { notBefore }));
  expect(scan.outcome, 'arrived', 'start-of-recording');
  await timeline.close();
  return {
    steps: end,
    open: openTime,
    replaySpeed: end / replay.user,
    scanSpeed: (end - notBefore) / scan.user,
    travelTo: latencyOf(travels),
    reverseStepInstruction: latencyOf(backs),
    reverseContinueNear: latencyOf(nears),
    reverseContinueFar: fars.length === 0 ? undefined : latencyOf(fars),
    peak: process.resourceUsage().maxRSS * 1024,
  };
}

async function watchBusyPage(): Promise<WatchTravel> {
  const { timeline } = await open();
  const { end } = timeline;
  await timeline.run(none);
  const watch: StopSet = {
    conditions: [
      { kind: 'access', space: 'virtual', address: addressOf('stack_end') - BigInt(PAGE), length: 8, access: 'write' },
    ],
  };
  const times: { without: number; watching: number }[] = [];
  for (let count = 0; count < 3; count++) {
    // From the last call back to near the first: what prints at the end has its own way.
    const notBefore = Math.max(0, end - far);
    const scan = async (stops: StopSet): Promise<number> => {
      await timeline.travelTo(end);
      const { outcome, user } = await timed(() => timeline.runBackTo(stops, { notBefore }));
      expect(outcome, 'arrived', 'start-of-recording');
      return user;
    };
    times.push({ without: await scan(at(addressOf('stack_end'))), watching: await scan(watch) });
  }
  await timeline.close();
  return {
    cost: quantile(
      times.map(({ without, watching }) => watching / without),
      0.5,
    ),
  };
}

console.log(JSON.stringify(what === 'linux' ? await travelInLinux() : await watchBusyPage()));
