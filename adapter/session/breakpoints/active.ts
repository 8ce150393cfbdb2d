import type { Hit, StopCondition } from '../../../emulator/machine/stop.ts';
import type { TimelineContract } from '../../../emulator/replay/timeline-contract.ts';
import type { BreakpointTest } from './condition.ts';
import type { HitCondition } from './hit-condition.ts';
import type { HitLog } from './hit-log.ts';

export type BreakpointKind = 'source' | 'function' | 'instruction' | 'data' | 'exception';

/** A breakpoint that is bound to conditions the engine can watch for. */
export interface ActiveBreakpoint {
  /** The identifier the client knows. */
  readonly id: number;
  readonly kind: BreakpointKind;
  /** For the person: what it is. */
  readonly label: string;
  readonly conditions: readonly StopCondition[];
  /** It is met by the guest's end, besides. */
  readonly atExit?: true;
  /** What else must hold, that the engine cannot tell. */
  readonly test?: BreakpointTest;
  /** Which of its hits count, by their numbers. */
  readonly hits?: CountedHits;
  /** A logpoint's message. It prints when a motion forwards passes it, and never stops. */
  readonly log?: LogPoint;
}

export interface CountedHits {
  readonly condition: HitCondition;
  readonly log: HitLog;
}

export interface LogPoint {
  readonly message: string;
  readonly print: (timeline: TimelineContract, hart: number) => void;
}

/** A breakpoint whose hits are counted. */
export type CountedBreakpoint = ActiveBreakpoint & { readonly hits: CountedHits };

/** The breakpoints of the client at one time. */
export class ActiveBreakpoints {
  static readonly none = new ActiveBreakpoints([]);

  readonly conditions: readonly StopCondition[];
  /** What to watch for because breakpoints must be placed anew there; see `Program.arrivals`. */
  readonly arrivals: readonly StopCondition[];
  /** Those that the guest's end meets. */
  readonly atExit: readonly ActiveBreakpoint[];
  /** Those whose hits have numbers. */
  readonly counted: readonly CountedBreakpoint[];
  /** Whether something must be asked at hits, besides what the engine evaluates. */
  readonly mustBeAsked: boolean;
  readonly #byCondition = new Map<StopCondition, ActiveBreakpoint>();
  readonly #byAddress = new Map<bigint, (StopCondition & { readonly kind: 'instruction' })[]>();

  constructor(breakpoints: readonly ActiveBreakpoint[], arrivals: readonly StopCondition[] = []) {
    this.conditions = breakpoints.flatMap((breakpoint) => breakpoint.conditions);
    this.arrivals = arrivals;
    this.atExit = breakpoints.filter(({ atExit }) => atExit === true);
    this.counted = breakpoints.filter((breakpoint): breakpoint is CountedBreakpoint => breakpoint.hits !== undefined);
    this.mustBeAsked = breakpoints.some(
      ({ test, hits, log }) => test !== undefined || hits !== undefined || log !== undefined,
    );
    for (const breakpoint of breakpoints) {
      for (const condition of breakpoint.conditions) {
        this.#byCondition.set(condition, breakpoint);
        if (condition.kind !== 'instruction') continue;
        const there = this.#byAddress.get(condition.address);
        if (there === undefined) this.#byAddress.set(condition.address, [condition]);
        else there.push(condition);
      }
    }
  }

  get isEmpty(): boolean {
    return this.conditions.length === 0;
  }

  /** The breakpoint that has this condition; undefined when it is somebody else's. */
  having(condition: StopCondition): ActiveBreakpoint | undefined {
    return this.#byCondition.get(condition);
  }

  /** Whether a hit is of code that appears, goes or moves. */
  isArrival({ condition }: Hit): boolean {
    return this.arrivals.includes(condition);
  }

  /** The conditions for being about to execute the instruction at an address. */
  at(address: bigint): readonly (StopCondition & { readonly kind: 'instruction' })[] {
    return this.#byAddress.get(address) ?? [];
  }
}
