import { inlinedCallsAt } from '../program.ts';
import type { PlacedInstruction } from './code.ts';
import { anyGoal, anyInFrame } from './frame-goal.ts';
import { atAny } from './function-plan.ts';
import { both, spIs } from './hart-state.ts';
import { edgesAround } from './inlined-call.ts';
import { executeOne } from './instruction-step.ts';
import { NO_GOAL, settle, type Goal, type Movement } from './mover.ts';
import type { Stepping } from './stepping.ts';

/** CSR numbers and a bit of sstatus (privileged specification, chapters 2 and 12). */
const SSTATUS = 0x100;
const STVEC = 0x105;
const SEPC = 0x141;
const SSTATUS_SPP = 1n << 8n;
const SP = 2;

/** To just after the call that entered this frame; out of an inlined call, to where the code around it goes on. */
export async function stepOut(stepping: Stepping): Promise<Movement> {
  const { state, mover, program } = stepping;
  const { frame } = state;
  const returns = trapReturns(stepping);
  const back = returnGoal(stepping) ?? (returns.length > 0 ? undefined : interruptedGoal(stepping));
  const inlined = inlinedCallsAt(program, state.pc);
  const plan = stepping.planHere(true);
  if (inlined.length > 0 && frame !== undefined && plan !== undefined) {
    const { exits } = edgesAround(plan, inlined, program);
    return settle(await mover.forward(anyGoal(anyInFrame(stepping, frame, exits), back ?? NO_GOAL)));
  }
  if (back !== undefined) return settle(await mover.forward(back));
  if (frame === undefined || returns.length === 0) throw new Error('This frame has no known caller.');
  const addresses = returns.map((instruction) => instruction.address);
  const moved = await mover.forward(anyInFrame(stepping, frame, addresses));
  return moved.kind === 'goal' ? executeOne(stepping) : moved;
}

/** Stepping out has somewhere to go. */
export function canStepOut(stepping: Stepping): boolean {
  return (
    inlinedCallsAt(stepping.program, stepping.state.pc).length > 0 ||
    returnGoal(stepping) !== undefined ||
    interruptedGoal(stepping) !== undefined ||
    trapReturns(stepping).length > 0
  );
}

/** The moment at which the present frame has returned: at its return address, with the stack as before the call. */
export function returnGoal({ state }: Stepping): Goal | undefined {
  const { frame, caller } = state;
  if (caller === undefined) return undefined;
  const { interruption } = caller;
  if (interruption !== undefined) {
    const sp = caller.register(SP);
    const place = interruption.privilege === 'U' ? state.userSpace : undefined;
    return { conditions: atAny([caller.pc], sp === undefined ? place : both(spIs(sp), place)) };
  }
  const cfa = frame?.cfa;
  return { conditions: atAny([caller.pc], cfa === undefined ? state.space : both(spIs(cfa), state.space)) };
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
