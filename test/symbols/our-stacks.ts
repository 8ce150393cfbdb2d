import { readFileSync } from 'node:fs';
import { HartState } from '../../adapter/session/motion/hart-state.ts';
import type { UnwindContext } from '../../adapter/session/program.ts';
import { SymbolsProgram } from '../../adapter/session/symbols-program.ts';
import type { Frame } from '../../adapter/symbols/frames/unwind.ts';
import type { UnwindContext as SymbolContext } from '../../adapter/symbols/frames/unwind-context.ts';
import { Program } from '../../adapter/symbols/program.ts';
import { sizeOf, strip, type Type } from '../../adapter/symbols/types/type.ts';
import { typeName } from '../../adapter/symbols/types/type-name.ts';
import { Value } from '../../adapter/symbols/variables/value.ts';
import type { TimelineContract } from '../../emulator/replay/timeline.ts';
import {
  DEEPEST_FRAME,
  DEEPEST_PART,
  MOST_ELEMENTS,
  MOST_PARTS,
  type Assumption,
  type ToldFrame,
  type ToldPart,
  type ToldRun,
  type ToldStack,
  type ToldVariable,
} from './told-stack.ts';

/** Goes to moments of a recording and tells the stack there, as a session shows it. */
export async function ourStacks(
  timeline: TimelineContract,
  symbols: Program,
  moments: readonly number[],
): Promise<ToldRun> {
  const program = new SymbolsProgram(symbols);
  const bodies = new Map<string, readonly string[]>();
  const stacks: ToldStack[] = [];
  for (const moment of moments) {
    await timeline.travelTo(moment);
    const context = new HartState(timeline, program, 0).unwindContext();
    const teller = new Teller(symbols, program, context, bodies);
    const frames: ToldFrame[] = [];
    const entered: ToldFrame[] = [];
    const physical: Frame[] = [];
    for (const frame of symbols.unwind(symbolContext(context))) {
      if (frames.length >= DEEPEST_FRAME) break;
      physical.push(frame);
      const functions = teller.functions(frame, false);
      frames.push(...(frame.level === 0 ? teller.functions(frame, true) : functions));
      entered.push(...functions);
    }
    stacks.push({
      counter: moment,
      isReturn: await isReturnTo(physical.slice(1), timeline, symbols, program),
      frames: frames.slice(0, DEEPEST_FRAME),
      entered: entered.length > frames.length ? entered.slice(0, DEEPEST_FRAME) : undefined,
    });
  }
  return { stacks, bodies };
}

/** Whether the next step is a return that leads to the callers which were told, as the stack behind it shows. */
async function isReturnTo(
  callers: readonly Frame[],
  timeline: TimelineContract,
  symbols: Program,
  program: SymbolsProgram,
): Promise<boolean> {
  const { bytes } = timeline.readVirtual(0, timeline.harts[0]?.pc ?? 0n, 2);
  if (bytes[0] !== C_RET[0] || bytes[1] !== C_RET[1]) return false;
  await timeline.step(1);
  const behind = new HartState(timeline, program, 0).unwindContext();
  // A function that ended by a tail call has no frame that is returned to.
  const real = (frames: readonly Frame[]): readonly bigint[] =>
    frames.filter(({ origin }) => origin !== 'tail-call').map(({ pc }) => pc);
  const pcs = real([...symbols.unwind(symbolContext(behind))]);
  return callers.length > 0 && real(callers).every((pc, at) => pcs[at] === pc);
}

/** `ret`, compressed. */
const C_RET = [0x82, 0x80];

/** A program read from a file. */
export function loadProgram(path: string, bias = 0n): Program {
  return Program.load(path, readFileSync(path), { bias });
}

/** Tells frames of one stack. */
class Teller {
  constructor(
    private readonly symbols: Program,
    private readonly program: SymbolsProgram,
    private readonly context: UnwindContext,
    private readonly bodies: Map<string, readonly string[]>,
  ) {}

  /** The functions at a frame's pc, the innermost first. In one that is about to be entered the hart does not stand yet. */
  functions(frame: Frame, isBefore: boolean): ToldFrame[] {
    const { pc, lookupAddress } = frame;
    const functions = isBefore ? this.program.functionsBefore(pc) : this.program.functionsAt(lookupAddress);
    if (functions.length === 0) {
      const name = this.program.symbolAt(lookupAddress)?.name ?? null;
      return [{ function: name, file: null, line: 0, kind: 'normal', pc: hex(pc), variables: [] }];
    }
    const notEntered = this.symbols.functionsAt(lookupAddress).length - functions.length;
    return functions.map(({ name, position }, inner) => ({
      function: name,
      file: position?.file.path ?? null,
      line: position?.line ?? 0,
      kind: inner < functions.length - 1 ? 'inlined' : frame.origin === 'tail-call' ? 'tail-call' : 'normal',
      pc: hex(pc),
      isInPatchableNops: pc < (this.symbols.functionStart(pc) ?? 0n),
      variables: this.variables(frame, notEntered + inner),
    }));
  }

  private variables(frame: Frame, inlineDepth: number): ToldVariable[] {
    const present = this.values(frame, inlineDepth);
    const others = assumptions.map(({ name, of }) => ({
      name,
      values: this.values(of(frame, this.context), inlineDepth),
    }));
    return present.map(({ value, argument }, index) => {
      addBody(value.type, this.bodies);
      const parts = partsOf(value);
      const symbol = this.symbols.lookupSymbol(value.name);
      const isExtern = symbol?.binding === 'global' && symbol.address === value.address;
      const told = { name: value.name, argument, type: inGdbsNotation(value), parts, isExtern };
      const otherwise: Partial<Record<Assumption, readonly ToldPart[]>> = {};
      for (const { name, values } of others) {
        const assumed = values[index] === undefined ? parts : partsOf(values[index].value);
        if (JSON.stringify(assumed) !== JSON.stringify(parts)) otherwise[name] = assumed;
      }
      const filled = withZeroesBehind(value);
      if (filled !== undefined) otherwise['what no piece describes is zero'] = partsOf(filled);
      return { ...told, otherwise };
    });
  }

  private values(frame: Frame, inlineDepth: number): { readonly value: Value; readonly argument: boolean }[] {
    const { arguments: parameters, locals } = this.symbols.variables(frame, inlineDepth);
    return [
      ...parameters.map((value) => ({ value, argument: true })),
      ...locals.map((value) => ({ value, argument: false })),
    ];
  }
}

const assumptions: readonly { name: Assumption; of: (frame: Frame, context: UnwindContext) => Frame }[] = [
  { name: 'unsaved registers are unchanged', of: withUnsavedRegisters },
  { name: 'no value on entry is known', of: (frame) => copyOf(frame, frame.readRegister.bind(frame), undefined) },
  { name: 'values on entry are computed in the function itself', of: calledByItself },
];

function calledByItself(frame: Frame, context: UnwindContext): Frame {
  const { caller, canonicalFrameAddress } = frame;
  const read = (register: number): bigint | undefined => frame.readRegister(register) ?? context.register(register);
  return copyOf(frame, read, caller && { ...copyOf(caller, read, caller.caller), canonicalFrameAddress });
}

function withUnsavedRegisters(frame: Frame, context: UnwindContext): Frame {
  const { caller } = frame;
  const read = (register: number): bigint | undefined => frame.readRegister(register) ?? context.register(register);
  return copyOf(frame, read, caller && withUnsavedRegisters(caller, context));
}

/** A value in pieces whose last ones are missing, with zeroes in their place. */
function withZeroesBehind({ name, type, place, context, expression }: Value): Value | undefined {
  if (place.kind !== 'value') return undefined;
  const end = BigInt(place.known.toString(2).length);
  const size = BigInt(8 * (sizeOf(type) ?? 0));
  if (end >= size) return undefined;
  const known = place.known | (((1n << (size - end)) - 1n) << end);
  return new Value(name, type, { ...place, known }, context, expression);
}

/** A frame with some of its knowledge replaced. */
function copyOf(frame: Frame, readRegister: Frame['readRegister'], caller: Frame | undefined): Frame {
  const { pc, level, lookupAddress, canonicalFrameAddress, origin, interruption } = frame;
  const readMemory = frame.readMemory.bind(frame);
  return { pc, level, lookupAddress, canonicalFrameAddress, origin, interruption, readRegister, readMemory, caller };
}

/** What unwinding wants, from what a session has. */
export function symbolContext({ pc, register, read }: UnwindContext): SymbolContext {
  return { pc, readRegister: register, readMemory: read };
}

function partsOf(value: Value): readonly ToldPart[] {
  const parts: ToldPart[] = [];
  addParts(value, '', 0, parts);
  return parts;
}

function addParts(value: Value, path: string, depth: number, found: ToldPart[]): void {
  if (found.length >= MOST_PARTS) return;
  const type = strip(value.type);
  if (type.kind === 'structure' || type.kind === 'array') {
    if (depth === DEEPEST_PART) return;
    const children = value.children(0, type.kind === 'array' ? MOST_ELEMENTS : undefined);
    for (const [index, child] of children.entries()) {
      const member = type.kind === 'structure' ? type.members()[index] : undefined;
      // Of a Rust enum the variant that it is stands behind the members.
      const name = type.kind === 'structure' && index >= type.members().length ? child.name : (member?.name ?? '');
      addParts(child, type.kind === 'array' ? `${path}[${index}]` : `${path}.${name}`, depth + 1, found);
    }
    if (children.length === 0 && value.text.startsWith('<')) found.push([path, value.text.slice(1, -1)]);
    return;
  }
  if (type.kind === 'base' && type.encoding === 'float' && type.size !== 4 && type.size !== 8) return;
  const contents = value.read();
  found.push([path, contents.kind === 'bits' ? hex(contents.value) : contents.reason]);
}

/** gdb takes no notice of what kinds of pointers Rust has, and writes all as `*mut`. */
function inGdbsNotation(value: Value): string {
  return isNamedPointer(value.type) ? gdbTypeName(value.type) : value.typeName;
}

function isNamedPointer(type: Type): boolean {
  const target = type.kind === 'array' ? type.element : type;
  return target.kind === 'pointer' && target.isRust === true;
}

function gdbTypeName(type: Type): string {
  if (type.kind === 'pointer' && type.isRust === true) return `*mut ${gdbTypeName(type.target())}`;
  if (type.kind === 'array' && type.isRust === true && type.count.kind === 'fixed') {
    return `[${gdbTypeName(type.element)}; ${type.count.count}]`;
  }
  if (type.kind === 'function' && type.isRust === true) {
    const result = type.result();
    const returned = result.kind === 'void' ? '' : ` -> ${gdbTypeName(result)}`;
    return `fn (${type.parameters().map(gdbTypeName).join(', ')})${returned}`;
  }
  return typeName(type);
}

/** What the record or enumeration that a type leads to holds. */
function addBody(type: Type, bodies: Map<string, readonly string[]>): void {
  let target = strip(type);
  while (target.kind === 'pointer' || target.kind === 'array') {
    target = strip(target.kind === 'pointer' ? target.target() : target.element);
  }
  if ((target.kind !== 'structure' && target.kind !== 'enumeration') || target.name === undefined) return;
  const key = `${typeName(target)} ${sizeOf(target) ?? 0}`;
  if (bodies.has(key)) return;
  if (target.kind === 'enumeration') {
    const value = (of: bigint): string => hex(BigInt.asUintN(64, of));
    bodies.set(
      key,
      target.enumerators().map((one) => `${one.name} = ${value(one.value)}`),
    );
    return;
  }
  const members = target.members().map(({ name = '', type: of, bitOffset, bitSize = 0 }) => {
    return `${name} ${gdbTypeName(of)} at ${bitOffset}:${bitSize}`;
  });
  bodies.set(key, members);
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
