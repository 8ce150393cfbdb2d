import { parseArgs } from 'node:util';
import { registerIs } from '../../emulator/machine/predicate.ts';
import type { StopSet } from '../../emulator/machine/stop.ts';
import type { MotionOutcome, Timeline } from '../../emulator/replay/timeline.ts';
import { openRecording, openTimeline } from '../../adapter/host/recording-files.ts';

/**
 * Latencies of travel and search in one recording: `node --import tsx test/bench/search.ts FILE [--rounds N]`. Speeds are by
 * the process's CPU time, since other jobs may share the machine; latencies are what a person waits.
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '40' }, scan: { type: 'string', default: '600000000' } },
});
const [file] = positionals;
if (file === undefined) throw new Error('Usage: search.ts FILE [--rounds N] [--scan STEPS]');
const rounds = Number(values.rounds);
const scanned = Number(values.scan);

/** xorshift32: the same moments in every run. */
let seed = 0x2545f491;
function random(below: number): number {
  seed ^= seed << 13;
  seed ^= seed >>> 17;
  seed ^= seed << 5;
  return Math.floor(((seed >>> 0) / 2 ** 32) * below);
}

function commonest(values: readonly bigint[]): bigint {
  const counts = new Map<bigint, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [[first] = [0n]] = [...counts].sort(([, a], [, b]) => b - a);
  return first;
}

interface Measured {
  /** Milliseconds that a person waits, and of CPU time. */
  readonly wall: number;
  readonly cpu: number;
  readonly outcome: MotionOutcome;
}

async function measure(motion: () => Promise<MotionOutcome>): Promise<Measured> {
  const began = performance.now();
  const cpu = process.cpuUsage();
  const outcome = await motion();
  const { user, system } = process.cpuUsage(cpu);
  return { wall: performance.now() - began, cpu: (user + system) / 1000, outcome };
}

function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}

function tell(title: string, times: readonly Measured[]): void {
  const of = (key: 'wall' | 'cpu'): string => {
    const sorted = times.map((time) => time[key]).sort((a, b) => a - b);
    return [0.5, 0.9, 0.99].map((part) => quantile(sorted, part).toFixed(1).padStart(8)).join('');
  };
  console.log(`${title.padEnd(44)} wall p50 p90 p99 ${of('wall')}   cpu ${of('cpu')} ms   (${times.length})`);
}

async function repeat(times: number, motion: () => Promise<MotionOutcome>): Promise<Measured[]> {
  const all: Measured[] = [];
  for (let round = 0; round < times; round++) all.push(await measure(motion));
  return all;
}

async function open(path: string): Promise<Timeline> {
  return openTimeline(await openRecording(path));
}

const timeline = await open(file);
const { end } = timeline;
console.log(`${file}: ${(end / 1e6).toFixed(0)} M steps`);
const anywhere = (): number => Math.floor(end / 10) + random(Math.floor(end * 0.9));

// A file just opened: nothing but its own checkpoints.
tell('open: to the end', [await measure(() => timeline.travelTo(end))]);
tell('open: first reverse-stepi at the end', [await measure(() => timeline.reverseStep())]);
tell('open: the next ones', await repeat(rounds, () => timeline.reverseStep()));
tell('travelTo random, as opened', await repeat(rounds, () => timeline.travelTo(anywhere())));
{
  const firsts: Measured[] = [];
  for (let round = 0; round < rounds; round++) {
    await timeline.travelTo(anywhere());
    firsts.push(await measure(() => timeline.reverseStep()));
  }
  tell('reverse-stepi after travelTo random', firsts);
}
{
  const firsts: Measured[] = [];
  for (let round = 0; round < rounds; round++) {
    await timeline.travelTo(anywhere());
    await timeline.run({ conditions: [] }, { until: timeline.counter + random(3e7) });
    firsts.push(await measure(() => timeline.reverseStep()));
  }
  tell('reverse-stepi after running forward', firsts);
}

// Scans, in CPU time per step against plain replay of the same steps, interleaved.
const from = Math.floor(end * 0.6);
const to = Math.min(end, from + scanned);
await timeline.travelTo(from);
const samples: { pc: bigint; stack: bigint }[] = [];
for (let sample = 0; sample < 40; sample++) {
  await timeline.run({ conditions: [] }, { until: timeline.counter + 500_000 + random(10_000) });
  const [hart] = timeline.harts;
  if (hart !== undefined) samples.push({ pc: hart.pc, stack: hart.readX(2) & ~4095n });
}
const pc = commonest(samples.map((sample) => sample.pc));
const stack = commonest(samples.map((sample) => sample.stack));
console.log(
  `scans of ${((to - from) / 1e6).toFixed(0)} M steps from counter ${from}; ` +
    `busy: code at 0x${pc.toString(16)}, page 0x${stack.toString(16)}`,
);
/** x0 is never 1. */
const never = registerIs(0, 1n);
const stops: Record<string, StopSet> = {
  'breakpoint that is never reached': { conditions: [{ kind: 'instruction', address: 0x123456n }] },
  'page that nobody touches': {
    conditions: [{ kind: 'access', space: 'physical', address: 0x80000100n, length: 8, access: 'write' }],
  },
  'busy page, every access asked': {
    conditions: [{ kind: 'access', space: 'virtual', address: stack, length: 4096, access: 'read-write', when: never }],
  },
  'busy page, 8 bytes': {
    conditions: [{ kind: 'access', space: 'virtual', address: stack + 8n, length: 8, access: 'write', when: never }],
  },
  'busy breakpoint, never true': { conditions: [{ kind: 'instruction', address: pc, when: never }] },
  'the same, asked in TypeScript': { conditions: [{ kind: 'instruction', address: pc }], accept: () => false },
};
async function replay(): Promise<Measured> {
  await timeline.travelTo(from);
  return measure(() => timeline.run({ conditions: [] }, { until: to }));
}
const base: Measured[] = [];
for (const [title, stopSet] of Object.entries(stops)) {
  await replay();
  base.push(await replay());
  await timeline.travelTo(to);
  const back = await measure(() => timeline.runBackTo(stopSet, { notBefore: from }));
  const distance = to - timeline.counter;
  base.push(await replay());
  const cpu = Math.min(...base.slice(-2).map((one) => one.cpu));
  console.log(
    `reverse-continue, ${title}: ${back.outcome.kind} at -${distance}, cpu ${back.cpu.toFixed(0)} ms, ` +
      `replay ${cpu.toFixed(0)} ms (${((to - from) / cpu / 1000).toFixed(0)} M steps/s): ${(back.cpu / cpu).toFixed(2)} times`,
  );
}
await timeline.close();
