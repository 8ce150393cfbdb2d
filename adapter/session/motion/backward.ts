import { inlinedCallsAt, type InlinedCalls, type SourceUnit } from '../program.ts';
import { behind, type PlacedInstruction } from './code.ts';
import { anyInFrame } from './frame-goal.ts';
import { atAny, type FunctionPlan } from './function-plan.ts';
import { both, spIs, type Frame } from './hart-state.ts';
import { edgesAround } from './inlined-call.ts';
import { enteredLine, isBeforeEntry, LineHistory, meetBreakpoints } from './line-history.ts';
import { settle, type Movement } from './mover.ts';
import type { Stepping } from './stepping.ts';

/**
 * To the beginning of the previous line in this frame, over calls; from a frame's first line, to the line that called it.
 * These are the moments at which stepping forward by line would have stopped: a line is entered where one of its rows begins
 * while the frame's last row before belonged to another line.
 */
export async function stepBackLine(stepping: Stepping, unit: SourceUnit): Promise<Movement> {
  const here = stepping.planHere();
  const frame = stepping.state.frame;
  if (here === undefined || frame === undefined || here.starts.size === 0 || isBeforeEntry(stepping.state.pc, frame)) {
    return stepping.mover.reverseStep();
  }
  return new LineHistory(stepping, frame, here, unit).previousLine(true);
}

/** Into the last line of the call that was made just before, in the line that `stepBackLine` goes over; else like it. */
export async function stepBackInto(stepping: Stepping, unit: SourceUnit): Promise<Movement> {
  const { mover } = stepping;
  const plan = stepping.planHere(true);
  const frame = stepping.state.frame;
  if (plan === undefined || frame === undefined || plan.starts.size === 0 || isBeforeEntry(stepping.state.pc, frame)) {
    return mover.reverseStep();
  }
  const origin = mover.counter;
  const over = await new LineHistory(stepping, frame, plan, unit).previousLine(false);
  if (over.kind === 'ended') return over;
  const line = mover.counter;
  const placed = await mover.travel(origin);
  if (placed.kind !== 'arrived') return placed;
  const entered = await intoLastCall(stepping, frame, plan, line, unit);
  if (entered !== undefined && entered.kind !== 'arrived') return entered;
  if (entered === undefined) {
    const back = await mover.travel(line);
    if (back.kind !== 'arrived') return back;
  }
  return meetBreakpoints(mover, origin);
}

/** Into the last call that this frame made between `since` and now and that has lines. Undefined when there is none. */
async function intoLastCall(
  stepping: Stepping,
  frame: Frame,
  plan: FunctionPlan,
  since: number,
  unit: SourceUnit,
): Promise<Movement | undefined> {
  const { mover, state } = stepping;
  const origin = mover.counter;
  const calls = new Map([...plan.calls, ...plan.environmentCalls]);
  for (;;) {
    const moved = await mover.backwardUnseen(anyInFrame(stepping, frame, calls.keys()), since);
    if (moved.kind === 'ended' && moved.ending.kind !== 'start-of-recording') return moved;
    const call = calls.get(state.pc);
    if (moved.kind !== 'goal' || call === undefined || mover.counter < since) return undefined;
    const made = mover.counter;
    const entered = await lastLineOf(stepping, call, origin, unit);
    if (entered !== undefined) return entered;
    const placed = await mover.travel(made);
    if (placed.kind !== 'arrived') return placed;
  }
}

/** At a call that returned before `until`: to the last line that the callee executed. Undefined when it has no lines. */
async function lastLineOf(
  stepping: Stepping,
  call: PlacedInstruction,
  until: number,
  unit: SourceUnit,
): Promise<Movement | undefined> {
  const { mover, state } = stepping;
  const movesStack = call.flow.kind === 'call' && call.flow.link === 5;
  const place = movesStack ? state.space : both(spIs(state.sp), state.space);
  const returned = await mover.forwardUnseen({ conditions: atAny([behind(call)], place) }, until);
  if (returned.kind === 'ended') return returned;
  const atReturn = await mover.reverseStep();
  if (atReturn.kind !== 'arrived') return atReturn;
  // The machine answers some ecalls itself: then nothing was executed in between.
  return state.pc === call.address ? undefined : enteredLine(stepping, unit);
}

/**
 * To the call that entered this frame, with the call not yet made; from a trap handler, to the interrupted moment; from an
 * inlined call, to the last moment before it.
 */
export async function stepBackOut(stepping: Stepping): Promise<Movement> {
  const { mover, state, program } = stepping;
  const { frame } = state;
  const inlined = inlinedCallsAt(program, state.pc);
  const plan = stepping.planHere(true);
  if (frame !== undefined && plan !== undefined && inlined.length > 0) {
    return beforeInlinedCall(stepping, frame, plan, inlined, true);
  }
  const { caller } = state;
  const cfa = frame?.cfa;
  if (caller !== undefined && cfa !== undefined) {
    const sites = [4n, 2n]
      .map((length) => caller.pc - length)
      .filter((site) => {
        const found = stepping.instructionAt(site);
        return found?.flow.kind === 'call' && behind(found) === caller.pc;
      });
    const origin = mover.counter;
    const moved = sites.length === 0 ? undefined : await mover.backward({ conditions: atAny(sites, spIs(cfa)) });
    const isNever = moved?.kind === 'ended' && moved.ending.kind === 'start-of-recording';
    if (moved !== undefined && !isNever) return settle(moved);
    // Half-way from one task to another the stack tells of a call that was never made.
    if (isNever) await mover.travel(origin);
  }
  if (frame === undefined) return mover.reverseStep();
  const entered = await new LineHistory(stepping, frame, plan, 'line').frameEntry(true);
  return entered.kind === 'arrived' ? mover.reverseStep() : entered;
}

/** To the last moment of a frame before the innermost of its inlined calls; where it begins with that, to its own call. */
async function beforeInlinedCall(
  stepping: Stepping,
  frame: Frame,
  plan: FunctionPlan,
  calls: InlinedCalls,
  watching: boolean,
): Promise<Movement> {
  const { mover, program } = stepping;
  const { approaches } = edgesAround(plan, calls, program);
  const goal = anyInFrame(stepping, frame, new Set([...approaches, frame.function.entry]));
  const moved = await (watching ? mover.backward(goal) : mover.backwardUnseen(goal));
  if (moved.kind !== 'goal') return moved;
  return approaches.has(stepping.state.pc) ? settle(moved) : mover.reverseStep();
}

/**
 * To the moment at which a frame of the present stack began: its function's first instruction is about to execute. With
 * `inlined`, at which the innermost of these inlined calls began.
 */
export async function restartFrame(stepping: Stepping, frame: Frame, inlined: InlinedCalls = []): Promise<Movement> {
  const { mover, program } = stepping;
  const plan = stepping.planOf(frame.function);
  if (inlined.length === 0) return new LineHistory(stepping, frame, plan, 'line').frameEntry(false);
  const origin = mover.counter;
  const before = await beforeInlinedCall(stepping, frame, plan, inlined, false);
  if (before.kind !== 'arrived') return before;
  const { entrances } = edgesAround(plan, inlined, program);
  return settle(await mover.forwardUnseen(anyInFrame(stepping, frame, entrances), origin));
}
