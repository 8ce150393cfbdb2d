import type { ExpressionEnvironment } from '../symbols/expressions/environment.ts';
import type { ProgramVariable } from './program.ts';

/**
 * The parameters of a frame, and behind each what it was when the function was called, `name@entry`: where that is known, and the
 * parameter itself is not, or is something else by now. gdb shows the same (`print entry-values default`).
 */
export function withValuesOnEntry(
  parameters: readonly ProgramVariable[],
  environment: Pick<ExpressionEnvironment, 'valueOnEntry'>,
): readonly ProgramVariable[] {
  return parameters.flatMap((parameter) => {
    const onEntry = environment.valueOnEntry(parameter.name);
    const saysMore = onEntry?.read().kind === 'bits' && onEntry.text !== parameter.text;
    return saysMore ? [parameter, onEntry] : [parameter];
  });
}
