import { containsAddress, sameLine, type LineStart } from '../program.ts';
import { instructionAt, type PlacedInstruction } from './code.ts';
import { anyInFrame } from './frame-goal.ts';
import { atAny, type FunctionPlan } from './function-plan.ts';
import { both, spIs, type Frame } from './hart-state.ts';
import type { Goal, Movement, Mover } from './mover.ts';
import type { Stepping } from './stepping.ts';

const ARRIVED: Movement = { kind: 'arrived' };

/** Linux has 8 bytes of NOPs before a function's first line. */
const MOST_PATCHABLE_BYTES = 16n;

/**
 * To the beginning of the previous line in this frame, over calls; from a frame's first line, to the line that called it.
 * These are the moments at which stepping forward by line would have stopped: a line is entered where one of its rows begins
 * while the frame's last row before belonged to another line.
 */
export async function stepBackLine(stepping: Stepping): Promise<Movement> {
  const here = stepping.planHere();
  const frame = stepping.state.frame;
  if (here === undefined || frame === undefined || here.starts.size === 0 || isBeforeEntry(stepping.state.pc, frame)) {
    return stepping.mover.reverseStep();
  }
  return new LineHistory(stepping, frame, here).previousLine(true);
}

/** Into the last line of the call that was made just before, in the line that `stepBackLine` goes over; else like it. */
export async function stepBackInto(stepping: Stepping): Promise<Movement> {
  const { mover } = stepping;
  const plan = stepping.planHere(true);
  const frame = stepping.state.frame;
  if (plan === undefined || frame === undefined || plan.starts.size === 0 || isBeforeEntry(stepping.state.pc, frame)) {
    return mover.reverseStep();
  }
  const origin = mover.counter;
  const over = await new LineHistory(stepping, frame, plan).previousLine(false);
  if (over.kind === 'ended') return over;
  const line = mover.counter;
  const placed = await mover.travel(origin);
  if (placed.kind !== 'arrived') return placed;
  const entered = await intoLastCall(stepping, frame, plan, line);
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
    const entered = await lastLineOf(stepping, call, origin);
    if (entered !== undefined) return entered;
    const placed = await mover.travel(made);
    if (placed.kind !== 'arrived') return placed;
  }
}

/** A motion went from `from` back to the present without looking at breakpoints: to the last one on that way, if any. */
async function meetBreakpoints(mover: Mover, from: number): Promise<Movement> {
  const target = mover.counter;
  if (!mover.watchesAnything) return ARRIVED;
  const placed = await mover.travel(from);
  if (placed.kind !== 'arrived') return placed;
  const met = await mover.backward({ conditions: [] }, target);
  return mover.counter === target && met.kind !== 'breakpoint' ? ARRIVED : met;
}

/** At a call that returned before `until`: to the last line that the callee executed. Undefined when it has no lines. */
async function lastLineOf(stepping: Stepping, call: PlacedInstruction, until: number): Promise<Movement | undefined> {
  const { mover, state } = stepping;
  const movesStack = call.flow.kind === 'call' && call.flow.link === 5;
  const returned = await mover.forwardUnseen(
    {
      conditions: atAny(
        [call.address + BigInt(call.length)],
        movesStack ? state.space : both(spIs(state.sp), state.space),
      ),
    },
    until,
  );
  if (returned.kind === 'ended') return returned;
  const atReturn = await mover.reverseStep();
  if (atReturn.kind !== 'arrived') return atReturn;
  // The machine answers some ecalls itself: then nothing was executed in between.
  return state.pc === call.address ? undefined : enteredLine(stepping);
}

/** To the call that entered this frame, with the call not yet made; from a trap handler, to the interrupted moment. */
export async function stepBackOut(stepping: Stepping): Promise<Movement> {
  const { mover, state, decode } = stepping;
  const frame = state.frame;
  const caller = state.caller;
  const cfa = frame?.cfa;
  if (caller !== undefined && cfa !== undefined) {
    const sites = [4n, 2n]
      .map((length) => caller.pc - length)
      .filter((site) => {
        const found = instructionAt(site, (address, length) => state.read(address, length), decode);
        return found?.flow.kind === 'call' && site + BigInt(found.length) === caller.pc;
      });
    if (sites.length > 0) {
      return settle(await mover.backward({ conditions: atAny(sites, spIs(cfa)) }));
    }
  }
  if (frame === undefined) return mover.reverseStep();
  const entered = await new LineHistory(stepping, frame, stepping.planHere()).frameEntry(true);
  return entered.kind === 'arrived' ? mover.reverseStep() : entered;
}

/** To the moment at which a frame of the present stack began: its function's first instruction is about to execute. */
export async function restartFrame(stepping: Stepping, frame: Frame): Promise<Movement> {
  return new LineHistory(stepping, frame, stepping.planOf(frame.function)).frameEntry(false);
}

/** The present moment is inside a line: to the moment at which the line was entered. Undefined where there are no lines. */
async function enteredLine(stepping: Stepping): Promise<Movement | undefined> {
  const plan = stepping.planHere();
  const frame = stepping.state.frame;
  if (plan === undefined || frame === undefined || plan.starts.size === 0) return undefined;
  return new LineHistory(stepping, frame, plan).presentLine();
}

/** The lines that one activation of a function went through, latest first. */
class LineHistory {
  readonly #stepping: Stepping;
  readonly #mover: Mover;
  readonly #frame: Frame;
  readonly #plan: FunctionPlan | undefined;

  constructor(stepping: Stepping, frame: Frame, plan: FunctionPlan | undefined) {
    this.#stepping = stepping;
    this.#mover = stepping.mover;
    this.#frame = frame;
    this.#plan = plan;
  }

  /** To the last entry of a line before now; from the first one, to the line of the caller. */
  async previousLine(watching: boolean): Promise<Movement> {
    if (await this.#isAtEntry()) return this.#callingLine();
    const moved = await this.#backToRow(() => true, watching);
    if (moved.kind !== 'goal') return moved;
    const start = this.#startHere();
    if (start === undefined) return this.#callingLine();
    return this.#beginningOf(start, this.#mover.counter);
  }

  /** To the entry of the line that the present moment is in. */
  async presentLine(): Promise<Movement> {
    const start = this.#startHere();
    const origin = this.#mover.counter;
    if (start !== undefined) return this.#beginningOf(start, origin);
    if (await this.#isAtEntry()) return ARRIVED;
    const moved = await this.#backToRow(() => true, false);
    if (moved.kind !== 'goal') return moved;
    const found = this.#startHere();
    return found === undefined ? ARRIVED : this.#beginningOf(found, origin);
  }

  /** To the moment at which this frame began; `watching`: or to a breakpoint on the way. */
  async frameEntry(watching: boolean): Promise<Movement> {
    const goal = this.#anyHere([this.#frame.function.entry]);
    while (!(await this.#isAtEntry())) {
      const moved = await (watching ? this.#mover.backward(goal) : this.#mover.backwardUnseen(goal));
      if (moved.kind !== 'goal') return moved;
    }
    return ARRIVED;
  }

  /** At the frame's entry: to the beginning of the line that called. */
  async #callingLine(): Promise<Movement> {
    let called = await this.#mover.reverseStep();
    while (called.kind === 'arrived' && this.#isPatchable()) called = await this.#mover.reverseStep();
    if (called.kind !== 'arrived') return called;
    const call = this.#instructionHere();
    // Entered by a trap: what was interrupted is no caller, and its line has not been stepped from.
    if (call === undefined || isInterrupted(call)) return called;
    return (await enteredLine(this.#stepping)) ?? called;
  }

  /**
   * The present moment is at a row of `start`'s line: to where that execution of the line began, or to the last breakpoint
   * between there and `seenUntil`, after which none was met.
   */
  async #beginningOf(start: LineStart, seenUntil: number): Promise<Movement> {
    const row = this.#mover.counter;
    if (await this.#isAtEntry()) return row === seenUntil ? ARRIVED : meetBreakpoints(this.#mover, seenUntil);
    const before = await this.#backToRow((other) => !sameLine(other, start), false);
    if (before.kind === 'ended' && before.ending.kind !== 'start-of-recording') return before;
    if (!(this.#isInFrame() && this.#isLine(start))) {
      const own = [...(this.#plan?.starts.values() ?? [])].filter((other) => sameLine(other, start));
      const entered = await this.#mover.forwardUnseen(this.#anyHere(own.map((other) => other.address)), row);
      if (entered.kind === 'ended') return entered;
    }
    return this.#mover.counter === seenUntil ? ARRIVED : meetBreakpoints(this.#mover, seenUntil);
  }

  /** Back to the last row in this activation that `wanted` takes, or its entry. */
  async #backToRow(wanted: (start: LineStart) => boolean, watching: boolean): Promise<Movement> {
    const entry = this.#frame.function.entry;
    const rows = [...(this.#plan?.starts.values() ?? [])].filter(wanted).map((start) => start.address);
    const goal = this.#anyHere(new Set([...rows, entry]));
    for (;;) {
      const moved = await (watching ? this.#mover.backward(goal) : this.#mover.backwardUnseen(goal));
      if (moved.kind !== 'goal') return moved;
      // A loop may come round to the entry, which then is a row like any other, or none.
      if (rows.includes(this.#stepping.state.pc) || (await this.#isAtEntry())) return moved;
    }
  }

  #anyHere(addresses: Iterable<bigint>): Goal {
    return anyInFrame(this.#stepping, this.#frame, addresses);
  }

  #isPatchable(): boolean {
    const flow = this.#instructionHere()?.flow;
    return flow?.kind === 'within' && isBeforeEntry(this.#stepping.state.pc, this.#frame);
  }

  #startHere(): LineStart | undefined {
    return this.#plan?.starts.get(this.#stepping.state.pc);
  }

  #isLine(line: LineStart): boolean {
    const here = this.#startHere();
    return here !== undefined && sameLine(here, line);
  }

  #isInFrame(): boolean {
    return this.#stepping.state.isIn(this.#frame);
  }

  /** The frame begins at this moment: the step before was not taken inside the function. */
  async #isAtEntry(): Promise<boolean> {
    const { state } = this.#stepping;
    const { function: fn } = this.#frame;
    if (state.pc !== fn.entry || !state.isIn(this.#frame)) return false;
    if (this.#plan?.loopsToEntry !== true || this.#mover.counter === 0) return true;
    const now = this.#mover.counter;
    await this.#mover.reverseStep();
    const fromInside = containsAddress(fn, state.pc) && this.#instructionHere()?.flow.kind === 'jump';
    await this.#mover.travel(now);
    return !fromInside;
  }

  #instructionHere(): PlacedInstruction | undefined {
    const { state, decode } = this.#stepping;
    return instructionAt(state.pc, (address, length) => state.read(address, length), decode);
  }
}

/** The instruction called nothing: a trap came in its place, or it asked for one. */
function isInterrupted({ flow }: PlacedInstruction): boolean {
  return flow.kind === 'within' || flow.kind === 'trap-return' || flow.kind === 'environment-call';
}

/** Among the NOPs that may lie between the address that is called and the entry that DWARF knows (ftrace patches them). */
function isBeforeEntry(pc: bigint, frame: Frame): boolean {
  const { entry } = frame.function;
  return pc < entry && entry - pc <= MOST_PATCHABLE_BYTES;
}

function settle(moved: Movement): Movement {
  return moved.kind === 'goal' ? ARRIVED : moved;
}
