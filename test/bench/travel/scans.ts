import { registerIs } from '../../../emulator/machine/predicate.ts';
import type { SearchPredicate } from '../../../emulator/machine/predicate.ts';
import { HitTally, type StopSet } from '../../../emulator/machine/stop.ts';
import type { Timeline } from '../../../emulator/replay/timeline.ts';
import type { Random } from '../../random.ts';
import type { ConditionTests, Scan } from './figures.ts';
import { expect, timed } from './timed.ts';

/** What searches backwards cost beside replaying the same steps, by what they look for. None of it is ever met. */

const SAMPLES = 40;
const SP = 2;
const PAGE = 4096;
const none: StopSet = { conditions: [] };

function commonest(values: readonly bigint[]): bigint {
  const counts = new Map<bigint, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [[first] = [0n]] = [...counts].sort(([, a], [, b]) => b - a);
  return first;
}

/** Where the guest is most often between two counters: its code, and the page of its stack. */
async function busyPlaces(timeline: Timeline, from: number, random: Random): Promise<{ pc: bigint; stack: bigint }> {
  await timeline.travelTo(from);
  const [pcs, stacks]: [bigint[], bigint[]] = [[], []];
  for (let sample = 0; sample < SAMPLES; sample++) {
    await timeline.run(none, { until: timeline.counter + 500_000 + random.below(10_000) });
    const [hart] = timeline.harts;
    if (hart === undefined) throw new Error('the machine has no hart');
    pcs.push(hart.pc);
    stacks.push(hart.readX(SP) & ~BigInt(PAGE - 1));
  }
  return { pc: commonest(pcs), stack: commonest(stacks) };
}

export async function measureScans(
  timeline: Timeline,
  from: number,
  to: number,
  random: Random,
): Promise<readonly Scan[]> {
  const { pc, stack } = await busyPlaces(timeline, from, random);
  // x0 is never 1.
  const never = registerIs(0, 1n);
  const wanted: Readonly<Record<string, StopSet>> = {
    'a breakpoint that is never reached': { conditions: [{ kind: 'instruction', address: 0x123456n }] },
    'a write to a page that nobody touches': {
      conditions: [{ kind: 'access', space: 'physical', address: 0x80000100n, length: 8, access: 'write' }],
    },
    'any access to a busy page, with a condition': {
      conditions: [
        { kind: 'access', space: 'virtual', address: stack, length: PAGE, access: 'read-write', when: never },
      ],
    },
    'a write to 8 bytes of a busy page': {
      conditions: [{ kind: 'access', space: 'virtual', address: stack + 8n, length: 8, access: 'write', when: never }],
    },
    'a breakpoint in busy code, with a condition': { conditions: [{ kind: 'instruction', address: pc, when: never }] },
  };
  const replay = async (): Promise<number> => {
    await timeline.travelTo(from);
    const { outcome, user } = await timed(() => timeline.run(none, { until: to }));
    expect(outcome, 'arrived');
    return user;
  };
  const scans: Scan[] = [];
  await replay();
  for (const [what, stops] of Object.entries(wanted)) {
    const before = await replay();
    await timeline.travelTo(to);
    const back = await timed(() => timeline.runBackTo(stops, { notBefore: from }));
    expect(back.outcome, 'arrived');
    scans.push({ what, cost: back.user / Math.min(before, await replay()) });
  }
  return scans;
}

/** Where a condition is tested this often there is enough to measure. */
const ENOUGH_TESTS = 10_000_000;
/** Part of the stretch that is searched by asking at each hit. */
const ASKED_PART = 10;
/** Milliseconds that a search runs before it is cancelled. */
const BEFORE_CANCEL = 100;

/** What testing a breakpoint's condition costs in a search backwards over the stretch, or its end where that has enough tests. */
export async function measureTests(
  timeline: Timeline,
  from: number,
  to: number,
  random: Random,
): Promise<ConditionTests> {
  const { pc } = await busyPlaces(timeline, from, random);
  const conditions: StopSet['conditions'] = [{ kind: 'instruction', address: pc }];
  const count = async (low: number): Promise<number> => {
    await timeline.travelTo(low);
    const tally = new HitTally();
    expect(await timeline.run({ conditions, tally }, { until: to }), 'arrived');
    return tally.moments;
  };
  const all = await count(from);
  const part = Math.min(1, (1.05 * ENOUGH_TESTS) / Math.max(1, all));
  const low = Math.floor(to - (to - from) * part);
  const tests = part === 1 ? all : await count(low);
  const search = async (stops: StopSet, notBefore: number): Promise<number> => {
    await timeline.travelTo(to);
    const { outcome, user } = await timed(() => timeline.runBackTo(stops, { notBefore }));
    // A short recording has too few tests: all of it is searched.
    expect(outcome, notBefore === 0 ? 'start-of-recording' : 'arrived');
    return user;
  };
  const operand = { kind: 'memory', base: SP, address: 8n } as const;
  // The first of them is tested for nothing but its cost.
  const when: SearchPredicate = {
    kind: 'all',
    of: [{ kind: 'compare', operand, comparison: '>=', value: 0n }, registerIs(0, 1n)],
  };
  const elsewhere: StopSet = { conditions: [{ kind: 'instruction', address: 0x123456n }] };
  const tested: StopSet = { conditions: [{ kind: 'instruction', address: pc, when }] };
  await search(elsewhere, low);
  const without = await search(elsewhere, low);
  const byEngine = (await search(tested, low)) - without;
  const asked = { conditions, accept: (): boolean => false };
  const near = Math.floor(to - (to - low) / ASKED_PART);
  const bare = await search(elsewhere, near);
  const share = (await search(asked, near)) - bare;
  await timeline.travelTo(to);
  const abort = new AbortController();
  let at = 0;
  setTimeout(() => {
    at = performance.now();
    abort.abort();
  }, BEFORE_CANCEL);
  expect(await timeline.runBackTo(tested, { signal: abort.signal }), 'cancelled');
  return { tests, byEngine, asked: share * ASKED_PART, cancelled: performance.now() - at };
}
