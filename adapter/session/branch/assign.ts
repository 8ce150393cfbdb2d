import { assignmentsOf, assignmentTo, type Assignment } from '../../symbols/expressions/assign.ts';
import { ExpressionError } from '../../symbols/expressions/expression-error.ts';
import type { Value } from '../../symbols/variables/value.ts';
import type { SessionContext } from '../context.ts';
import type { Debuggee } from '../debuggee.ts';
import { environmentOf, valueOf } from '../expression/environment.ts';
import { RequestFailure } from '../failure.ts';
import type { ViewFrame } from '../stopped-view.ts';
import { makeChanges, type Announcement } from './make-changes.ts';
import { changeOf } from './store.ts';

export interface Assigned {
  /** The object that was assigned to, as it is now. */
  readonly value: Value;
  readonly announce: Announcement;
}

/** Carries out the assignments of a line: `x = 5`, `$a0 = 1`, `task->state += 3`. Undefined when it is none. */
export async function assign(
  context: SessionContext,
  debuggee: Debuggee,
  frame: ViewFrame,
  text: string,
): Promise<Assigned | undefined> {
  const environment = environmentOf(debuggee, frame, context.view.changes);
  const assignments = explained(text, () => assignmentsOf(text, environment));
  const last = assignments?.at(-1);
  if (assignments === undefined || last === undefined) return undefined;
  const announce = await makeChanges(
    context,
    assignments.map((assignment) => changeOf(assignment, frame.hart)),
  );
  return { value: renewed(context, debuggee, frame, last.target.expression), announce };
}

/** Gives an object the value of a text. */
export async function assignTo(
  context: SessionContext,
  debuggee: Debuggee,
  frame: ViewFrame,
  target: Value,
  text: string,
): Promise<Announcement> {
  const environment = environmentOf(debuggee, frame, context.view.changes);
  const assignment: Assignment = explained(text, () => assignmentTo(target, text, environment));
  return makeChanges(context, [changeOf(assignment, frame.hart)]);
}

/** The value of an expression in the state that there is now. */
export function renewed(context: SessionContext, debuggee: Debuggee, frame: ViewFrame, expression: string): Value {
  const { view } = context;
  return valueOf(expression, environmentOf(debuggee, view.frame(frame.id), view.changes));
}

function explained<T>(text: string, evaluate: () => T): T {
  try {
    return evaluate();
  } catch (error) {
    if (error instanceof ExpressionError) throw new RequestFailure(error.explain(text));
    throw error;
  }
}
