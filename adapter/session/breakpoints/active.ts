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
  readonly #others: readonly ActiveBreakpoint[];

  constructor(breakpoints: readonly ActiveBreakpoint[]) {
    this.conditions = breakpoints.flatMap((breakpoint) => breakpoint.conditions);
    for (const breakpoint of breakpoints) {
      for (const condition of breakpoint.conditions) {
        if (condition.kind !== 'instruction') continue;
        const there = this.#byAddress.get(condition.address);
        if (there === undefined) this.#byAddress.set(condition.address, [breakpoint]);
        else there.push(breakpoint);
      }
    }
    this.#others = breakpoints.filter((one) => one.conditions.some((condition) => condition.kind !== 'instruction'));
  }

  get isEmpty(): boolean {
    return this.conditions.length === 0;
  }

  /** The breakpoints at an instruction. */
  at(address: bigint): readonly ActiveBreakpoint[] {
    return this.#byAddress.get(address) ?? [];
  }

  /** The breakpoints that a hit meets; empty when it was somebody else's condition. */
  metBy(hit: Hit): readonly ActiveBreakpoint[] {
    if (hit.kind === 'instruction') return this.at(hit.address);
    return this.#others.filter((breakpoint) => breakpoint.conditions.some((condition) => meets(hit, condition)));
  }
}

function meets(hit: Hit, condition: StopCondition): boolean {
  if (hit.kind === 'access' && condition.kind === 'access') {
    const watched = hit.condition;
    return (
      watched.space === condition.space &&
      watched.address === condition.address &&
      watched.length === condition.length &&
      watched.access === condition.access
    );
  }
  if (hit.kind === 'trap' && condition.kind === 'trap') {
    const cause = condition.cause;
    return cause === undefined || (cause.code === hit.code && cause.interrupt === hit.interrupt);
  }
  return false;
}
