import type { SearchPredicate } from '../../../emulator/machine/predicate.ts';
import type { StopCondition } from '../../../emulator/machine/stop.ts';
import type { TimelineContract } from '../../../emulator/replay/timeline-contract.ts';
import type { ExpressionEnvironment } from '../../symbols/expressions/environment.ts';
import { evaluate, Evaluator } from '../../symbols/expressions/evaluate.ts';
import { ExpressionError } from '../../symbols/expressions/expression-error.ts';
import { machineEnvironment } from '../expression/machine-environment.ts';
import { predicateOf } from '../expression/predicate.ts';
import { Probe } from '../expression/probe.ts';
import type { CodePlace, Program } from '../program.ts';
import type { WatchedRegister } from '../registers.ts';
import type { DataAccess } from './requests.ts';
import { conditionOf, type WatchedData } from './watched-data.ts';

/** A condition that the engine cannot evaluate by itself; asked with the machine at the hit. */
export interface BreakpointTest {
  readonly text: string;
  readonly holds: (timeline: TimelineContract, hart: number) => boolean;
}

/** How a condition is kept: by the engine, wherever that can, else by a test at each hit. */
export interface Conditioned {
  readonly conditions: readonly StopCondition[];
  readonly test?: BreakpointTest;
}

/** Where to stop when an expression is true. Throws ExpressionError when it can never have a value there. */
export function conditioned(places: readonly CodePlace[], text: string | undefined, program: Program): Conditioned {
  const at = ({ address, when }: CodePlace, more: readonly SearchPredicate[]): StopCondition => {
    const all = [...(when === undefined ? [] : [when]), ...more];
    const [first, ...others] = all;
    if (first === undefined) return { kind: 'instruction', address };
    return { kind: 'instruction', address, when: others.length === 0 ? first : { kind: 'all', of: all } };
  };
  if (text === undefined || text.trim() === '') return { conditions: places.map((place) => at(place, [])) };
  for (const { address, owner = program } of places) checkAt(text, owner, address);
  const predicates = places.map(({ address, owner = program }) => predicateOf(text, owner, address));
  if (predicates.every((one) => one !== undefined)) {
    return {
      conditions: places.map((place, index) => at(place, predicates[index] === undefined ? [] : [predicates[index]])),
    };
  }
  return {
    conditions: places.map((place) => at(place, [])),
    test: { text, holds: (timeline, hart) => isTrueAt(text, program, timeline, hart) },
  };
}

/**
 * Where to stop when data is accessed and an expression is true. `$changed` in front of it, alone or followed by `&&`, means that the
 * access left other bytes.
 */
export function conditionedData(
  data: WatchedData | WatchedRegister,
  access: DataAccess,
  text: string | undefined,
  program: Program,
): Conditioned {
  const [, changed, rest = ''] = /^\s*(\$changed\s*(?:&&|$))?([^]*)$/.exec(text ?? '') ?? [];
  return conditionedSteps([conditionOf(data, changed === undefined ? access : 'change')], rest, program);
}

/**
 * Steps of any code at which an expression is true besides. What the program alone can tell means the program's names and is kept by
 * the engine; else it is asked in the frame where the hart stands after the step.
 */
export function conditionedSteps(
  conditions: readonly StopCondition[],
  text: string | undefined,
  program: Program,
): Conditioned {
  if (text === undefined || text.trim() === '') return { conditions };
  new Evaluator(text, new Probe(program, 0n, 0n).environment()).parse();
  const when = predicateOf(text, program, 0n);
  if (when !== undefined) return { conditions: conditions.map((condition) => ({ ...condition, when })) };
  return { conditions, test: { text, holds: (timeline, hart) => isTrueAt(text, program, timeline, hart) } };
}

function checkAt(text: string, program: Program, address: bigint): void {
  const evaluator = new Evaluator(text, new Probe(program, address, 0n).environment());
  evaluator.check(evaluator.parse());
}

/** As in the engine, what cannot be read makes a condition false. */
function isTrueAt(text: string, program: Program, timeline: TimelineContract, hart: number): boolean {
  try {
    const evaluator = new Evaluator(text, environmentAt(program, timeline, hart));
    return evaluator.isTrue(evaluator.parse());
  } catch (error) {
    if (error instanceof ExpressionError) return false;
    throw error;
  }
}

/** `i is {i}` with the values in the braces; why there is none stands in its place. */
export function logText(message: string, program: Program, timeline: TimelineContract, hart: number): string {
  const environment = environmentAt(program, timeline, hart);
  return message.replace(/\{([^{}]*)\}/g, (_whole, text: string) => {
    try {
      return evaluate(text, environment).text;
    } catch (error) {
      if (error instanceof ExpressionError) return `<${error.message}>`;
      throw error;
    }
  });
}

/** What expressions see where a hart stands. */
function environmentAt(program: Program, timeline: TimelineContract, hart: number): ExpressionEnvironment {
  const view = timeline.harts[hart];
  if (view === undefined) throw new Error(`There is no hart ${hart}.`);
  const context = {
    pc: view.pc,
    register: (number: number) => (number < 32 ? view.readX(number) : undefined),
    read: (address: bigint, length: number) => {
      const { bytes } = timeline.readVirtual(hart, address, length);
      return bytes.length === length ? bytes : undefined;
    },
  };
  const [frame] = program.unwind(context);
  if (frame === undefined) throw new Error('A stack without a frame.');
  const registers = {
    pc: view.pc,
    register: context.register,
    describeAddress: (address: bigint) => program.describeAddress(address),
  };
  const innermost = Math.max(0, program.functionsBefore(view.pc).length - 1);
  const machine = machineEnvironment(timeline, hart, registers, (_text, _value, span) => {
    throw new ExpressionError('$changed has no earlier value in a condition: set a data breakpoint instead.', span);
  });
  return program.environment(frame, innermost, machine);
}
