import type { DebugProtocol } from '@vscode/debugprotocol';
import { csrs, type Csr, type CsrField } from '../../emulator/riscv/csr.ts';
import { floatRegisterNames, integerRegisterNames } from '../../emulator/riscv/registers.ts';
import { formatAddress, formatRegister } from './address.ts';
import { stoppedDebuggee, type SessionContext } from './context.ts';
import type { Debuggee } from './debuggee.ts';
import { deviceScopes } from './devices/scopes.ts';
import { environmentOf } from './expression/environment.ts';
import type { Handlers } from './handlers.ts';
import type { FrameVariables, ProgramVariable } from './program.ts';
import type { StoppedView, VariableSource, ViewFrame } from './stopped-view.ts';
import type { Value } from '../symbols/variables/value.ts';
import { causeIn, causeName } from '../guests/trap-cause.ts';
import { withValuesOnEntry } from './values-on-entry.ts';
import { formatOf, sourceOfVariables } from './variables.ts';

type Variable = DebugProtocol.Variable;

/** `scopes` and `variables`: the variables of a frame's function and the registers of its hart. */
export function scopeHandlers(context: SessionContext): Handlers {
  return {
    scopes: (args) => {
      const debuggee = stoppedDebuggee(context);
      return { body: { scopes: scopesOf(debuggee, context.view, context.view.frame(args.integer('frameId'))) } };
    },
    variables: (args) => {
      stoppedDebuggee(context);
      const source = context.view.variables(args.integer('variablesReference'));
      const start = Math.max(0, args.optionalInteger('start') ?? 0);
      const count = args.optionalInteger('count') ?? 0;
      const filter = args.optionalOneOf('filter', ['indexed', 'named']);
      if (filter !== undefined && (filter === 'indexed') !== (source.isIndexed ?? false)) {
        return { body: { variables: [] } };
      }
      return { body: { variables: source.list(start, count > 0 ? count : undefined, formatOf(args, context.view)) } };
    },
  };
}

function scopesOf(debuggee: Debuggee, view: StoppedView, frame: ViewFrame): DebugProtocol.Scope[] {
  view.lookAt(frame);
  // By its identifier: when a person changes something, the frame is another.
  const present = (): ViewFrame => view.frame(frame.id);
  const named = (name: string): Value | undefined =>
    environmentOf(debuggee, present(), view.changes).register(name.replace(/^\$/, ''));
  const scope = (name: string, variables: () => Variable[], hint?: 'registers'): DebugProtocol.Scope => ({
    name,
    variablesReference: view.reference({ ...listed(variables), valueNamed: named }),
    expensive: false,
    ...(hint === undefined ? {} : { presentationHint: hint }),
  });
  const variables = (): FrameVariables => debuggee.program.variables(present().frame, frame.inlineDepth);
  const { arguments: parameters, locals } = variables();
  const ofProgram = (
    name: string,
    hint: 'arguments' | 'locals',
    first: readonly ProgramVariable[],
    all: () => readonly ProgramVariable[],
  ): DebugProtocol.Scope[] => {
    if (first.length === 0) return [];
    const source = sourceOfVariables(all, view);
    return [{ name, variablesReference: view.reference(source), expensive: false, presentationHint: hint }];
  };
  return [
    ...ofProgram('Arguments', 'arguments', parameters, () =>
      withValuesOnEntry(variables().arguments, environmentOf(debuggee, present(), view.changes)),
    ),
    ...ofProgram('Locals', 'locals', locals, () => variables().locals),
    scope('Registers', () => integerRegisters(debuggee, view, present()), 'registers'),
    scope('Floating point', () => floatRegisters(debuggee, present())),
    scope('CSRs', () => csrVariables(debuggee, view, present())),
    ...deviceScopes(debuggee, view),
  ];
}

/** A list that is short enough to be made whole. */
function listed(variables: () => Variable[]): VariableSource {
  return {
    list: (start, count) => variables().slice(start, count === undefined ? undefined : start + count),
  };
}

/** pc and x0 to x31 as the frame has them: those that its callees saved are read back from the stack. */
function integerRegisters({ program }: Debuggee, view: StoppedView, { frame }: ViewFrame): Variable[] {
  const where = (value: bigint): string => {
    const symbol = program.symbolAt(value);
    if (symbol === undefined) return '';
    const offset = value - symbol.address;
    return offset === 0n ? ` <${symbol.name}>` : ` <${symbol.name}+${offset}>`;
  };
  const registers = integerRegisterNames.map((name, number): Variable => {
    const value = frame.register(number);
    if (value === undefined) return { name, value: 'not saved by the callee', variablesReference: 0 };
    return { ...pointer(name, value, where(value)), ...view.locationOfCode(value) };
  });
  return [{ ...pointer('pc', frame.pc, where(frame.pc)), ...view.locationOfCode(frame.pc) }, ...registers];
}

function pointer(name: string, value: bigint, where: string): Variable {
  return {
    name,
    value: formatRegister(value) + where,
    variablesReference: 0,
    evaluateName: name,
    memoryReference: formatAddress(value),
  };
}

/** f0 to f31 of the hart: what a callee saved of them is not looked for. */
function floatRegisters({ timeline }: Debuggee, { hart }: ViewFrame): Variable[] {
  return floatRegisterNames.map((name, number) => {
    const bits = timeline.harts[hart]?.readF(number) ?? 0n;
    return { name, value: `${formatRegister(bits)} ${floatText(bits)}`, variablesReference: 0, evaluateName: name };
  });
}

/** A single is boxed in a double's register by ones in the upper half (ISA manual, "NaN Boxing of Narrower Values"). */
function floatText(bits: bigint): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, bits);
  return bits >> 32n === 0xffff_ffffn ? `(float ${view.getFloat32(4)})` : `(double ${view.getFloat64(0)})`;
}

function csrVariables(debuggee: Debuggee, view: StoppedView, { id, hart }: ViewFrame): Variable[] {
  const read = ({ number }: Csr): bigint | undefined => debuggee.timeline.harts[hart]?.readCsr(number);
  const fieldsOf = (csr: Csr): VariableSource => ({
    ...listed(() => csr.fields.map((field) => fieldVariable(field, read(csr) ?? 0n))),
    valueNamed: (name) => environmentOf(debuggee, view.frame(id), view.changes).registerField(csr.name, name),
  });
  return csrs.flatMap((csr) => {
    const value = isIdle(csr) ? undefined : read(csr);
    return value === undefined ? [] : [csrVariable(csr, value, () => view.reference(fieldsOf(csr)))];
  });
}

/** The performance counters that count nothing would be two thirds of the list. */
function isIdle({ behaviour, name }: Csr): boolean {
  return behaviour.kind === 'constant' && name.includes('hpm');
}

function csrVariable(csr: Csr, value: bigint, openFields: () => number): Variable {
  const meaning = csr.name === 'scause' || csr.name === 'mcause' ? ` ${causeName(causeIn(value))}` : '';
  const fields = csr.fields;
  return {
    name: csr.name,
    value: formatRegister(value) + (meaning === '' ? summary(fields, value) : meaning),
    type: csr.description,
    evaluateName: csr.name,
    variablesReference: fields.length === 0 ? 0 : openFields(),
    ...(fields.length === 0 ? {} : { namedVariables: fields.length }),
    ...(isAddress(csr.name) ? { memoryReference: formatAddress(value) } : {}),
  };
}

function isAddress(name: string): boolean {
  return /^[sm](epc|tval|scratch)$/.test(name);
}

/** The fields of one bit that are set, and the others that have a named value: ` [SPP=Supervisor SUM]`. */
function summary(fields: readonly CsrField[], value: bigint): string {
  const parts = fields.flatMap((field) => {
    const content = contentOf(field, value);
    const name = field.values?.[Number(content)];
    if (name !== undefined) return [`${field.name}=${name}`];
    return field.high === field.low && content === 1n ? [field.name] : [];
  });
  return parts.length === 0 ? '' : ` [${parts.join(' ')}]`;
}

function fieldVariable(field: CsrField, value: bigint): Variable {
  const content = contentOf(field, value);
  const name = field.values?.[Number(content)];
  const wide = field.high - field.low >= 4;
  const text = wide ? formatAddress(content) : String(content);
  return {
    name: field.name,
    value: name === undefined ? text : `${text} (${name})`,
    type: field.description,
    variablesReference: 0,
  };
}

function contentOf({ high, low }: CsrField, value: bigint): bigint {
  return BigInt.asUintN(high - low + 1, value >> BigInt(low));
}
