import type { DebugProtocol } from '@vscode/debugprotocol';
import { formatAddress } from './address.ts';
import type { Debuggee } from './debuggee.ts';
import { RequestFailure } from './failure.ts';
import type { ProgramVariable } from './program.ts';
import type { StoppedView, VariableSource, ViewFrame } from './stopped-view.ts';

/** Parts of a variable that are listed when the client does not ask for a part of them. */
const MOST_LISTED = 1000;

/** Variables of the program, to be opened in a view. */
export function sourceOfVariables(variables: readonly ProgramVariable[], view: StoppedView): VariableSource {
  return {
    list: (start, count = MOST_LISTED) =>
      variables.slice(start, start + count).map((variable) => describeVariable(variable, view)),
    locate: (name) => locate(variables.find((one) => one.name === name)),
  };
}

/** A variable as the client is told of it; its parts are read when they are asked for. */
export function describeVariable(variable: ProgramVariable, view: StoppedView): DebugProtocol.Variable {
  return {
    name: variable.name,
    evaluateName: variable.expression,
    ...describeValue(variable, view),
    value: variable.text,
  };
}

type Described = Pick<
  DebugProtocol.Variable,
  'type' | 'variablesReference' | 'namedVariables' | 'indexedVariables' | 'memoryReference'
>;

/** What variables and results of evaluation have in common. */
export function describeValue(variable: ProgramVariable, view: StoppedView): Described {
  const { childCount, memoryReference } = variable;
  return {
    type: variable.typeName,
    variablesReference: childCount === 0 ? 0 : view.reference(partsOf(variable, view)),
    ...(childCount === 0 ? {} : isArray(variable) ? { indexedVariables: childCount } : { namedVariables: childCount }),
    ...(memoryReference === undefined ? {} : { memoryReference: formatAddress(memoryReference) }),
  };
}

function partsOf(variable: ProgramVariable, view: StoppedView): VariableSource {
  return {
    list: (start, count = MOST_LISTED) => variable.children(start, count).map((part) => describeVariable(part, view)),
    locate: (name) => locate(variable.memberNamed(name) ?? variable.children().find((part) => part.name === name)),
  };
}

/** Elements are named by their index. */
function isArray(variable: ProgramVariable): boolean {
  return variable.children(0, 1)[0]?.name.startsWith('[') ?? false;
}

export function locate(
  variable: ProgramVariable | undefined,
): { readonly address: bigint; readonly length: number } | undefined {
  if (variable?.address === undefined || variable.size === undefined || variable.size === 0) return undefined;
  return { address: variable.address, length: variable.size };
}

/** `name`, then members and elements: what hovers and watches mostly ask for. Expressions proper are another matter. */
const PATH = /^([A-Za-z_]\w*)((?:\s*(?:\.|->)\s*[A-Za-z_]\w*|\s*\[\s*\d+\s*\])*)$/;

/**
 * The variable that a path such as `task->name[0]` names in a frame: one of its function, then, with `orGlobal`, one of the
 * program. Undefined when the text is no path or its first name no variable; throws when a part does not exist.
 */
export function variableAt(
  { program }: Debuggee,
  view: ViewFrame,
  text: string,
  orGlobal: boolean,
): ProgramVariable | undefined {
  const [, name, rest = ''] = PATH.exec(text.trim()) ?? [];
  if (name === undefined) return undefined;
  const { arguments: parameters, locals } = program.variables(view.frame, view.inlineDepth);
  const own = [...locals, ...parameters].find((variable) => variable.name === name);
  let variable = own ?? (orGlobal ? program.variableNamed(name, view.frame) : undefined);
  for (const [part] of rest.matchAll(/[A-Za-z_]\w*|\d+/g)) {
    if (variable === undefined) return undefined;
    const found: ProgramVariable | undefined = /^\d/.test(part)
      ? variable.children(Number(part), 1)[0]
      : variable.memberNamed(part);
    if (found === undefined) throw new RequestFailure(`${variable.expression} has no part "${part}".`);
    variable = found;
  }
  return variable;
}
