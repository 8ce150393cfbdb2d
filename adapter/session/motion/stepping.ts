import { inlinedCallsAt, type InlinedCalls, type Program, type ProgramFunction } from '../program.ts';
import { instructionAt, type Decode, type PlacedInstruction } from './code.ts';
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

  /** The instruction that is about to execute; undefined where nothing can be read or decoded. */
  instructionHere(): PlacedInstruction | undefined {
    return this.instructionAt(this.state.pc);
  }

  instructionAt(address: bigint): PlacedInstruction | undefined {
    return instructionAt(address, (at, length) => this.state.read(at, length), this.decode);
  }

  /**
   * The plan of the function that the hart is in. Inlined calls are stepped over as others are, unless `into`: then lines at
   * any depth of inlining count.
   */
  planHere(into = false): FunctionPlan | undefined {
    const { function: fn, pc } = this.state;
    if (fn === undefined) return undefined;
    return this.planOf(fn, into ? undefined : inlinedCallsAt(this.program, pc));
  }

  /** The plan of any function, from its code as it is mapped now. */
  planOf(fn: ProgramFunction, frame?: InlinedCalls): FunctionPlan {
    return planOf(fn, frame, this.program, (address, length) => this.state.read(address, length), this.decode);
  }
}
