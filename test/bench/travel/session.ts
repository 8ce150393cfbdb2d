/**
 * A process of its own, whose memory is looked at: opens a recording, replays it, travels about in it, and prints what that
 * took as JSON. Arguments: the recording, what to do (`linux` or `watch`), the ELF with symbols, the number of steps that
 * counts as far.
 */
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { openRecording, openTimeline } from '../../../adapter/host/recording-files.ts';
import type { WorkerData } from '../../../adapter/host/search-messages.ts';
import { SearchWorkers } from '../../../adapter/host/search-workers.ts';
import { ElfFile } from '../../../adapter/symbols/elf/elf-file.ts';
import { SymbolTable } from '../../../adapter/symbols/elf/symbol-table.ts';
import type { StopSet } from '../../../emulator/machine/stop.ts';
import type { Timeline } from '../../../emulator/replay/timeline.ts';
import { Random } from '../../random.ts';
import { quantile } from '../statistics.ts';
import type { Latency, LinuxTravel, WatchTravel } from './figures.ts';
import { measureScans, measureTests } from './scans.ts';
import { expect, latencyOf, timed } from './timed.ts';

const none: StopSet = { conditions: [] };
const PLACES = 40;
const STEPS_BACK = 8;
/** How often the recording is opened anew, and how often it is gone back far. */
const OPENINGS = 12;
const FAR_TIMES = 3;
/** Steps of a run forward, at most; and the part of the recording that is scanned for each condition. */
const LONGEST_RUN = 200_000_000;
const SCANNED = 0.03;
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

async function open(workers = 0): Promise<{ timeline: Timeline; wall: number }> {
  const { outcome, wall } = await timed(async () => {
    const scanners = new SearchWorkers(file, 0, { count: workers, start: startBundled });
    return openTimeline(await openRecording(file), { scanners });
  });
  return { timeline: outcome, wall };
}

/** `npm run bench` has built it. */
function startBundled(workerData: WorkerData): Worker {
  return new Worker(new URL('../../../dist/search-worker.cjs', import.meta.url), { workerData });
}

/** From some place on, as if somebody continued and then paused. */
async function runAWhile(timeline: Timeline, random: Random): Promise<void> {
  const until = Math.min(timeline.end, timeline.counter + 10_000_000 + random.below(LONGEST_RUN));
  expect(await timeline.run(none, { until }), 'arrived', 'end-of-recording');
}

async function stepBack(timeline: Timeline): Promise<number> {
  const { outcome, wall } = await timed(() => timeline.reverseStep());
  expect(outcome, 'arrived');
  return wall;
}

/** Nothing but the file's checkpoints is there at first. */
async function travelJustOpened(random: Random): Promise<{ readonly travels: number[]; readonly backs: number[] }> {
  const [travels, backs]: [number[], number[]] = [[], []];
  for (let count = 0; count < OPENINGS; count++) {
    const { timeline } = await open();
    const travel = await timed(() => timeline.travelTo(random.below(timeline.end)));
    expect(travel.outcome, 'arrived');
    travels.push(travel.wall);
    backs.push(await stepBack(timeline));
    await runAWhile(timeline, random);
    backs.push(await stepBack(timeline));
    await timeline.close();
  }
  return { travels, backs };
}

/** To what is executed once, early, from as far behind it as asked; undefined when the recording is too short. */
async function goFarBack(workers: number): Promise<Latency | undefined> {
  const { timeline } = await open(workers);
  const fars: number[] = [];
  const early = at(addressOf('start_kernel'));
  expect(await timeline.run(early), 'hit');
  const { counter } = timeline;
  for (let count = 0; count < FAR_TIMES && counter + far <= timeline.end; count++) {
    expect(await timeline.travelTo(counter + far), 'arrived');
    const back = await timed(() => timeline.runBackTo(early));
    expect(back.outcome, 'hit');
    if (timeline.counter !== counter) throw new Error('the last hit was not found');
    fars.push(back.wall);
  }
  await timeline.close();
  return fars.length === 0 ? undefined : latencyOf(fars);
}

/** Over as many steps at the end of the recording, or all, that hold nothing of what is looked for. */
async function searchFarBack(workers: number): Promise<Latency> {
  const { timeline } = await open(workers);
  const { end } = timeline;
  const times: number[] = [];
  for (let count = 0; count < FAR_TIMES; count++) {
    expect(await timeline.travelTo(end), 'arrived', 'end-of-recording');
    const notBefore = Math.max(0, end - far);
    const back = await timed(() => timeline.runBackTo(at(addressOf('panic')), { notBefore }));
    expect(back.outcome, 'arrived', 'start-of-recording');
    times.push(back.wall);
  }
  await timeline.close();
  return latencyOf(times);
}

async function travelInLinux(): Promise<LinuxTravel> {
  const { timeline, wall: openTime } = await open();
  const random = new Random(5);
  const { end } = timeline;
  expect(await timeline.run(none), 'end-of-recording');
  const place = (): number => Math.floor(end / 100) + Math.floor((random.bits32() / 2 ** 32) * (end - end / 100));
  const never = at(addressOf('panic'));

  const [travels, backs, nears, afterRuns]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let count = 0; count < PLACES; count++) {
    const travel = await timed(() => timeline.travelTo(place()));
    expect(travel.outcome, 'arrived');
    travels.push(travel.wall);
    for (let step = 0; step < STEPS_BACK; step++) backs.push(await stepBack(timeline));
    const near = await timed(() => timeline.runBackTo(at(addressOf('handle_exception'))));
    expect(near.outcome, 'hit');
    nears.push(near.wall);
    await timeline.travelTo(place());
    await runAWhile(timeline, random);
    afterRuns.push(await stepBack(timeline));
  }

  const notBefore = Math.max(0, end - 2 * far);
  const replayAgain = async (): Promise<number> => {
    await timeline.travelTo(notBefore);
    const again = await timed(() => timeline.run(none));
    expect(again.outcome, 'end-of-recording');
    return again.user;
  };
  const before = await replayAgain();
  const scan = await timed(() => timeline.runBackTo(never, { notBefore }));
  expect(scan.outcome, 'arrived', 'start-of-recording');
  const after = await replayAgain();
  const scans = await measureScans(timeline, Math.floor(end * 0.6), Math.floor(end * 0.6 + SCANNED * end), random);
  const peak = process.resourceUsage().maxRSS * 1024;
  await timeline.close();
  const opened = await travelJustOpened(random);
  return {
    steps: end,
    open: openTime,
    replaySpeed: (2 * (end - notBefore)) / (before + after),
    scanSpeed: (end - notBefore) / scan.user,
    travelTo: latencyOf(travels),
    reverseStepInstruction: latencyOf(backs),
    reverseContinueNear: latencyOf(nears),
    reverseStepAfterRun: latencyOf(afterRuns),
    reverseStepJustOpened: latencyOf(opened.backs),
    travelJustOpened: latencyOf(opened.travels),
    reverseContinueFar: await goFarBack(0),
    reverseContinueFarHelped: await goFarBack(1),
    searchFar: await searchFarBack(0),
    searchFarHelped: await searchFarBack(1),
    scans,
    peak,
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
  const tests = await measureTests(timeline, Math.max(0, end - far), end, new Random(1));
  await timeline.close();
  return {
    cost: quantile(
      times.map(({ without, watching }) => watching / without),
      0.5,
    ),
    tests,
  };
}

console.log(JSON.stringify(what === 'linux' ? await travelInLinux() : await watchBusyPage()));
