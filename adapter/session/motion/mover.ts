import { holds } from '../../../emulator/machine/predicate-evaluation.ts';
import type { Hit, StopCondition, StopSet } from '../../../emulator/machine/stop.ts';
import type { MotionOptions, MotionOutcome, TimelineContract } from '../../../emulator/replay/timeline-contract.ts';
import { ActiveBreakpoints, type ActiveBreakpoint } from '../breakpoints/active.ts';
import { following } from './following.ts';

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
    return this.#repeat(goal, false, (stops, options) =>
      this.#timeline.runBackTo(stops, notBefore === undefined ? options : { ...options, notBefore }),
    );
  }

  /** Like `forward`, without the client's breakpoints: to a place that has been passed already. */
  async forwardUnseen(goal: Goal, until: number): Promise<Movement> {
    const outcome = await this.#timeline.run(stopSet(goal, ActiveBreakpoints.none, this.#timeline, false), {
      ...this.#options,
      until,
    });
    return movementOf(outcome, goal, this.#timeline);
  }

  /** Like `backward`, without the client's breakpoints. */
  async backwardUnseen(goal: Goal, notBefore?: number): Promise<Movement> {
    const options = notBefore === undefined ? this.#options : { ...this.#options, notBefore };
    const outcome = await this.#timeline.runBackTo(
      stopSet(goal, ActiveBreakpoints.none, this.#timeline, false),
      options,
    );
    return movementOf(outcome, goal, this.#timeline);
  }

  async travel(counter: number): Promise<Movement> {
    return movementOf(await this.#timeline.travelTo(counter, this.#options), NO_GOAL, this.#timeline);
  }

  async step(): Promise<Movement> {
    return movementOf(await this.#timeline.step(1, this.#options), NO_GOAL, this.#timeline);
  }

  async reverseStep(): Promise<Movement> {
    return movementOf(await this.#timeline.reverseStep(1, this.#options), NO_GOAL, this.#timeline);
  }

  /** The breakpoints at the present moment's instruction on a hart. */
  breakpointsHere(hart: number): readonly ActiveBreakpoint[] {
    const view = this.#timeline.harts[hart];
    if (view === undefined) return [];
    const timeline = this.#timeline;
    return this.#breakpoints.active.at(
      view.pc,
      (when) =>
        when === undefined || holds(when, view, (address, length) => timeline.readVirtual(hart, address, length).bytes),
      (test) => test.holds(timeline, hart),
    );
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
    for (;;) {
      const { active, changed } = this.#breakpoints;
      const outcome = await following([changed, this.#options.signal], (signal) =>
        run(stopSet(goal, active, this.#timeline, forward), { ...this.#options, signal }),
      );
      const interrupted = outcome.kind === 'cancelled' && this.#options.signal?.aborted !== true;
      // Two places are not looked at by a run: its first moment, where a breakpoint may have come into being, and the end of
      // history, after which nothing is executed.
      const unseen = forward && (interrupted || outcome.kind === 'end-of-recording') && this.#timeline.counter > start;
      const here = unseen ? this.#timeline.harts.flatMap(({ index }) => this.breakpointsHere(index)) : [];
      if (here.length > 0) return { kind: 'breakpoint', breakpoints: here, hits: [] };
      if (interrupted) continue;
      const ended = classify(outcome, goal, active, this.#timeline);
      if (ended.kind !== 'arrival') return ended;
      await this.#breakpoints.review();
    }
  }
}

function stopSet(goal: Goal, active: ActiveBreakpoints, timeline: TimelineContract, isForward: boolean): StopSet {
  const { accept } = goal;
  const conditions = [...goal.conditions, ...active.conditions, ...active.arrivals];
  if (accept === undefined && !active.mustBeAsked) return { conditions };
  return {
    conditions,
    accept: (hit) => {
      if (isForward) active.log(hit, timeline);
      if (active.isArrival(hit) || active.metBy(hit, timeline).length > 0) return true;
      return isOf(goal, hit) && (accept?.(hit) ?? true);
    },
  };
}

/** Where a movement ended that looked for no breakpoints. */
function movementOf(outcome: MotionOutcome, goal: Goal, timeline: TimelineContract): Movement {
  const run = classify(outcome, goal, ActiveBreakpoints.none, timeline);
  if (run.kind === 'arrival') throw new Error('The timeline stopped where code arrives, which nobody asked for.');
  return run;
}

function classify(outcome: MotionOutcome, goal: Goal, active: ActiveBreakpoints, timeline: TimelineContract): Run {
  if (outcome.kind === 'arrived') return { kind: 'arrived' };
  if (outcome.kind !== 'hit') return { kind: 'ended', ending: outcome };
  const breakpoints = new Set(outcome.hits.flatMap((hit) => active.metBy(hit, timeline)));
  if (breakpoints.size > 0) return { kind: 'breakpoint', breakpoints: [...breakpoints], hits: outcome.hits };
  const hit = outcome.hits.find((one) => isOf(goal, one));
  if (hit === undefined && outcome.hits.some((one) => active.isArrival(one))) return { kind: 'arrival' };
  if (hit === undefined) throw new Error('The timeline stopped at a condition that nobody asked for.');
  return { kind: 'goal', hit };
}

function isOf(goal: Goal, hit: Hit): boolean {
  return goal.conditions.includes(hit.condition);
}
