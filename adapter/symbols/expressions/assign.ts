import { sizeOf, strip, type ArrayType, type Type } from '../types/type.ts';
import { typeName } from '../types/type-name.ts';
import { readBits } from '../variables/place.ts';
import { Value } from '../variables/value.ts';
import { computeBinary, convert } from './arithmetic.ts';
import type { ExpressionEnvironment } from './environment.ts';
import { Evaluator } from './evaluate.ts';
import { ExpressionError, type Span } from './expression-error.ts';
import { bitsOf, integerShape, scalarOf, type Scalar } from './scalar.ts';
import type { Syntax } from './syntax.ts';

/** What an assignment writes: an object, and the bits that it gets, as many as it has. */
export interface Assignment {
  readonly target: Value;
  readonly bits: bigint;
}

/** The largest object that is assigned as a whole, in bytes. */
const LARGEST_OBJECT = 65_536;

/**
 * What the assignments of a text write, in order: `a = 1`, `a += 2`, `a++`, `a = b = 0`. Undefined for one that is no
 * assignment. Throws ExpressionError.
 */
export function assignmentsOf(text: string, environment: ExpressionEnvironment): readonly Assignment[] | undefined {
  const evaluator = new Evaluator(text, environment);
  const syntax = evaluator.parse();
  if (syntax.kind !== 'assignment') return undefined;
  const made: Assignment[] = [];
  assign(evaluator, syntax, made);
  return made;
}

/** What writing the value of a text to an object writes. Throws ExpressionError. */
export function assignmentTo(target: Value, text: string, environment: ExpressionEnvironment): Assignment {
  requireWritable(target, { start: 0, end: text.length });
  const named = enumeratorNamed(target, text.trim());
  if (named !== undefined) return { target, bits: named };
  const evaluator = new Evaluator(text, environment);
  const syntax = evaluator.parse();
  return { target, bits: contentOf(target, evaluator, syntax) };
}

/** Why an object cannot be written, as a sentence; undefined when it can. */
export function whyNotWritable(value: Value): string | undefined {
  const { place, expression } = value;
  if (place.kind === 'unavailable') return `${expression} cannot be changed: ${place.reason}.`;
  if (place.kind === 'value' && place.home === undefined) {
    if (/^\$\w+$/.test(expression)) return `${expression} cannot be changed in this frame: only in the innermost one.`;
    return `${expression} is no object in memory or in a register: it cannot be changed.`;
  }
  const size = value.size ?? 0;
  if (size === 0 || size > LARGEST_OBJECT) return `A ${value.typeName} cannot be changed as a whole.`;
  if (place.kind === 'value' && place.home !== undefined && place.home.shift + sizeInBits(value) > 64) {
    return `${expression} lies in more than one register: change those.`;
  }
  return undefined;
}

function sizeInBits(value: Value): number {
  const { bitField } = value;
  return bitField === undefined ? (value.size ?? 0) * 8 : bitField.bitOffset + bitField.bitSize;
}

function requireWritable(value: Value, span: Span): void {
  const why = whyNotWritable(value);
  if (why !== undefined) throw new ExpressionError(why, span);
}

/** Gives the bits that the target gets, after those that are assigned within. */
function assign(evaluator: Evaluator, syntax: Syntax & { readonly kind: 'assignment' }, made: Assignment[]): Value {
  const { target: place, operator, value, span } = syntax;
  const target = evaluator.evaluate(place);
  requireWritable(target, place.span);
  let bits: bigint;
  if (value.kind === 'assignment') {
    const inner = assign(evaluator, value, made);
    bits = scalarContent(target, scalarOf(inner, value.span, false), value.span);
  } else if (operator === undefined) {
    bits = contentOf(target, evaluator, value);
  } else {
    // The result wraps as C has it (C17, 6.5.16.2); only what is written outright has to fit.
    const computed = computeBinary(operator, evaluator.scalar(place), evaluator.scalar(value), span);
    bits = BigInt.asUintN(sizeInBitsOf(target), bitsOf(convert(computed, target.type, span)));
  }
  made.push({ target, bits });
  const { name, type, context, expression } = target;
  return new Value(
    name,
    type,
    { kind: 'value', value: bits, known: (1n << BigInt(sizeInBitsOf(target))) - 1n },
    context,
    expression,
  );
}

function sizeInBitsOf(value: Value): number {
  return value.bitSize ?? (value.size ?? 0) * 8;
}

function contentOf(target: Value, evaluator: Evaluator, syntax: Syntax): bigint {
  const { span } = syntax;
  const bare = strip(target.type);
  if (bare.kind === 'array' && syntax.kind === 'string') return textContent(target, bare, syntax.bytes, span);
  if (bare.kind === 'structure' || bare.kind === 'array')
    return objectContent(target, evaluator.evaluate(syntax), span);
  if (syntax.kind === 'string') {
    throw new ExpressionError(
      'The characters of this string are nowhere in the guest, so nothing can point to them.',
      span,
    );
  }
  const named =
    syntax.kind === 'name' && syntax.path.length === 1 ? enumeratorNamed(target, syntax.path[0] ?? '') : undefined;
  return named ?? scalarContent(target, evaluator.scalar(syntax), span);
}

/** The enumerator of the target's own type that a name means, in whatever scope that is. */
function enumeratorNamed({ type, bitSize, size }: Value, name: string): bigint | undefined {
  const bare = strip(type);
  if (bare.kind !== 'enumeration') return undefined;
  const found = bare.enumerators().find((one) => one.name === name || one.name.endsWith(`::${name}`));
  return found && BigInt.asUintN(bitSize ?? (size ?? 8) * 8, found.value);
}

function scalarContent(target: Value, scalar: Scalar, span: Span): bigint {
  const { type, bitSize } = target;
  const bare = strip(type);
  if (bare.kind === 'unknown') return BigInt.asUintN((bare.size ?? 0) * 8, bitsOf(scalar));
  if (scalar.kind !== 'float' && (bare.kind === 'base' || bare.kind === 'enumeration')) {
    const isNumber = bare.kind === 'base' && (bare.encoding === 'float' || bare.encoding === 'boolean');
    if (!isNumber) return fitting(target, type, scalar.value, bitSize ?? bare.size * 8, span);
  }
  if (scalar.kind === 'float' && bare.kind === 'base' && bare.encoding !== 'float' && bare.encoding !== 'boolean') {
    if (!Number.isInteger(scalar.value)) {
      throw new ExpressionError(
        `${scalar.value} is no integer, as ${typeName(type)} is: write a cast to cut it off.`,
        span,
      );
    }
    return fitting(target, type, BigInt(scalar.value), bitSize ?? bare.size * 8, span);
  }
  const bits = bitsOf(convert(scalar, type, span));
  return bitSize === undefined ? bits : BigInt.asUintN(bitSize, bits);
}

/** The bits of a number, of either sign; throws for one that has more than there is room for. */
function fitting(target: Value, type: Type, value: bigint, bits: number, span: Span): bigint {
  const smallest = -(1n << BigInt(bits - 1));
  const largest = (1n << BigInt(bits)) - 1n;
  if (value >= smallest && value <= largest) return BigInt.asUintN(bits, value);
  const { isSigned } = integerShape(type);
  const [low, high] = isSigned ? [smallest, -smallest - 1n] : [0n, largest];
  const what = target.bitSize === undefined ? typeName(type) : `a bit-field of ${bits} bits`;
  throw new ExpressionError(`${value} does not fit into ${what}: ${low} to ${high}.`, span);
}

/** A string and the zeros behind it. */
function textContent(target: Value, { element }: ArrayType, bytes: readonly number[], span: Span): bigint {
  const size = target.size ?? 0;
  if (sizeOf(element) !== 1) throw new ExpressionError(`A string is no ${target.typeName}.`, span);
  if (bytes.length > size) {
    throw new ExpressionError(`The string has ${bytes.length} bytes, ${target.expression} has room for ${size}.`, span);
  }
  return [...bytes].reverse().reduce((bits, byte) => (bits << 8n) | BigInt(byte), 0n);
}

/** Another object of the same size and kind. */
function objectContent(target: Value, source: Value, span: Span): bigint {
  // Qualifiers and typedefs make no other object of it.
  const isSame = typeName(strip(source.type)) === typeName(strip(target.type)) && source.size === target.size;
  if (!isSame) {
    throw new ExpressionError(`A ${source.typeName} cannot become a ${target.typeName}.`, span);
  }
  const contents = readBits(source.place, 0, (source.size ?? 0) * 8, source.context);
  if (contents.kind === 'bits') return contents.value;
  throw new ExpressionError(`The value of ${source.expression} cannot be had: ${contents.reason}.`, span);
}
