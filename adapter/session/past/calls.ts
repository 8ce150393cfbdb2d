import type { Hit, StopCondition } from '../../../emulator/machine/stop.ts';
import type { MotionOptions, MotionOutcome } from '../../../emulator/replay/timeline-contract.ts';
import { GuestError } from '../../guests/guest-error.ts';
import { ExpressionError } from '../../symbols/expressions/expression-error.ts';
import { evaluate } from '../../symbols/expressions/evaluate.ts';
import { sizeOf, strip, type Type } from '../../symbols/types/type.ts';
import { Value, type ValueContext } from '../../symbols/variables/value.ts';
import type { Debuggee } from '../debuggee.ts';
import { machineEnvironment, NO_CHANGES } from '../expression/machine-environment.ts';
import type { ProgramFunction } from '../program.ts';
import { withoutProgress } from './question.ts';
import { endOf, isCutShort, type Range, type RangeEnd } from './range.ts';

/** Where a call returned, and what. */
export interface Returned {
  /** The moment at which the instruction behind the call is about to execute. */
  readonly counter: number;
  readonly a0: bigint;
  /** The result as one of the function's type; absent when it has none, or nobody knows. */
  readonly value?: string;
}

/** One call of a function. */
export interface Call {
  /** The moment at which its first instruction is about to execute. */
  readonly counter: number;
  /** The arguments as the debug information tells them there: `count = 3`. */
  readonly arguments: readonly string[];
  /** How many calls of the function its task was in already: recursion. */
  readonly depth: number;
  /** The task that called, where the kernel's tasks are known. */
  readonly task?: string;
  /**
   * `abandoned`: the stack that it ran on was used anew before it returned, as after a longjmp or the end of a task. `open`: it had
   * not returned by the end of the range.
   */
  readonly returned: Returned | 'abandoned' | 'open';
}

export interface Calls {
  readonly calls: readonly Call[];
  readonly ended: RangeEnd;
}

const RA = 1;
const SP = 2;
const A0 = 10;
const A1 = 11;
const FA0 = 10;
/** Bytes within which two places are taken for ones of the same stack: of a task that is known, and where none is. */
const TASK_REACH = 1n << 16n;
const UNKNOWN_REACH = 1n << 12n;

/** A call under way. */
interface Open {
  readonly index: number;
  readonly sp: bigint;
  readonly returnAddress: bigint;
  readonly task: string | undefined;
}

/**
 * The calls of a function in [from, to], the first `most` of them, with their arguments and results. A call has returned when
 * the hart is about to execute the instruction behind it with the stack pointer of its entry: that is so of recursion, of other
 * tasks, which have other stacks, and of functions that end in a call of another. `told` hears of each call when it is over.
 */
export async function callsOf(
  debuggee: Debuggee,
  fn: ProgramFunction,
  { from, to, most }: Range,
  options: MotionOptions,
  told: (call: Call) => void,
): Promise<Calls> {
  const { timeline } = debuggee;
  const placed = await timeline.travelTo(from, withoutProgress(options));
  if (isCutShort(placed)) return { calls: [], ended: endOf(placed) };
  const calls: Call[] = [];
  const open: Open[] = [];
  const result = resultType(debuggee, fn);
  const end = (one: Open, returned: Returned | 'abandoned'): void => {
    open.splice(open.indexOf(one), 1);
    const call = calls[one.index];
    if (call === undefined) return;
    calls[one.index] = { ...call, returned };
    told({ ...call, returned });
  };
  const entry: StopCondition = { kind: 'instruction', address: fn.entry };
  const returns = new Map<bigint, StopCondition>();
  /** A call beyond those that were asked for was met. */
  const state = { isComplete: false };
  const take = (hit: Hit): boolean => {
    const view = timeline.harts[hit.hart];
    if (view === undefined) return false;
    const sp = view.readX(SP);
    if (hit.condition !== entry) {
      const one = open.findLast((each) => each.sp === sp && each.returnAddress === view.pc);
      if (one === undefined) return false;
      // Whatever it called in turn and has not come back from never will.
      for (const inner of open.filter((each) => each.sp < sp && sharesStack(each, one))) end(inner, 'abandoned');
      end(one, { counter: hit.counter, a0: view.readX(A0), ...resultHere(debuggee, hit.hart, result) });
      return false;
    }
    if (calls.length === most) {
      state.isComplete = true;
      return true;
    }
    const task = taskHere(debuggee, hit.hart);
    const entered: Open = { index: calls.length, sp, returnAddress: view.readX(RA), task };
    const { returnAddress } = entered;
    const around = open.filter((each) => sharesStack(each, entered));
    for (const inner of around.filter((each) => each.sp <= sp)) end(inner, 'abandoned');
    const depth = around.filter((each) => each.sp > sp).length;
    open.push(entered);
    calls.push({
      counter: hit.counter,
      arguments: argumentsHere(debuggee, hit.hart),
      depth,
      ...(task === undefined ? {} : { task }),
      returned: 'open',
    });
    if (returns.has(returnAddress)) return false;
    // The run goes on with one more place to look at.
    returns.set(returnAddress, { kind: 'instruction', address: returnAddress });
    return true;
  };
  for (;;) {
    const stops = { conditions: [entry, ...returns.values()], accept: take };
    const ran: MotionOutcome = await timeline.run(stops, { ...options, until: to });
    if (ran.kind !== 'hit' || state.isComplete) return { calls, ended: endOf(ran) };
  }
}

function sharesStack(a: Open, b: Open): boolean {
  if (a.task !== b.task) return false;
  const distance = a.sp > b.sp ? a.sp - b.sp : b.sp - a.sp;
  return distance < (a.task === undefined ? UNKNOWN_REACH : TASK_REACH);
}

function argumentsHere(debuggee: Debuggee, hart: number): readonly string[] {
  const { program } = debuggee;
  const [innermost] = program.unwind(debuggee.hart(hart).unwindContext());
  if (innermost === undefined) return [];
  return program.variables(innermost, 0).arguments.map(({ name, text }) => `${name} = ${text}`);
}

function taskHere({ guestView, timeline }: Debuggee, hart: number): string | undefined {
  const view = timeline.harts[hart];
  try {
    const task = view && guestView.guest.currentTask(view);
    return task === undefined ? undefined : `${task.name} (${task.id})`;
  } catch (error) {
    // Early in a boot there are no tasks yet.
    if (error instanceof GuestError) return undefined;
    throw error;
  }
}

/** The type that a function returns; undefined when it returns nothing, or nobody knows. */
function resultType(debuggee: Debuggee, fn: ProgramFunction): Type | undefined {
  const { program, timeline } = debuggee;
  const [frame] = program.unwind(debuggee.hart(0).unwindContext());
  if (frame === undefined) return undefined;
  const registers = { pc: frame.pc, register: frame.register, describeAddress: () => undefined };
  try {
    const machine = machineEnvironment(timeline, 0, registers, NO_CHANGES);
    const type = strip(evaluate(fn.name, program.environment(frame, 0, machine)).type);
    const result = type.kind === 'function' ? type.result() : undefined;
    return result === undefined || strip(result).kind === 'void' ? undefined : result;
  } catch (error) {
    if (error instanceof ExpressionError) return undefined;
    throw error;
  }
}

/** The result where a call returns, by the calling convention (RISC-V ABIs Specification): in a0 and a1, or in fa0. */
function resultHere(debuggee: Debuggee, hart: number, type: Type | undefined): { readonly value?: string } {
  const view = debuggee.timeline.harts[hart];
  const size = type === undefined ? undefined : sizeOf(type);
  if (type === undefined || view === undefined || size === undefined || size > 16) return {};
  const bare = strip(type);
  const isFloat = bare.kind === 'base' && bare.encoding === 'float' && size <= 8;
  const value = isFloat ? view.readF(FA0) : view.readX(A0) | (view.readX(A1) << 64n);
  const { program, timeline } = debuggee;
  const context: ValueContext = {
    pc: view.pc,
    readRegister: (number) => (number < 32 ? view.readX(number) : undefined),
    readMemory: (address, length) => {
      const { bytes } = timeline.readVirtual(hart, address, length);
      return bytes.length === length ? bytes : undefined;
    },
    countElements: () => undefined,
    describeAddress: (address) => program.describeAddress(address),
  };
  return {
    value: new Value('result', type, { kind: 'value', value, known: (1n << 128n) - 1n }, context, 'result').text,
  };
}
