import type { GuestExit } from '../../../emulator/machine/machine.ts';
import type { Hit, StopCondition, StopSet } from '../../../emulator/machine/stop.ts';
import type { MotionOptions, MotionOutcome, TimelineContract } from '../../../emulator/replay/timeline-contract.ts';
import { ActiveBreakpoints, type ActiveBreakpoint } from '../breakpoints/active.ts';
import { Meetings } from '../breakpoints/meetings.ts';
import { following } from './following.ts';
import { exitText } from './exit-text.ts';
import { lookAt } from './hit-count.ts';

/** What a motion looks for, besides the client's breakpoints. */
export interface Goal {
  readonly conditions: readonly StopCondition[];
  /** Asked with the machine at the hit. Absent: every hit counts. */
  readonly accept?: (hit: Hit) => boolean;
}

export const NO_GOAL: Goal = { conditions: [] };

/** Where a movement ended that was neither at its goal nor at a breakpoint: the motion is over with it. */
export type Ending = Exclude<MotionOutcome, { kind: 'hit' } | { kind: 'arrived' }>;

/** Where one movement ended. */
export type Movement =
  | { readonly kind: 'goal'; readonly hit: Hit }
  | { readonly kind: 'breakpoint'; readonly breakpoints: readonly ActiveBreakpoint[]; readonly hits: readonly Hit[] }
  /** The bound that was given. */
  | { readonly kind: 'arrived' }
  | { readonly kind: 'ended'; readonly ending: Ending };

/** The end of a movement that did what was asked. */
export const ARRIVED: Movement = { kind: 'arrived' };

/** Having reached the goal ends the motion. */
export function settle(moved: Movement): Movement {
  return moved.kind === 'goal' ? ARRIVED : moved;
}

/** Where one run of a movement ended: breakpoints may have to be placed anew before it goes on. */
type Run = Movement | { readonly kind: 'arrival' };

/** Supplies the breakpoints as they are now, and a signal that is aborted when they are no longer so. */
export interface BreakpointSource {
  readonly active: ActiveBreakpoints;
  readonly changed: AbortSignal;
  /** Places them anew, by what the guest is at the present moment. */
  review(): Promise<void>;
}

/**
 * Moves a timeline to goals, stopping at the client's breakpoints on the way. When they change while it moves it goes on
 * with the new ones. One motion has one mover, whose signal ends it.
 */
export class Mover {
  readonly #timeline: TimelineContract;
  readonly #breakpoints: BreakpointSource;
  readonly #options: MotionOptions;

  constructor(timeline: TimelineContract, breakpoints: BreakpointSource, options: MotionOptions) {
    this.#timeline = timeline;
    this.#breakpoints = breakpoints;
    this.#options = options;
  }

  get counter(): number {
    return this.#timeline.counter;
  }

  /** Forward to the goal, a breakpoint, or the counter `until`. */
  async forward(goal: Goal, until?: number): Promise<Movement> {
    return this.#repeat(goal, true, (stops, options) =>
      this.#timeline.run(stops, until === undefined ? options : { ...options, until }),
    );
  }

  /** Back to the last moment of the goal or of a breakpoint, but not before `notBefore`. */
  async backward(goal: Goal, notBefore?: number): Promise<Movement> {
    const { counter, end, exit } = this.#timeline;
    const { atExit } = this.#breakpoints.active;
    if (exit !== undefined && counter === end && counter > (notBefore ?? 0) && atExit.length > 0) {
      // The guest's end is what the last step does.
      const last = await this.#back(goal, counter - 1);
      if (last.kind === 'breakpoint') return { ...last, breakpoints: [...atExit, ...last.breakpoints] };
      return last.kind === 'ended' ? last : { kind: 'breakpoint', breakpoints: named(atExit, exit), hits: [] };
    }
    return this.#back(goal, notBefore);
  }

  async #back(goal: Goal, notBefore: number | undefined): Promise<Movement> {
    return this.#repeat(goal, false, (stops, options) =>
      this.#timeline.runBackTo(stops, notBefore === undefined ? options : { ...options, notBefore }),
    );
  }

  /** Like `forward`, without the client's breakpoints: to a place that has been passed already. */
  async forwardUnseen(goal: Goal, until: number): Promise<Movement> {
    const meetings = this.#nobody();
    const outcome = await this.#timeline.run(stopSet(goal, ActiveBreakpoints.none, meetings, false), {
      ...this.#options,
      until,
    });
    return movementOf(outcome, goal, meetings);
  }

  /** Like `backward`, without the client's breakpoints. */
  async backwardUnseen(goal: Goal, notBefore?: number): Promise<Movement> {
    const options = notBefore === undefined ? this.#options : { ...this.#options, notBefore };
    const meetings = this.#nobody();
    const outcome = await this.#timeline.runBackTo(stopSet(goal, ActiveBreakpoints.none, meetings, false), options);
    return movementOf(outcome, goal, meetings);
  }

  async travel(counter: number): Promise<Movement> {
    return movementOf(await this.#timeline.travelTo(counter, this.#options), NO_GOAL, this.#nobody());
  }

  async reverseStep(): Promise<Movement> {
    return movementOf(await this.#timeline.reverseStep(1, this.#options), NO_GOAL, this.#nobody());
  }

  /** The breakpoints at the present moment's instruction on a hart, where a run forward has led. */
  breakpointsHere(hart: number): readonly ActiveBreakpoint[] {
    const meetings = new Meetings(this.#timeline, this.#breakpoints.active);
    const met = meetings.here().filter((hit) => hit.hart === hart && meetings.stopsAt(hit));
    return [...new Set(met.flatMap((hit) => meetings.metBy(hit) ?? []))];
  }

  get watchesAnything(): boolean {
    return !this.#breakpoints.active.isEmpty;
  }

  async #repeat(
    goal: Goal,
    forward: boolean,
    run: (stops: StopSet, options: MotionOptions) => Promise<MotionOutcome>,
  ): Promise<Movement> {
    const start = this.#timeline.counter;
    for (let interrupted = false; ;) {
      const { active, changed } = this.#breakpoints;
      const ended = await lookAt(this.#timeline, active.counted, this.#options);
      if (ended !== undefined) return { kind: 'ended', ending: ended };
      const meetings = new Meetings(this.#timeline, active);
      // Where they changed under way there may be one that has just come into being.
      if (interrupted && forward && this.#timeline.counter > start) {
        const found = classify({ kind: 'arrived' }, goal, meetings, meetings.passHere());
        if (found.kind === 'breakpoint') return found;
      } else if (forward) meetings.countHere();
      const outcome = await following([changed, this.#options.signal], (signal) =>
        run(stopSet(goal, active, meetings, forward), { ...this.#options, signal }),
      );
      if (forward) for (const { hits } of active.counted) hits.log.looked(this.#timeline.counter);
      interrupted = outcome.kind === 'cancelled' && this.#options.signal?.aborted !== true;
      if (interrupted) continue;
      const here = forward && this.#isUnseen(outcome, start) ? meetings.passHere() : [];
      const found = classify(outcome, goal, meetings, here);
      if (found.kind === 'ended' && active.atExit.length > 0 && this.#timeline.counter > start) {
        const exit = exitOf(found.ending);
        if (exit !== undefined) return { kind: 'breakpoint', breakpoints: named(active.atExit, exit), hits: [] };
      }
      if (found.kind !== 'arrival') return found;
      await this.#breakpoints.review();
    }
  }

  /**
   * Whether a run forward has not looked at the instruction that it ended before, which the next one would leave behind: after a
   * step that was met, at the bound, and at the end of history.
   */
  #isUnseen(outcome: MotionOutcome, start: number): boolean {
    const { counter } = this.#timeline;
    if (outcome.kind === 'hit') return outcome.hits.every((hit) => hit.counter < counter);
    const isEnd = outcome.kind === 'end-of-recording' || outcome.kind === 'end-of-branch';
    return (outcome.kind === 'arrived' || isEnd) && counter > start;
  }

  #nobody(): Meetings {
    return new Meetings(this.#timeline, ActiveBreakpoints.none);
  }
}

function stopSet(goal: Goal, active: ActiveBreakpoints, meetings: Meetings, isForward: boolean): StopSet {
  const { accept } = goal;
  const conditions = [...goal.conditions, ...active.conditions, ...active.arrivals];
  if (accept === undefined && !active.mustBeAsked) return { conditions };
  return {
    conditions,
    accept: (hit) => {
      if (isForward) meetings.pass(hit);
      if (active.isArrival(hit) || meetings.stopsAt(hit)) return true;
      return isOf(goal, hit) && (accept?.(hit) ?? true);
    },
  };
}

/** Where a movement ended that looked for no breakpoints. */
function movementOf(outcome: MotionOutcome, goal: Goal, meetings: Meetings): Movement {
  const run = classify(outcome, goal, meetings);
  if (run.kind === 'arrival') throw new Error('The timeline stopped where code arrives, which nobody asked for.');
  return run;
}

/** What a run came to, with the hits at the moment where it ended that it did not look at. */
function classify(outcome: MotionOutcome, goal: Goal, meetings: Meetings, here: readonly Hit[] = []): Run {
  const hits = [...(outcome.kind === 'hit' ? outcome.hits : []), ...here].filter((hit) => meetings.stopsAt(hit));
  const breakpoints = new Set(hits.flatMap((hit) => meetings.metBy(hit) ?? []));
  if (breakpoints.size > 0) return { kind: 'breakpoint', breakpoints: [...breakpoints], hits };
  if (outcome.kind === 'arrived') return { kind: 'arrived' };
  if (outcome.kind !== 'hit') return { kind: 'ended', ending: outcome };
  const hit = outcome.hits.find((one) => isOf(goal, one));
  if (hit === undefined && outcome.hits.some((one) => meetings.isArrival(one))) return { kind: 'arrival' };
  if (hit === undefined) throw new Error('The timeline stopped at a condition that nobody asked for.');
  return { kind: 'goal', hit };
}

/** How the guest ended where a movement did. */
function exitOf(ending: Ending): GuestExit | undefined {
  return ending.kind === 'guest-exit' || ending.kind === 'end-of-recording' ? ending.exit : undefined;
}

/** Breakpoints that the guest's end meets, as they are called once it has. */
function named(breakpoints: readonly ActiveBreakpoint[], exit: GuestExit): readonly ActiveBreakpoint[] {
  return breakpoints.map((breakpoint) => ({ ...breakpoint, label: exitText(exit) }));
}

function isOf(goal: Goal, hit: Hit): boolean {
  return goal.conditions.includes(hit.condition);
}
