import type { Program, ProgramFunction } from '../program.ts';
import type { Decode } from './code.ts';
import { planOf, type FunctionPlan } from './function-plan.ts';
import type { HartState } from './hart-state.ts';
import type { Mover } from './mover.ts';

/** What the rules of stepping work with: a hart, the program in it, and the way to move. */
export class Stepping {
  constructor(
    readonly state: HartState,
    readonly program: Program,
    readonly decode: Decode,
    readonly mover: Mover,
  ) {}

  /**
   * The plan of the function that the hart is in. Inlined calls are stepped over as others are, unless `into`: then lines at
   * any depth of inlining count.
   */
  planHere(into = false): FunctionPlan | undefined {
    const { function: fn, pc } = this.state;
    if (fn === undefined) return undefined;
    const deepest = into ? Infinity : Math.max(0, this.program.functionsBefore(pc).length - 1);
    return this.planOf(fn, deepest);
  }

  /** The plan of any function, from its code as it is mapped now. */
  planOf(fn: ProgramFunction, deepest = Infinity): FunctionPlan {
    return planOf(fn, deepest, this.program, (address, length) => this.state.read(address, length), this.decode);
  }
}
