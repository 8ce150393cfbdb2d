import { fromAddress, toAddress } from '../address.ts';
import { baseTypeAt } from '../dwarf/base-type.ts';
import { DW_AT, DW_TAG } from '../dwarf/constants.ts';
import { toNumber } from '../dwarf/attribute-value.ts';
import type { Entry } from '../dwarf/entry.ts';
import { evaluateLocation, evaluateValue, littleEndian, type ExpressionContext } from '../dwarf/expression.ts';
import { UnavailableError } from '../dwarf/unavailable-error.ts';
import { expressionAt, indexedAddress } from '../dwarf/location-list.ts';
import { functionOf, originsOf, type Scope } from '../dwarf/scope.ts';
import type { Unit } from '../dwarf/unit.ts';
import type { Frame } from '../frames/unwind.ts';
import type { UnwindContext } from '../frames/unwind-context.ts';
import type { Image } from '../image.ts';
import { recover, SymbolError } from '../symbol-error.ts';
import { childrenOf } from '../types/type-reader.ts';
import { sizeOf, type ArrayType, type Type } from '../types/type.ts';
import { entryValue, parameterAt } from './entry-value.ts';
import { frameBase } from './frame-base.ts';
import { OPTIMIZED_OUT, placeOf, type Place } from './place.ts';
import { Value, type Declaration, type ValueContext } from './value.ts';

/** The variables that a function has at a place, innermost block first; a name may be in several blocks. */
export interface FrameVariables {
  readonly arguments: readonly Value[];
  readonly locals: readonly Value[];
}

/** What a variable's location may ask of the frame it belongs to. `bias` moves linked addresses to loaded ones. */
interface Surroundings {
  readonly image: Image;
  readonly bias: bigint;
  /** Undefined for variables of a file, which belong to no frame. */
  readonly frame: Frame | undefined;
  readonly scope: Scope | undefined;
  readonly context: UnwindContext;
}

/**
 * The variables of the function at a frame's pc; of functions inlined there, those of the one that `inlineDepth`
 * counts from the innermost out.
 */
export function variablesOfFrame(image: Image, bias: bigint, frame: Frame, inlineDepth: number): FrameVariables {
  const scopes = scopesOfFunction(image, frame.lookupAddress - bias, inlineDepth);
  const values: Record<'arguments' | 'locals', Value[]> = { arguments: [], locals: [] };
  const surroundings: Surroundings = { image, bias, frame, scope: scopes[0], context: frame };
  for (const scope of scopes) {
    for (const { unit, entry } of variableEntries(image, scope)) {
      const value = recover(() => valueOf({ ...surroundings, scope }, unit, entry), undefined, image.onError);
      if (value === undefined) continue;
      values[entry.tag === DW_TAG.formal_parameter ? 'arguments' : 'locals'].push(value);
    }
  }
  return values;
}

/** The variables of the file that an address belongs to, in the order of the file: functions aside. */
export function variablesOfFile(image: Image, bias: bigint, address: bigint, context: UnwindContext): Value[] {
  const unit = image.units.find(toAddress(address - bias));
  if (unit === undefined) return [];
  const values: Value[] = [];
  for (const entry of fileVariables(image, unit)) {
    const value = globalValue(image, bias, unit, entry, context);
    if (value !== undefined) values.push(value);
  }
  return values;
}

/** The variable of this name that belongs to no function; one in the file of `near` rather than another. */
export function variableNamed(
  image: Image,
  bias: bigint,
  name: string,
  near: bigint | undefined,
  context: UnwindContext,
): Value | undefined {
  const here = near === undefined ? undefined : image.units.find(toAddress(near - bias));
  const others = image.unitsMentioning(name);
  for (const unit of here === undefined ? others : [here, ...others]) {
    for (const entry of fileVariables(image, unit)) {
      const value = nameOf(image, unit, entry) === name ? globalValue(image, bias, unit, entry, context) : undefined;
      if (value !== undefined) return value;
    }
  }
  return undefined;
}

/** From the innermost block at an address to the function, or inlined copy, that is asked for. */
export function scopesOfFunction(image: Image, address: bigint, inlineDepth: number): Scope[] {
  let scope = image.scopeAt(toAddress(address));
  for (let skipped = 0; skipped < inlineDepth && scope !== undefined; scope = scope.parent) {
    if (scope.kind !== 'block') skipped++;
  }
  const scopes: Scope[] = [];
  for (; scope !== undefined; scope = scope.parent) {
    scopes.push(scope);
    if (scope.kind !== 'block') break;
  }
  return scopes;
}

/** The variables that a block declares. Those that its origin declares but no code was made for come last. */
export function* variableEntries(image: Image, scope: Scope): Generator<{ unit: Unit; entry: Entry }> {
  const { unit } = scope;
  const described = new Set<number>();
  for (const child of childrenOf(unit, scope.entry)) {
    for (const origin of originsOf(image.info, unit, child)) described.add(origin.entry.offset);
  }
  for (const entry of declarationsIn(unit, scope.entry)) yield { unit, entry };
  const origin = scope.entry.get(DW_AT.abstract_origin);
  if (origin?.kind !== 'reference') return;
  const abstract = image.info.entryAt(origin.offset);
  for (const entry of declarationsIn(abstract.unit, abstract.entry, described)) yield { unit: abstract.unit, entry };
}

/**
 * The variables that an entry declares, but for children that are `described` elsewhere. Blocks within it that have no
 * code are as if they were not there.
 */
function* declarationsIn(unit: Unit, parent: Entry, described?: ReadonlySet<number>): Generator<Entry> {
  for (const entry of childrenOf(unit, parent)) {
    if (described?.has(entry.offset) === true) continue;
    if (isVariable(entry)) yield entry;
    else if (entry.tag === DW_TAG.lexical_block && !hasCode(entry)) yield* declarationsIn(unit, entry);
  }
}

function hasCode(entry: Entry): boolean {
  return entry.get(DW_AT.low_pc) !== undefined || entry.get(DW_AT.ranges) !== undefined;
}

function isVariable({ tag }: Entry): boolean {
  return tag === DW_TAG.variable || tag === DW_TAG.formal_parameter;
}

/** The entries of a unit's own variables, in the order of the file. */
function fileVariables(image: Image, unit: Unit): Entry[] {
  return recover(
    () => [...childrenOf(unit, unit.root)].filter(({ tag }) => tag === DW_TAG.variable),
    [],
    image.onError,
  );
}

/** The variable of an entry that belongs to no call of a function. Undefined for a declaration of what another file defines. */
export function globalValue(
  image: Image,
  bias: bigint,
  unit: Unit,
  entry: Entry,
  context: UnwindContext,
): Value | undefined {
  if (entry.get(DW_AT.location) === undefined && entry.get(DW_AT.const_value) === undefined) return undefined;
  const surroundings: Surroundings = { image, bias, frame: undefined, scope: undefined, context };
  return recover(() => valueOf(surroundings, unit, entry), undefined, image.onError);
}

/** The name of a variable's entry, or of its origin. */
export function nameOf(image: Image, unit: Unit, entry: Entry): string | undefined {
  for (const origin of originsOf(image.info, unit, entry)) {
    const name = origin.unit.string(origin.entry.get(DW_AT.name));
    if (name !== undefined) return name;
  }
  return undefined;
}

function typeOf(image: Image, unit: Unit, entry: Entry): Type {
  for (const origin of originsOf(image.info, unit, entry)) {
    if (origin.entry.get(DW_AT.type) !== undefined) return image.types.typeOf(origin.unit, origin.entry);
  }
  return { kind: 'void' };
}

function valueOf(surroundings: Surroundings, unit: Unit, entry: Entry): Value | undefined {
  const { image } = surroundings;
  const name = nameOf(image, unit, entry);
  // What the compiler made up for itself, such as the size of a variable-length array, has no name.
  if (name === undefined) return undefined;
  const type = typeOf(image, unit, entry);
  const place = findPlace(surroundings, unit, entry, type, name);
  const declaration = declarationOf(image, unit, entry);
  return new Value(name, type, place, valueContext(surroundings), name, undefined, undefined, declaration);
}

/** Where the program declares what an entry, or its origin, is of; undefined when it does not say. */
function declarationOf(image: Image, unit: Unit, entry: Entry): (() => Declaration | undefined) | undefined {
  for (const origin of originsOf(image.info, unit, entry)) {
    const line = toNumber(origin.entry.get(DW_AT.decl_line));
    const file = toNumber(origin.entry.get(DW_AT.decl_file));
    if (line === undefined || file === undefined) continue;
    return () => {
      const path = image.lines.pathOf(origin.unit, file);
      return path === undefined ? undefined : { path, line };
    };
  }
  return undefined;
}

function valueContext(surroundings: Surroundings): ValueContext {
  const { image, context, bias } = surroundings;
  return {
    pc: context.pc,
    readRegister: (register) => context.readRegister(register),
    readMemory: (address, length) => context.readMemory(address, length),
    registerHome: (register) => context.registerHome?.(register),
    countElements: (array) => countElements(surroundings, array),
    describeAddress: (address) => image.describeAddress(address - bias),
  };
}

function findPlace(surroundings: Surroundings, unit: Unit, entry: Entry, type: Type, name: string): Place {
  const { image, frame, bias, context } = surroundings;
  for (const origin of originsOf(image.info, unit, entry)) {
    const constant = origin.entry.get(DW_AT.const_value);
    if (constant?.kind === 'constant') return known(BigInt.asUintN(64, constant.value), 64);
    if (constant?.kind === 'block') return known(littleEndian(constant.bytes), constant.bytes.length * 8);
    const text = origin.unit.string(constant);
    if (text !== undefined) return textOf(text, sizeOf(type) ?? 0);
  }
  const location = entry.get(DW_AT.location);
  if (location === undefined) return entry.has(DW_AT.declaration) ? placeElsewhere(image, bias, name) : OPTIMIZED_OUT;
  try {
    const pc = frame === undefined ? 0n : frame.lookupAddress - bias;
    const expression = expressionAt(unit, location, toAddress(pc));
    if (expression === undefined || expression.length === 0) return OPTIMIZED_OUT;
    const found = evaluateLocation(expression, expressionContext(surroundings, unit), unit.header.offsetSize);
    return placeOf(found, sizeOf(type) ?? 0, context);
  } catch (error) {
    if (error instanceof UnavailableError) return { kind: 'unavailable', reason: error.message };
    if (error instanceof SymbolError) {
      image.onError(error);
      return { kind: 'unavailable', reason: 'its location is damaged in the file' };
    }
    throw error;
  }
}

/** GCC writes the text of a `__func__` that no memory holds as a constant, without its NUL. */
function textOf(text: string, size: number): Place {
  if (size > LONGEST_TEXT) return { kind: 'unavailable', reason: `it is a constant text of ${size} bytes` };
  return known(littleEndian(new TextEncoder().encode(text).subarray(0, size)), size * 8);
}

/** Bytes: what is longer is of a damaged file. */
const LONGEST_TEXT = 0x1000;

function known(value: bigint, bits: number): Place {
  return { kind: 'value', value, known: (1n << BigInt(bits)) - 1n };
}

/** `extern` within a function: the symbol table knows where. */
function placeElsewhere(image: Image, bias: bigint, name: string): Place {
  const symbol = image.symbols.named(name).find(({ binding }) => binding !== 'local');
  if (symbol === undefined) return OPTIMIZED_OUT;
  return { kind: 'memory', address: BigInt.asUintN(64, fromAddress(symbol.address) + bias) };
}

function expressionContext(surroundings: Surroundings, unit: Unit): ExpressionContext {
  const { context, frame, bias, image, scope } = surroundings;
  return {
    readRegister: (register) => context.readRegister(register),
    readMemory: (address, length) => context.readMemory(address, length),
    frameBase: () => frame && scope && frameBase(functionOf(scope), frame, bias),
    canonicalFrameAddress: () => frame?.canonicalFrameAddress,
    addressAt: (index) => indexedAddress(unit, index),
    baseType: (offset) => baseTypeAt(unit, offset),
    bias,
    entryValue: (expression) =>
      frame && scope && entryValue({ image, bias }, frame, functionOf(scope), { kind: 'location', bytes: expression }),
    parameterOnEntry: (offset) =>
      frame && scope && entryValue({ image, bias }, frame, functionOf(scope), parameterAt(unit, offset)),
    expressionOf: (offset, relativeTo) => {
      const at = relativeTo === 'unit' ? unit.header.unitOffset + offset : unit.entryOffset(offset);
      const target = image.info.entryAt(at);
      const location = target.entry.get(DW_AT.location);
      const pc = frame === undefined ? 0n : frame.lookupAddress - bias;
      return location && expressionAt(target.unit, location, toAddress(pc));
    },
  };
}

/** How many elements an array has whose last index the program computes: an expression, or a hidden variable. */
function countElements(surroundings: Surroundings, { count }: ArrayType): number | undefined {
  if (count.kind !== 'computed') return count.kind === 'fixed' ? count.count : undefined;
  const { image } = surroundings;
  const { lastIndex, unit } = count;
  const read = (): number | undefined => {
    try {
      if (lastIndex.kind === 'block') {
        return Number(BigInt.asIntN(64, evaluateValue(lastIndex.bytes, expressionContext(surroundings, unit)))) + 1;
      }
      if (lastIndex.kind !== 'reference') return undefined;
      const hidden = image.info.entryAt(lastIndex.offset);
      const type = typeOf(image, hidden.unit, hidden.entry);
      const place = findPlace(surroundings, hidden.unit, hidden.entry, type, '');
      const contents = new Value('', type, place, valueContext(surroundings), '').read();
      return contents.kind === 'bits' ? Number(BigInt.asIntN(64, contents.value)) + 1 : undefined;
    } catch (error) {
      if (error instanceof UnavailableError) return undefined;
      throw error;
    }
  };
  return recover(read, undefined, image.onError);
}
