import { privilegeIs } from '../../../emulator/machine/predicate.ts';
import { behind, type PlacedInstruction } from './code.ts';
import { atAny } from './function-plan.ts';
import { both, spIs } from './hart-state.ts';
import { ARRIVED, NO_GOAL, settle, type Movement, type Mover } from './mover.ts';
import type { Stepping } from './stepping.ts';

/** One step of the machine: an instruction, or a trap taken in its place. */
export async function stepInstruction({ mover }: Stepping): Promise<Movement> {
  return mover.forward(NO_GOAL, mover.counter + 1);
}

/** One instruction of the code that stands here: a call runs to its return, and a trap to where it comes back. */
export async function overInstruction(stepping: Stepping): Promise<Movement> {
  const here = stepping.instructionHere();
  if (here?.flow.kind !== 'call') return executeOne(stepping);
  const { sp } = stepping.state;
  const moved = await executeOne(stepping);
  return moved.kind === 'arrived' ? runToReturn(stepping, here, sp) : moved;
}

/**
 * Back by one instruction of the code that stands here: a call that has returned is gone back over, and so is a trap; from the
 * first instruction of a function, to what entered it.
 */
export async function backOverInstruction(stepping: Stepping): Promise<Movement> {
  const { mover, state } = stepping;
  const { pc, sp } = state;
  const inPlace = both(spIs(sp), state.space ?? privilegeIs(state.privilege));
  const moved = await mover.reverseStep();
  const left = stepping.instructionHere()?.flow.kind;
  if (moved.kind !== 'arrived' || (left !== 'return' && left !== 'trap-return')) return moved;
  // Something has come back to here: to what called it, or to the trap that came in place of this instruction.
  const previous = mover.counter;
  const back = await mover.backward({ conditions: atAny([pc, pc - 2n, pc - 4n], inPlace) });
  if (back.kind === 'ended' && back.ending.kind === 'start-of-recording') return mover.travel(previous);
  if (back.kind !== 'goal') return back;
  if (state.pc === pc) return backOverInstruction(stepping);
  const call = stepping.instructionHere();
  const isCall = call?.flow.kind === 'call' || call?.flow.kind === 'environment-call';
  return isCall && behind(call) === pc ? ARRIVED : mover.travel(previous);
}

/** From inside a call just made to the instruction after it; `sp` is the stack pointer at the call. */
export async function runToReturn({ mover, state }: Stepping, call: PlacedInstruction, sp: bigint): Promise<Movement> {
  const after = behind(call);
  if (state.pc === after) return ARRIVED;
  // Helpers called through x5 exist to move the stack pointer.
  const movesStack = call.flow.kind === 'call' && call.flow.link === 5;
  const place = movesStack ? state.space : both(spIs(sp), state.space);
  return settle(await mover.forward({ conditions: atAny([after], place) }));
}

/**
 * Executes the instruction that stands here. When a trap comes in its place, runs until it has come back: to the same
 * instruction, which is then executed, or to the one after it.
 */
export async function executeOne(stepping: Stepping): Promise<Movement> {
  const { mover, state } = stepping;
  const { pc, sp, hart } = state;
  const inPlace = both(spIs(sp), state.space ?? privilegeIs(state.privilege));
  const here = stepping.instructionHere();
  const after = here === undefined ? pc + 4n : behind(here);
  for (;;) {
    const moved = await mover.forward({ conditions: [{ kind: 'trap', cause: undefined }] }, mover.counter + 1);
    if (moved.kind !== 'goal') return breakpointHere(mover, hart) ?? moved;
    const returned = await mover.forward({ conditions: atAny([pc, after], inPlace) });
    if (returned.kind !== 'goal') return returned;
    if (state.pc === after) return ARRIVED;
  }
}

/** A step by count does not say what it met. */
function breakpointHere(mover: Mover, hart: number): Movement | undefined {
  const breakpoints = mover.breakpointsHere(hart);
  return breakpoints.length === 0 ? undefined : { kind: 'breakpoint', breakpoints, hits: [] };
}
