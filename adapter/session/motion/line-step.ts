import { privilegeIs } from '../../../emulator/machine/predicate.ts';
import { ENVIRONMENT_CALLS } from '../../guests/trap-cause.ts';
import { sameUnit, type SourcePosition, type SourceUnit } from '../program.ts';
import { behind, type PlacedInstruction } from './code.ts';
import { anyGoal, anyInFrame } from './frame-goal.ts';
import { atAny, type FunctionPlan } from './function-plan.ts';
import { both, spIs, type Frame } from './hart-state.ts';
import { executeOne, overInstruction, runToReturn, stepInstruction } from './instruction-step.ts';
import { ARRIVED, NO_GOAL, settle, type Goal, type Movement } from './mover.ts';
import { returnGoal } from './step-out.ts';
import type { Stepping } from './stepping.ts';

/**
 * What a step goes into: nothing; every function with lines that is called on the way, inlined calls among them; or only what one
 * instruction calls, whether that has lines or not.
 */
export type Into = 'nothing' | 'calls' | { readonly call: bigint };

/** To the next line of this frame, over calls or into them; at the frame's end, to the caller. */
export async function stepLine(stepping: Stepping, into: Into, unit: SourceUnit): Promise<Movement> {
  const frame = stepping.state.frame;
  const plan = stepping.planHere(into === 'calls');
  if (frame === undefined || plan === undefined || plan.starts.size === 0) {
    return into === 'nothing' ? overInstruction(stepping) : stepInstruction(stepping);
  }
  return new LineStep(stepping, frame, plan, into, unit).run();
}

/** One step forward by source. */
class LineStep {
  readonly #stepping: Stepping;
  readonly #plan: FunctionPlan;
  readonly #into: Into;
  readonly #unit: SourceUnit;
  readonly #origin: SourcePosition | undefined;
  /** Another one after the function has gone over to another stack. */
  #frame: Frame;
  #back: Goal | undefined;

  constructor(stepping: Stepping, frame: Frame, plan: FunctionPlan, into: Into, unit: SourceUnit) {
    this.#stepping = stepping;
    this.#frame = frame;
    this.#plan = plan;
    this.#into = into;
    this.#unit = unit;
    this.#origin = stepping.state.position;
    this.#back = returnGoal(stepping);
  }

  async run(): Promise<Movement> {
    const { mover, state } = this.#stepping;
    // What stands at the first moment is left behind by a run, so it is looked at before.
    let at = state.pc;
    for (;;) {
      const done = await this.#passInstruction(at);
      if (done !== undefined) return done;
      const moved = await mover.forward(this.#goal());
      if (moved.kind !== 'goal') return moved;
      at = state.pc;
      if (this.#isNewLine(at) || !this.#isInFrame()) return ARRIVED;
    }
  }

  /** Deals with a call to step into, or what may leave the function or its stack. Undefined: go on. */
  async #passInstruction(address: bigint): Promise<Movement | undefined> {
    const call = this.#plan.calls.get(address);
    if (call !== undefined && this.#goesInto(call)) return this.#enter(call);
    const service = this.#plan.environmentCalls.get(address);
    if (service !== undefined && this.#goesInto(service)) return this.#askForService(service);
    const exit = this.#plan.exits.get(address);
    if (exit !== undefined) return this.#leave(exit);
    return this.#plan.stackSwitches.has(address) ? this.#switchStack() : undefined;
  }

  #goal(): Goal {
    const lines = [...this.#plan.starts.keys()].filter((address) => this.#isNewLine(address));
    const calls = [...this.#plan.calls.values(), ...this.#plan.environmentCalls.values()];
    const inside = new Set([
      ...lines,
      ...this.#plan.exits.keys(),
      ...this.#plan.stackSwitches.keys(),
      ...calls.filter((call) => this.#goesInto(call)).map(({ address }) => address),
    ]);
    return anyGoal(anyInFrame(this.#stepping, this.#frame, inside), this.#back ?? NO_GOAL);
  }

  #goesInto({ address }: PlacedInstruction): boolean {
    const into = this.#into;
    return into === 'calls' || (into !== 'nothing' && into.call === address);
  }

  /** A line other than the one that is being left begins here. */
  #isNewLine(address: bigint): boolean {
    const start = this.#plan.starts.get(address);
    if (start === undefined) return false;
    return this.#origin === undefined || !sameUnit(start, this.#origin, this.#unit);
  }

  #isInFrame(): boolean {
    return this.#stepping.state.isIn(this.#frame);
  }

  /** At a call: into the function when it has lines, else over it. */
  async #enter(call: PlacedInstruction): Promise<Movement | undefined> {
    const { state } = this.#stepping;
    const { sp } = state;
    const moved = await executeOne(this.#stepping);
    if (moved.kind !== 'arrived') return moved;
    const entered = await this.#intoFunction({ conditions: atAny([behind(call)], both(spIs(sp), state.space)) });
    if (entered !== undefined) return entered;
    if (this.#into !== 'calls') return ARRIVED;
    const returned = await runToReturn(this.#stepping, call, sp);
    if (returned.kind !== 'arrived') return returned;
    return this.#isNewLine(state.pc) ? ARRIVED : undefined;
  }

  /** A function has been entered: to its first line, or where it is over before that. Undefined when it has no lines. */
  async #intoFunction(over: Goal): Promise<Movement | undefined> {
    const { state, program, mover } = this.#stepping;
    const callee = state.function;
    if (callee === undefined || program.lineStarts(callee).length === 0) return undefined;
    const body = program.bodyOf(callee);
    if (body === state.pc) return ARRIVED;
    const { space } = state;
    const entered: Frame = { function: callee, cfa: state.sp, ...(space === undefined ? {} : { space }) };
    return settle(await mover.forward(anyGoal(anyInFrame(this.#stepping, entered, [body]), over)));
  }

  /** At an ecall: into the handler when it has lines, else over it. Some are answered by the machine, without a trap. */
  async #askForService(call: PlacedInstruction): Promise<Movement | undefined> {
    const { state, mover, program } = this.#stepping;
    const inPlace = both(spIs(state.sp), state.space ?? privilegeIs(state.privilege));
    for (;;) {
      const moved = await mover.forward({ conditions: [{ kind: 'trap', cause: undefined }] }, mover.counter + 1);
      const trap = moved.kind === 'goal' && moved.hit.kind === 'trap' ? moved.hit : undefined;
      if (moved.kind !== 'goal' && moved.kind !== 'arrived') return moved;
      const isAsked = trap !== undefined && !trap.interrupt && ENVIRONMENT_CALLS.includes(trap.code);
      if (isAsked && program.positionAt(state.pc) !== undefined) return ARRIVED;
      if (trap === undefined) break;
      const after = isAsked ? behind(call) : call.address;
      const returned = await mover.forward({ conditions: atAny([after], inPlace) });
      if (returned.kind !== 'goal') return returned;
      if (isAsked) break;
    }
    return this.#isNewLine(state.pc) ? ARRIVED : undefined;
  }

  /** At a jump that may leave the function: executes it and sees. */
  async #leave(exit: PlacedInstruction): Promise<Movement | undefined> {
    const { state, mover } = this.#stepping;
    const moved = await executeOne(this.#stepping);
    if (moved.kind !== 'arrived') return moved;
    if (exit.flow.kind === 'trap-return') return ARRIVED;
    if (this.#isInFrame()) return this.#isNewLine(state.pc) ? ARRIVED : this.#passInstruction(state.pc);
    // Past the end of a symbol, as assembly does: what follows there is the next line.
    if (state.pc === behind(exit)) return ARRIVED;
    // A tail call: what was called returns to our caller, if there is one.
    const entered = this.#into !== 'calls' ? undefined : await this.#intoFunction(this.#back ?? NO_GOAL);
    if (entered !== undefined) return entered;
    return this.#back === undefined ? ARRIVED : settle(await mover.forward(this.#back));
  }

  /** At an instruction that may put another stack in place of this one: the hart goes on in the same code all the same. */
  async #switchStack(): Promise<Movement | undefined> {
    const { state } = this.#stepping;
    const moved = await executeOne(this.#stepping);
    if (moved.kind !== 'arrived') return moved;
    const { frame } = state;
    if (frame !== undefined && frame.cfa !== this.#frame.cfa) {
      this.#frame = frame;
      this.#back = returnGoal(this.#stepping);
    }
    return this.#isNewLine(state.pc) ? ARRIVED : this.#passInstruction(state.pc);
  }
}
