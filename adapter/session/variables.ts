import type { DebugProtocol } from '@vscode/debugprotocol';
import { renderingOf, type Rendering } from '../symbols/variables/render/registry.ts';
import { whyNotWritable } from '../symbols/expressions/assign.ts';
import { sizeOf, strip } from '../symbols/types/type.ts';
import { Value } from '../symbols/variables/value.ts';
import type { ValueFormat } from '../symbols/variables/value-format.ts';
import { formatAddress } from './address.ts';
import type { Arguments } from './arguments.ts';
import type { ProgramVariable } from './program.ts';
import type { StoppedView, VariableSource } from './stopped-view.ts';

/** Parts of a variable that are listed when the client does not ask for a part of them. */
const MOST_LISTED = 1000;

/** How a request wants numbers (ValueFormat of the protocol), or else as the session shows them. */
export function formatOf(args: Arguments, view: StoppedView): ValueFormat {
  const hex = args.has('format') ? args.object('format').optionalBoolean('hex') : undefined;
  return hex === undefined ? view.format : { hex };
}

/** Variables of the program, to be opened in a view. */
export function sourceOfVariables(variables: () => readonly ProgramVariable[], view: StoppedView): VariableSource {
  const named = (name: string): ProgramVariable | undefined => variables().find((one) => one.name === name);
  return {
    list: (start, count = MOST_LISTED, format = view.format) =>
      variables()
        .slice(start, start + count)
        .map((variable) => describeVariable(variable, view, format)),
    locate: (name) => locate(named(name)),
    valueNamed: (name) => asValue(named(name)),
  };
}

/** A variable as the client is told of it; its parts are read when they are asked for. */
export function describeVariable(
  variable: ProgramVariable,
  view: StoppedView,
  format: ValueFormat = view.format,
): DebugProtocol.Variable {
  return { name: variable.name, evaluateName: variable.expression, ...describeValue(variable, view, format) };
}

type Described = Pick<
  DebugProtocol.Variable,
  | 'value'
  | 'type'
  | 'variablesReference'
  | 'namedVariables'
  | 'indexedVariables'
  | 'memoryReference'
  | 'presentationHint'
  | 'declarationLocationReference'
  | 'valueLocationReference'
>;

/** What variables and results of evaluation have in common. */
export function describeValue(
  variable: ProgramVariable,
  view: StoppedView,
  format: ValueFormat = view.format,
): Described {
  const rendering = renderingOf(variable, (keyword, path) => view.typeNamed(keyword, path));
  const { memoryReference, isPhysical = false } = variable;
  const reference =
    memoryReference === undefined ? undefined : `${isPhysical ? 'p:' : ''}${formatAddress(memoryReference)}`;
  return {
    value: rendering?.text ?? variable.textIn(format),
    type: variable.typeName,
    ...(rendering === undefined ? plainParts(variable, view) : renderedParts(variable, rendering, view)),
    ...(reference === undefined ? {} : { memoryReference: reference }),
    ...view.locationsOf(variable),
    presentationHint: { kind: 'data', ...(isSettable(variable) ? {} : { attributes: ['readOnly'] }) },
  };
}

function asValue(variable: ProgramVariable | undefined): Value | undefined {
  return variable instanceof Value ? variable : undefined;
}

/** Numbers, pointers and texts can be set; of structures their members. */
function isSettable(variable: ProgramVariable): boolean {
  const value = asValue(variable);
  if (value === undefined || whyNotWritable(value) !== undefined) return false;
  const bare = strip(value.type);
  return bare.kind !== 'structure' && (bare.kind !== 'array' || sizeOf(bare.element) === 1);
}

type Parts = Pick<Described, 'variablesReference' | 'namedVariables' | 'indexedVariables'>;

function plainParts(variable: ProgramVariable, view: StoppedView): Parts {
  const { childCount } = variable;
  if (childCount === 0) return { variablesReference: 0 };
  return {
    variablesReference: view.reference(partsOf(variable, view)),
    ...(isArray(variable) ? { indexedVariables: childCount } : { namedVariables: childCount }),
  };
}

function partsOf(variable: ProgramVariable, view: StoppedView): VariableSource {
  const part = (name: string): ProgramVariable | undefined =>
    variable.memberNamed(name) ?? variable.children().find((one) => one.name === name);
  return {
    isIndexed: isArray(variable),
    list: (start, count = MOST_LISTED, format = view.format) =>
      variable.children(start, count).map((part) => describeVariable(part, view, format)),
    locate: (name) => locate(part(name)),
    valueNamed: (name) => asValue(part(name)),
  };
}

/** The parts as a renderer gives them; below them the plain ones, under the name `[raw]`. */
function renderedParts(variable: ProgramVariable, rendering: Rendering, view: StoppedView): Parts {
  if (rendering.count === 0 && variable.childCount === 0) return { variablesReference: 0 };
  const part = (name: string): ProgramVariable | undefined =>
    rendering.list(0, rendering.count).find((one) => one.name === name);
  const source: VariableSource = {
    list: (start, count = MOST_LISTED, format = view.format) => {
      const parts = rendering.list(start, Math.min(count, rendering.count - start));
      const listed = parts.map((part) => describeVariable(part, view, format));
      if (start <= rendering.count && start + count > rendering.count) listed.push(rawVariable(variable, view, format));
      return listed;
    },
    locate: (name) => locate(part(name)),
    valueNamed: (name) => asValue(part(name)),
  };
  return { variablesReference: view.reference(source), namedVariables: rendering.count + 1 };
}

function rawVariable(variable: ProgramVariable, view: StoppedView, format: ValueFormat): DebugProtocol.Variable {
  return {
    name: '[raw]',
    evaluateName: variable.expression,
    value: variable.textIn(format),
    type: variable.typeName,
    ...plainParts(variable, view),
    presentationHint: { kind: 'virtual', attributes: ['readOnly'] },
  };
}

/** Elements are named by their index. */
function isArray(variable: ProgramVariable): boolean {
  return variable.children(0, 1)[0]?.name.startsWith('[') ?? false;
}

/** A stretch of memory that a variable occupies. */
export interface Located {
  readonly address: bigint;
  readonly length: number;
}

export function locate(variable: ProgramVariable | undefined): Located | undefined {
  if (variable?.address === undefined || variable.size === undefined || variable.size === 0) return undefined;
  return { address: variable.address, length: variable.size };
}
