import { evaluate } from '../../symbols/expressions/evaluate.ts';
import type { ExpressionEnvironment } from '../../symbols/expressions/environment.ts';
import { ExpressionError } from '../../symbols/expressions/expression-error.ts';
import type { Value } from '../../symbols/variables/value.ts';
import type { Debuggee } from '../debuggee.ts';
import { RequestFailure } from '../failure.ts';
import type { ViewFrame } from '../stopped-view.ts';
import type { ChangeMemory } from './change-memory.ts';
import { machineEnvironment } from './machine-environment.ts';

const SP = 2;

/** Names as a frame sees them: variables of its function, registers as its callees left them, the program, the hart's memory. */
export function environmentOf(
  { program, timeline }: Debuggee,
  { hart, frame, inlineDepth }: ViewFrame,
  changes: ChangeMemory,
): ExpressionEnvironment {
  const registers = {
    pc: frame.pc,
    register: (number: number) => frame.register(number),
    home: (number: number) => frame.home(number),
    // Behind a call, and in the code that a trap interrupted, the pc is another than the hart's.
    isPresent: frame.pc === frame.lookup && frame.interruption === undefined && frame.home(SP)?.kind === 'register',
    describeAddress: (address: bigint) => program.describeAddress(address),
  };
  const machine = machineEnvironment(timeline, hart, registers, (text, value) =>
    changes.hasChanged(text, value, timeline.counter),
  );
  return program.environment(frame, inlineDepth, machine);
}

/** The value of an expression. Fails with a message that points at the column. */
export function valueOf(text: string, environment: ExpressionEnvironment): Value {
  try {
    return evaluate(text, environment);
  } catch (error) {
    if (error instanceof ExpressionError) throw new RequestFailure(error.explain(text));
    throw error;
  }
}
