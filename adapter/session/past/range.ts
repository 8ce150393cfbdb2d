import type { MotionOutcome } from '../../../emulator/replay/timeline-contract.ts';
import type { Arguments } from '../arguments.ts';
import { stoppedDebuggee, type SessionContext } from '../context.ts';

/** Which part of history a question is about, and how many answers it wants. */
export interface Range {
  /** Counters; both ends belong to it. */
  readonly from: number;
  readonly to: number;
  readonly most: number;
}

/** Why a question ended: the whole range was searched, there were as many answers as wanted, it was cancelled, or replay failed. */
export type RangeEnd = 'whole' | 'enough' | 'cancelled' | 'diverged';

const DEFAULT_MOST = 1000;
/** More than a person reads, and what a client takes in one response. */
const GREATEST_MOST = 100_000;

/** The arguments `from`, `to` and `most` of a question: the whole recording when they are absent. */
export function rangeOf(context: SessionContext, args: Arguments): Range {
  const { timeline } = stoppedDebuggee(context);
  const counter = (name: string, otherwise: number): number => {
    const value = args.optionalInteger(name) ?? otherwise;
    return value < 0 ? args.wrong(name, 'a counter') : Math.min(value, timeline.end);
  };
  const most = args.optionalInteger('most') ?? DEFAULT_MOST;
  if (most < 1 || most > GREATEST_MOST) args.wrong('most', `a number from 1 to ${GREATEST_MOST}`);
  return { from: counter('from', 0), to: counter('to', timeline.end), most };
}

/** A motion towards the range's beginning that did not get there. */
export function isCutShort({ kind }: MotionOutcome): boolean {
  return kind === 'cancelled' || kind === 'diverged';
}

/** How a run over a range ended. No range goes beyond what is recorded, so the end of that is the range's. */
export function endOf({ kind }: MotionOutcome): RangeEnd {
  if (kind === 'hit') return 'enough';
  return kind === 'cancelled' || kind === 'diverged' ? kind : 'whole';
}
