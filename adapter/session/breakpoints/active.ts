import type { SearchPredicate } from '../../../emulator/machine/predicate.ts';
import type { Hit, StopCondition } from '../../../emulator/machine/stop.ts';

export type BreakpointKind = 'source' | 'function' | 'instruction' | 'data' | 'exception';

/** A breakpoint that is bound to conditions the engine can watch for. */
export interface ActiveBreakpoint {
  /** The identifier the client knows; absent for exception filters. */
  readonly id: number | undefined;
  readonly kind: BreakpointKind;
  /** For the person: what it is. */
  readonly label: string;
  readonly conditions: readonly StopCondition[];
}

/** The breakpoints of the client at one time. */
export class ActiveBreakpoints {
  static readonly none = new ActiveBreakpoints([]);

  readonly conditions: readonly StopCondition[];
  readonly #byAddress = new Map<bigint, ActiveBreakpoint[]>();
  readonly #byCondition = new Map<StopCondition, ActiveBreakpoint>();

  constructor(breakpoints: readonly ActiveBreakpoint[]) {
    this.conditions = breakpoints.flatMap((breakpoint) => breakpoint.conditions);
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
  at(address: bigint, holds: (when: SearchPredicate | undefined) => boolean): readonly ActiveBreakpoint[] {
    const there = this.#byAddress.get(address) ?? [];
    return there.filter(({ conditions }) =>
      conditions.some((one) => one.kind === 'instruction' && one.address === address && holds(one.when)),
    );
  }

  /** The breakpoints that a hit meets; empty when it was somebody else's condition. */
  metBy(hit: Hit): readonly ActiveBreakpoint[] {
    const breakpoint = this.#byCondition.get(hit.condition);
    return breakpoint === undefined ? [] : [breakpoint];
  }
}
