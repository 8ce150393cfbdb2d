import { containsAddress, sameUnit, type LineStart, type SourceUnit } from '../program.ts';
import { behind } from './code.ts';
import { anyGoal, anyInFrame } from './frame-goal.ts';
import type { FunctionPlan } from './function-plan.ts';
import type { Frame } from './hart-state.ts';
import { ARRIVED, type Goal, type Movement, type Mover } from './mover.ts';
import type { Stepping } from './stepping.ts';

/** Linux has 8 bytes of NOPs before a function's first line. */
const MOST_PATCHABLE_BYTES = 16n;

/** The lines that one activation of a function went through, latest first. */
export class LineHistory {
  readonly #stepping: Stepping;
  readonly #mover: Mover;
  readonly #plan: FunctionPlan | undefined;
  readonly #unit: SourceUnit;
  /** Where the activation has its stack: the earliest first, when it went over from one stack to another. */
  #frames: readonly [Frame, ...Frame[]];

  constructor(stepping: Stepping, frame: Frame, plan: FunctionPlan | undefined, unit: SourceUnit) {
    this.#stepping = stepping;
    this.#mover = stepping.mover;
    this.#frames = [frame];
    this.#plan = plan;
    this.#unit = unit;
  }

  /** To the last entry of a line before now; from the first one, to the line of the caller. */
  async previousLine(watching: boolean): Promise<Movement> {
    if (await this.#isAtEntry()) return this.#callingLine();
    const moved = await this.#backToRow(() => true, watching);
    if (moved.kind !== 'arrived') return moved;
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
    if (moved.kind !== 'arrived') return moved;
    const found = this.#startHere();
    return found === undefined ? ARRIVED : this.#beginningOf(found, origin);
  }

  /** To the moment at which this frame began; `watching`: or to a breakpoint on the way. */
  async frameEntry(watching: boolean): Promise<Movement> {
    return (await this.#isAtEntry()) ? ARRIVED : this.#backToRow(() => false, watching);
  }

  /** At the frame's entry: to the beginning of the line that called. */
  async #callingLine(): Promise<Movement> {
    const isTrapVector = this.#stepping.state.isTrapVector(this.#function);
    let called = await this.#mover.reverseStep();
    while (called.kind === 'arrived' && this.#isPatchable()) called = await this.#mover.reverseStep();
    if (called.kind !== 'arrived') return called;
    // What a trap interrupted is no caller, and its line has not been stepped from.
    const flow = this.#stepping.instructionHere()?.flow.kind;
    if (flow === undefined || flow === 'trap-return') return called;
    if ((isTrapVector || flow === 'environment-call') && (await this.#isTrapTaken())) return called;
    return (await enteredLine(this.#stepping, this.#unit)) ?? called;
  }

  /**
   * The present moment is at a row of `start`'s line: to where that execution of the line began, or to the last breakpoint
   * between there and `seenUntil`, after which none was met.
   */
  async #beginningOf(start: LineStart, seenUntil: number): Promise<Movement> {
    const row = this.#mover.counter;
    if (await this.#isAtEntry()) return row === seenUntil ? ARRIVED : meetBreakpoints(this.#mover, seenUntil);
    const before = await this.#backToRow((other) => !sameUnit(other, start, this.#unit), false);
    if (before.kind === 'ended' && before.ending.kind !== 'start-of-recording') return before;
    if (!(this.#isInFrame() && this.#isLine(start))) {
      const own = [...(this.#plan?.starts.values() ?? [])].filter((other) => sameUnit(other, start, this.#unit));
      const rows = own.map((other) => other.address);
      const entered = await this.#mover.forwardUnseen(
        anyGoal(...this.#frames.map((frame) => anyInFrame(this.#stepping, frame, rows))),
        row,
      );
      if (entered.kind === 'ended') return entered;
    }
    return this.#mover.counter === seenUntil ? ARRIVED : meetBreakpoints(this.#mover, seenUntil);
  }

  /** Back to the last row in this activation that `wanted` takes, or its entry. */
  async #backToRow(wanted: (start: LineStart) => boolean, watching: boolean): Promise<Movement> {
    const entry = this.#function.entry;
    const rows = new Set([...(this.#plan?.starts.values() ?? [])].filter(wanted).map((start) => start.address));
    const switched = new Set([...(this.#plan?.stackSwitches.values() ?? [])].map(behind));
    for (;;) {
      const { state } = this.#stepping;
      if (switched.has(state.pc) && (await this.#crossStackSwitch()) && rows.has(state.pc)) return ARRIVED;
      const goal = this.#inOldestFrame(new Set([...rows, ...switched, entry]));
      const moved = await (watching ? this.#mover.backward(goal) : this.#mover.backwardUnseen(goal));
      if (moved.kind !== 'goal') return moved;
      // A loop may come round to the entry, which then is a row like any other, or none.
      if (rows.has(state.pc) || (await this.#isAtEntry())) return ARRIVED;
    }
  }

  /** Behind an instruction that may have put this stack in place of another: to before it. */
  async #crossStackSwitch(): Promise<boolean> {
    const now = this.#mover.counter;
    await this.#mover.reverseStep();
    const { pc, frame } = this.#stepping.state;
    const isCrossed = this.#plan?.stackSwitches.has(pc) === true && frame?.function.entry === this.#function.entry;
    if (!isCrossed) {
      await this.#mover.travel(now);
      return false;
    }
    if (frame.cfa !== this.#frames[0].cfa) this.#frames = [frame, ...this.#frames];
    return true;
  }

  #inOldestFrame(addresses: Iterable<bigint>): Goal {
    return anyInFrame(this.#stepping, this.#frames[0], addresses);
  }

  get #function(): Frame['function'] {
    return this.#frames[0].function;
  }

  #isPatchable(): boolean {
    const flow = this.#stepping.instructionHere()?.flow;
    return flow?.kind === 'within' && isBeforeEntry(this.#stepping.state.pc, this.#frames[0]);
  }

  /** The step from the present moment is a trap. */
  async #isTrapTaken(): Promise<boolean> {
    const now = this.#mover.counter;
    const moved = await this.#mover.forwardUnseen({ conditions: [{ kind: 'trap', cause: undefined }] }, now + 1);
    await this.#mover.travel(now);
    return moved.kind === 'goal';
  }

  #startHere(): LineStart | undefined {
    return this.#plan?.starts.get(this.#stepping.state.pc);
  }

  #isLine(line: LineStart): boolean {
    const here = this.#startHere();
    return here !== undefined && sameUnit(here, line, this.#unit);
  }

  #isInFrame(): boolean {
    return this.#frames.some((frame) => this.#stepping.state.isIn(frame));
  }

  /** The frame begins at this moment: the step before was not taken inside the function. */
  async #isAtEntry(): Promise<boolean> {
    const { state } = this.#stepping;
    if (state.pc !== this.#function.entry || !this.#isInFrame()) return false;
    if (this.#plan?.loopsToEntry !== true || this.#mover.counter === 0) return true;
    const now = this.#mover.counter;
    await this.#mover.reverseStep();
    const fromInside =
      containsAddress(this.#function, state.pc) && this.#stepping.instructionHere()?.flow.kind === 'jump';
    await this.#mover.travel(now);
    return !fromInside;
  }
}

/** The present moment is inside a line: to the moment at which the line was entered. Undefined where there are no lines. */
export async function enteredLine(stepping: Stepping, unit: SourceUnit): Promise<Movement | undefined> {
  const plan = stepping.planHere();
  const frame = stepping.state.frame;
  if (plan === undefined || frame === undefined || plan.starts.size === 0) return undefined;
  return new LineHistory(stepping, frame, plan, unit).presentLine();
}

/** A motion went from `from` back to the present without looking at breakpoints: to the last one on that way, if any. */
export async function meetBreakpoints(mover: Mover, from: number): Promise<Movement> {
  const target = mover.counter;
  if (!mover.watchesAnything) return ARRIVED;
  const placed = await mover.travel(from);
  if (placed.kind !== 'arrived') return placed;
  const met = await mover.backward({ conditions: [] }, target);
  return mover.counter === target && met.kind !== 'breakpoint' ? ARRIVED : met;
}

/** Among the NOPs that may lie between the address that is called and the entry that DWARF knows (ftrace patches them). */
export function isBeforeEntry(pc: bigint, frame: Frame): boolean {
  const { entry } = frame.function;
  return pc < entry && entry - pc <= MOST_PATCHABLE_BYTES;
}
