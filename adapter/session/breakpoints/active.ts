import type { SearchPredicate } from '../../../emulator/machine/predicate.ts';
import type { Hit, StopCondition } from '../../../emulator/machine/stop.ts';
import type { TimelineContract } from '../../../emulator/replay/timeline-contract.ts';
import type { BreakpointTest } from './condition.ts';

export type BreakpointKind = 'source' | 'function' | 'instruction' | 'data' | 'exception';

/** A breakpoint that is bound to conditions the engine can watch for. */
export interface ActiveBreakpoint {
  /** The identifier the client knows; absent for exception filters. */
  readonly id: number | undefined;
  readonly kind: BreakpointKind;
  /** For the person: what it is. */
  readonly label: string;
  readonly conditions: readonly StopCondition[];
  /** What else must hold, that the engine cannot tell. */
  readonly test?: BreakpointTest;
  /** A logpoint's message. It prints when a motion forwards passes it, and never stops. */
  readonly log?: LogPoint;
}

export interface LogPoint {
  readonly message: string;
  readonly print: (timeline: TimelineContract, hart: number) => void;
}

/** The breakpoints of the client at one time. */
export class ActiveBreakpoints {
  static readonly none = new ActiveBreakpoints([]);

  readonly conditions: readonly StopCondition[];
  /** What to watch for because breakpoints must be placed anew there; see `Program.arrivals`. */
  readonly arrivals: readonly StopCondition[];
  /** Whether something must be asked at hits, besides what the engine evaluates. */
  readonly mustBeAsked: boolean;
  readonly #byAddress = new Map<bigint, ActiveBreakpoint[]>();
  readonly #byCondition = new Map<StopCondition, ActiveBreakpoint>();

  constructor(breakpoints: readonly ActiveBreakpoint[], arrivals: readonly StopCondition[] = []) {
    this.conditions = breakpoints.flatMap((breakpoint) => breakpoint.conditions);
    this.arrivals = arrivals;
    this.mustBeAsked = breakpoints.some(({ test, log }) => test !== undefined || log !== undefined);
    for (const breakpoint of breakpoints) {
      for (const condition of breakpoint.conditions) {
        this.#byCondition.set(condition, breakpoint);
        if (condition.kind !== 'instruction') continue;
        const there = this.#byAddress.get(condition.address);
        if (there === undefined) this.#byAddress.set(condition.address, [breakpoint]);
        else if (!there.includes(breakpoint)) there.push(breakpoint);
      }
    }
  }

  get isEmpty(): boolean {
    return this.conditions.length === 0;
  }

  /** The breakpoints at an instruction, of which one condition there holds. */
  at(
    address: bigint,
    holds: (when: SearchPredicate | undefined) => boolean,
    isTrue: (test: BreakpointTest) => boolean,
  ): readonly ActiveBreakpoint[] {
    const there = this.#byAddress.get(address) ?? [];
    return there.filter(
      ({ conditions, test, log }) =>
        log === undefined &&
        conditions.some((one) => one.kind === 'instruction' && one.address === address && holds(one.when)) &&
        (test === undefined || isTrue(test)),
    );
  }

  /** The breakpoints that a hit meets, with the machine at the hit; empty when it was somebody else's condition. */
  metBy(hit: Hit, timeline: TimelineContract): readonly ActiveBreakpoint[] {
    const breakpoint = this.#byCondition.get(hit.condition);
    if (breakpoint === undefined || breakpoint.log !== undefined) return [];
    return breakpoint.test?.holds(timeline, hit.hart) === false ? [] : [breakpoint];
  }

  /** Whether a hit is of code that appears, goes or moves. */
  isArrival({ condition }: Hit): boolean {
    return this.arrivals.includes(condition);
  }

  /** Prints what a logpoint that is met has to say. */
  log(hit: Hit, timeline: TimelineContract): void {
    const breakpoint = this.#byCondition.get(hit.condition);
    if (breakpoint?.log === undefined || breakpoint.test?.holds(timeline, hit.hart) === false) return;
    breakpoint.log.print(timeline, hit.hart);
  }
}
