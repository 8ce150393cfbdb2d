import type { Program } from '../program.ts';
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

  /** The plan of the function that the hart is in. */
  planHere(): FunctionPlan | undefined {
    const fn = this.state.function;
    if (fn === undefined) return undefined;
    return planOf(fn, this.program, (address, length) => this.state.read(address, length), this.decode);
  }
}
