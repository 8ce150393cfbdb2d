import { TICK_NANOSECONDS } from '../../../emulator/machine/memory-map.ts';
import type { MotionOptions, TimelineContract } from '../../../emulator/replay/timeline-contract.ts';
import type { Debuggee } from '../debuggee.ts';
import { RequestFailure } from '../failure.ts';
import { endOfHistory, motionTo } from './catalogue.ts';
import type { MotionPlan } from './motions.ts';

const TIME = 0xc01;
const NANOSECONDS = { ns: 1, us: 1e3, ms: 1e6, s: 1e9, min: 60e9 } as const;

/** A moment as people say it: a counter, or a time of the guest's clock since power-on, in ticks. */
type Position =
  { readonly kind: 'counter'; readonly counter: number } | { readonly kind: 'time'; readonly ticks: number };

/**
 * The plan of going to a moment that a person names: `start`, `end`, a counter (`1,234,567`), a part of the recording (`50%`), a time of
 * the guest (`1.5s`, `20ms`), any of these from here on (`+1000`, `-5%`, `+0.5s`), or a bookmark. Throws a RequestFailure for
 * anything else.
 */
export function motionToPosition(debuggee: Debuggee, text: string): MotionPlan {
  const position = positionOf(debuggee, text.trim());
  if (position.kind === 'counter') return motionTo(debuggee, position.counter);
  const { timeline } = debuggee;
  return {
    title: `Travelling to ${text.trim()}`,
    reason: 'goto',
    backward: true,
    hart: 0,
    from: timeline.counter,
    move: async (options) => {
      const counter = await counterAt(timeline, position.ticks, options);
      const moved = await debuggee.mover(options).travel(counter);
      return moved.kind === 'arrived' ? (endOfHistory(debuggee) ?? moved) : moved;
    },
  };
}

function positionOf({ timeline, opened }: Debuggee, text: string): Position {
  if (text === 'start') return { kind: 'counter', counter: 0 };
  if (text === 'end') return { kind: 'counter', counter: timeline.end };
  const [, sign, digits, unit] = /^([+-]?)(\d[\d,_]*(?:\.\d+)?)\s*(%|ns|us|ms|s|min)?$/.exec(text) ?? [];
  const amount = Number(digits?.replace(/[,_]/g, ''));
  const isWhole = unit !== undefined || Number.isSafeInteger(amount);
  if (digits !== undefined && isWhole) {
    const relative = (present: number, by: number): number => {
      return sign === '' ? by : Math.max(0, sign === '-' ? present - by : present + by);
    };
    switch (unit) {
      case undefined:
        return { kind: 'counter', counter: relative(timeline.counter, amount) };
      case '%':
        return { kind: 'counter', counter: relative(timeline.counter, Math.round((amount / 100) * timeline.end)) };
      default: {
        const ticks = (amount * NANOSECONDS[unit as keyof typeof NANOSECONDS]) / Number(TICK_NANOSECONDS);
        return { kind: 'time', ticks: relative(ticksNow(timeline), ticks) };
      }
    }
  }
  const bookmark = opened.bookmarks.all.find(({ name }) => name === text);
  if (bookmark !== undefined) return { kind: 'counter', counter: bookmark.counter };
  throw new RequestFailure(
    `"${text}" is no moment: expected a counter, a part such as 50%, a time such as 1.5s, each with + or - from here, ` +
      'start, end, or the name of a bookmark.',
  );
}

/** The guest's clock at the present moment, in ticks of 100 ns since power-on. */
function ticksNow({ harts }: TimelineContract): number {
  return Number(harts[0]?.readCsr(TIME) ?? 0n);
}

/** `1.2345678 s`: the guest's clock at the present moment. */
export function guestTimeText(timeline: TimelineContract): string {
  const seconds = (ticksNow(timeline) * Number(TICK_NANOSECONDS)) / 1e9;
  return `${seconds.toFixed(7).replace(/0+$/, '').replace(/\.$/, '')} s`;
}

/**
 * The first moment at which the guest's clock has come to a time; the last one when it never does. Time goes on with the counter, but
 * jumps while the guest idles, so that the moment has to be looked for. Moves the timeline.
 */
async function counterAt(timeline: TimelineContract, ticks: number, options: MotionOptions): Promise<number> {
  const { signal } = options;
  const timeAt = async (counter: number): Promise<number> => {
    await timeline.travelTo(counter, signal === undefined ? {} : { signal });
    return ticksNow(timeline);
  };
  let [low, high] = [0, timeline.end];
  let [early, late] = [await timeAt(low), await timeAt(high)];
  if (ticks <= early) return low;
  if (ticks >= late) return high;
  for (let round = 0; high - low > 1 && signal?.aborted !== true; round++) {
    // Where time goes evenly the first guess is good; where it jumps, halving gets there.
    const part = round % 2 === 0 ? (ticks - early) / (late - early) : 0.5;
    const guess = Math.min(high - 1, Math.max(low + 1, Math.round(low + part * (high - low))));
    const time = await timeAt(guess);
    if (time < ticks) [low, early] = [guess, time];
    else [high, late] = [guess, time];
  }
  return high;
}
