import type { Hit, StopCondition } from '../../../emulator/machine/stop.ts';
import type { MotionOptions } from '../../../emulator/replay/timeline-contract.ts';
import { decode } from '../../../emulator/riscv/decoder.ts';
import type { Debuggee } from '../debuggee.ts';
import { instructionsOf } from '../motion/code.ts';
import type { ProgramFunction } from '../program.ts';
import { endOf, isCutShort, type Range, type RangeEnd } from './range.ts';

/** One call of a function. */
export interface Call {
  /** The moment at which its first instruction is about to execute. */
  readonly counter: number;
  /** The arguments as the debug information tells them there: `count = 3`. */
  readonly arguments: readonly string[];
  /** Where it returned, and a0 there; undefined when it had not returned by the end of the range, or left by a jump. */
  returned?: { readonly counter: number; readonly a0: bigint };
}

export interface Calls {
  readonly calls: readonly Call[];
  readonly ended: RangeEnd;
}

const SP = 2;
const A0 = 10;

/** The calls of a function in [from, to], the first `most` of them, with their arguments and results. */
export async function callsOf(
  debuggee: Debuggee,
  fn: ProgramFunction,
  { from, to, most }: Range,
  options: MotionOptions,
): Promise<Calls> {
  const { timeline } = debuggee;
  const calls: Call[] = [];
  const returns = returnsOf(debuggee, fn);
  const placed = await timeline.travelTo(from, options);
  if (isCutShort(placed)) return { calls, ended: endOf(placed) };
  const entry: StopCondition = { kind: 'instruction', address: fn.entry };
  /** Calls under way, by the stack pointer at their entry, which a return finds again. */
  const open = new Map<bigint, Call>();
  const take = (hit: Hit): boolean => {
    const view = timeline.harts[hit.hart];
    if (view === undefined) return false;
    const sp = view.readX(SP);
    if (hit.condition === entry) {
      if (calls.length === most) return true;
      const call: Call = { counter: hit.counter, arguments: argumentsHere(debuggee, hit.hart) };
      calls.push(call);
      open.set(sp, call);
      return false;
    }
    const call = open.get(sp);
    if (call !== undefined) call.returned = { counter: hit.counter, a0: view.readX(A0) };
    open.delete(sp);
    return false;
  };
  const outcome = await timeline.run({ conditions: [entry, ...returns], accept: take }, { ...options, until: to });
  return { calls, ended: endOf(outcome) };
}

/** Its code may not be mapped at the range's beginning, so it is read at the moment at which the question is asked. */
function returnsOf(debuggee: Debuggee, fn: ProgramFunction): readonly StopCondition[] {
  const hart = debuggee.hart(0);
  return instructionsOf(fn, (address, length) => hart.read(address, length), decode)
    .filter(({ flow }) => flow.kind === 'return')
    .map(({ address }) => ({ kind: 'instruction', address }));
}

function argumentsHere(debuggee: Debuggee, hart: number): readonly string[] {
  const { program } = debuggee;
  const [innermost] = program.unwind(debuggee.hart(hart).unwindContext());
  if (innermost === undefined) return [];
  return program.variables(innermost, 0).arguments.map(({ name, text }) => `${name} = ${text}`);
}
