import { privilegeIs } from '../../../emulator/machine/predicate.ts';
import { sameLine, type SourcePosition } from '../program.ts';
import { instructionAt, type PlacedInstruction } from './code.ts';
import { ENVIRONMENT_CALLS } from '../../guests/trap-cause.ts';
import { anyGoal, anyInFrame } from './frame-goal.ts';
import { atAny, type FunctionPlan } from './function-plan.ts';
import { both, spIs, type Frame } from './hart-state.ts';
import { NO_GOAL, type Goal, type Movement, type Mover } from './mover.ts';
import type { Stepping } from './stepping.ts';

/** CSR numbers and a bit of sstatus (privileged specification, chapters 2 and 12). */
const SSTATUS = 0x100;
const STVEC = 0x105;
const SEPC = 0x141;
const SSTATUS_SPP = 1n << 8n;

/** The end of a motion that did what was asked. */
const ARRIVED: Movement = { kind: 'arrived' };

/** One step of the machine: an instruction, or a trap taken in its place. */
export async function stepInstruction({ mover }: Stepping): Promise<Movement> {
  return mover.forward(NO_GOAL, mover.counter + 1);
}

/** One instruction of the code that stands here: a call runs to its return, and a trap to where it comes back. */
export async function overInstruction(stepping: Stepping): Promise<Movement> {
  const { state, decode } = stepping;
  const here = instructionAt(state.pc, (address, length) => state.read(address, length), decode);
  if (here?.flow.kind === 'call') return runCall(stepping, here);
  return executeOne(stepping);
}

/**
 * To the next line of this frame, over calls; at the frame's end, to the caller. With `into`, to the first line of a function
 * with lines that is called on the way.
 */
export async function stepLine(stepping: Stepping, into: boolean): Promise<Movement> {
  const frame = stepping.state.frame;
  const plan = stepping.planHere(into);
  if (frame === undefined || plan === undefined || plan.starts.size === 0) {
    return into ? stepInstruction(stepping) : overInstruction(stepping);
  }
  return new LineStep(stepping, frame, plan, into).run();
}

/** To just after the call that entered this frame. */
export async function stepOut(stepping: Stepping): Promise<Movement> {
  const { state, mover } = stepping;
  const back = returnGoal(stepping) ?? interruptedGoal(stepping);
  if (back !== undefined) return settle(await mover.forward(back));
  const frame = state.frame;
  const returns = trapReturns(stepping);
  if (frame === undefined || returns.length === 0) throw new Error('This frame has no known caller.');
  const addresses = returns.map((instruction) => instruction.address);
  const moved = await mover.forward(anyInFrame(stepping, frame, addresses));
  return moved.kind === 'goal' ? executeOne(stepping) : moved;
}

/** Stepping out has somewhere to go. */
export function canStepOut(stepping: Stepping): boolean {
  return (
    returnGoal(stepping) !== undefined || interruptedGoal(stepping) !== undefined || trapReturns(stepping).length > 0
  );
}

/**
 * In the first function of a trap handler that a user program trapped into: where that goes on, at the same instruction or,
 * after a system call, the next.
 */
function interruptedGoal({ state, program }: Stepping): Goal | undefined {
  if (state.privilege !== 'S' || (state.readCsr(SSTATUS) & SSTATUS_SPP) !== 0n) return undefined;
  const handler = program.functionAt(state.readCsr(STVEC) & ~3n);
  if (handler === undefined || handler.entry !== state.function?.entry) return undefined;
  const from = state.readCsr(SEPC);
  return { conditions: atAny([from, from + 2n, from + 4n], state.userSpace) };
}

/** Where a trap handler goes back to what it interrupted. */
function trapReturns(stepping: Stepping): readonly PlacedInstruction[] {
  const exits = [...(stepping.planHere()?.exits.values() ?? [])];
  return exits.filter(({ flow }) => flow.kind === 'trap-return');
}

/** The moment at which the present frame has returned: at its return address, with the stack as before the call. */
function returnGoal({ state }: Stepping): Goal | undefined {
  const frame = state.frame;
  const caller = state.caller;
  if (caller === undefined) return undefined;
  const cfa = frame?.cfa;
  return { conditions: atAny([caller.pc], cfa === undefined ? state.space : both(spIs(cfa), state.space)) };
}

/** One `next` or `stepIn` by line. */
class LineStep {
  readonly #stepping: Stepping;
  readonly #frame: Frame;
  readonly #plan: FunctionPlan;
  readonly #into: boolean;
  readonly #origin: SourcePosition | undefined;
  readonly #back: Goal | undefined;

  constructor(stepping: Stepping, frame: Frame, plan: FunctionPlan, into: boolean) {
    this.#stepping = stepping;
    this.#frame = frame;
    this.#plan = plan;
    this.#into = into;
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

  /** Deals with a call to step into, or a jump that may leave. Undefined: go on. */
  async #passInstruction(address: bigint): Promise<Movement | undefined> {
    const call = this.#into ? this.#plan.calls.get(address) : undefined;
    if (call !== undefined) return this.#enter(call);
    const service = this.#into ? this.#plan.environmentCalls.get(address) : undefined;
    if (service !== undefined) return this.#askForService(service);
    const exit = this.#plan.exits.get(address);
    return exit === undefined ? undefined : this.#leave(exit);
  }

  #goal(): Goal {
    const lines = [...this.#plan.starts.values()].filter((start) => this.#isNewLine(start.address));
    const inside = new Set([
      ...lines.map((start) => start.address),
      ...this.#plan.exits.keys(),
      ...(this.#into ? [...this.#plan.calls.keys(), ...this.#plan.environmentCalls.keys()] : []),
    ]);
    return anyGoal(anyInFrame(this.#stepping, this.#frame, inside), this.#back ?? NO_GOAL);
  }

  /** A line other than the one that is being left begins here. */
  #isNewLine(address: bigint): boolean {
    const start = this.#plan.starts.get(address);
    if (start === undefined) return false;
    return this.#origin === undefined || !sameLine(start, this.#origin);
  }

  #isInFrame(): boolean {
    return this.#stepping.state.isIn(this.#frame);
  }

  /** At a call: into the function when it has lines, else over it. */
  async #enter(call: PlacedInstruction): Promise<Movement | undefined> {
    const { state, program, mover } = this.#stepping;
    const moved = await executeOne(this.#stepping);
    if (moved.kind !== 'arrived') return moved;
    const callee = state.function;
    if (callee !== undefined && program.lineStarts(callee).length > 0) {
      const body = program.bodyOf(callee);
      if (body === state.pc) return ARRIVED;
      const cfa = state.sp;
      const entered = { function: callee, cfa };
      return settle(await mover.forward(anyInFrame(this.#stepping, entered, [body])));
    }
    const returned = await runToReturn(this.#stepping, call, state.sp);
    if (returned.kind !== 'arrived') return returned;
    return this.#isNewLine(state.pc) ? ARRIVED : undefined;
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
      const after = isAsked ? call.address + BigInt(call.length) : call.address;
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
    if (state.pc === exit.address + BigInt(exit.length)) return ARRIVED;
    // A tail call: what was called returns to our caller, if there is one.
    if (this.#into && state.position !== undefined) return ARRIVED;
    return this.#back === undefined ? ARRIVED : settle(await mover.forward(this.#back));
  }
}

/** Makes a call and runs to its return. */
async function runCall(stepping: Stepping, call: PlacedInstruction): Promise<Movement> {
  const sp = stepping.state.sp;
  const moved = await executeOne(stepping);
  return moved.kind === 'arrived' ? runToReturn(stepping, call, sp) : moved;
}

/** From inside a call just made to the instruction after it; `sp` is the stack pointer at the call. */
async function runToReturn({ mover, state }: Stepping, call: PlacedInstruction, sp: bigint): Promise<Movement> {
  const after = call.address + BigInt(call.length);
  if (state.pc === after) return ARRIVED;
  // Helpers called through x5 exist to move the stack pointer.
  const movesStack = call.flow.kind === 'call' && call.flow.link === 5;
  return settle(
    await mover.forward({ conditions: atAny([after], movesStack ? state.space : both(spIs(sp), state.space)) }),
  );
}

/**
 * Executes the instruction that stands here. When a trap comes in its place, runs until it has come back: to the same
 * instruction, which is then executed, or to the one after it.
 */
export async function executeOne({ mover, state, decode }: Stepping): Promise<Movement> {
  const { pc, sp, hart } = state;
  const inPlace = both(spIs(sp), state.space ?? privilegeIs(state.privilege));
  const here = instructionAt(pc, (address, length) => state.read(address, length), decode);
  const after = pc + BigInt(here?.length ?? 4);
  for (;;) {
    const moved = await mover.forward({ conditions: [{ kind: 'trap', cause: undefined }] }, mover.counter + 1);
    if (moved.kind !== 'goal') return breakpointHere(mover, hart) ?? moved;
    const returned = await mover.forward({
      conditions: atAny([pc, after], inPlace),
    });
    if (returned.kind !== 'goal') return returned;
    if (state.pc === after) return ARRIVED;
  }
}

/** A step by count does not say what it met. */
function breakpointHere(mover: Mover, hart: number): Movement | undefined {
  const breakpoints = mover.breakpointsHere(hart);
  return breakpoints.length === 0 ? undefined : { kind: 'breakpoint', breakpoints, hits: [] };
}

/** Having reached the goal ends the motion. */
function settle(moved: Movement): Movement {
  return moved.kind === 'goal' ? ARRIVED : moved;
}
