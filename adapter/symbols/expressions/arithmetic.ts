import { sizeOf, strip, type BaseType, type PointerType, type Type } from '../types/type.ts';
import { typeName } from '../types/type-name.ts';
import { INT, LONG } from './c-types.ts';
import { ExpressionError, type Span } from './expression-error.ts';
import { commonInteger, integerShape, isTrue, promoted, wrapped, type Scalar } from './scalar.ts';
import type { ArithmeticOperator, ComparisonOperator, UnaryOperator } from './syntax.ts';

/** `left operator right` (C17, 6.5.5 to 6.5.12). What C leaves undefined has the result that the hart's instructions have. */
export function computeBinary(operator: ArithmeticOperator, left: Scalar, right: Scalar, span: Span): Scalar {
  if (left.kind === 'pointer' || right.kind === 'pointer') return computePointer(operator, left, right, span);
  if (left.kind === 'float' || right.kind === 'float') {
    const type = commonFloat(left, right);
    return {
      kind: 'float',
      type,
      value: rounded(type, computeFloat(operator, Number(left.value), Number(right.value), span)),
    };
  }
  if (operator === '<<' || operator === '>>') {
    const type = promoted(left.type);
    const bits = BigInt(type.size * 8);
    const distance = BigInt.asUintN(64, right.value) % bits;
    const value = wrapped(type, left.value).value;
    return wrapped(type, operator === '<<' ? value << distance : value >> distance);
  }
  const type = commonInteger(left.type, right.type);
  const a = wrapped(type, left.value).value;
  const b = wrapped(type, right.value).value;
  return wrapped(type, computeInteger(operator, a, b, span));
}

function computeInteger(operator: Exclude<ArithmeticOperator, '<<' | '>>'>, a: bigint, b: bigint, span: Span): bigint {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
    case '%':
      if (b === 0n) throw new ExpressionError('This divides by zero.', span);
      return operator === '/' ? a / b : a % b;
    case '&':
      return a & b;
    case '|':
      return a | b;
    case '^':
      return a ^ b;
  }
}

function computeFloat(operator: ArithmeticOperator, a: number, b: number, span: Span): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    default:
      throw new ExpressionError(`"${operator}" is for integers: convert with a cast.`, span);
  }
}

function commonFloat(left: Scalar, right: Scalar): BaseType {
  if (left.kind !== 'float') return right.kind === 'float' ? right.type : INT;
  return right.kind === 'float' && right.type.size > left.type.size ? right.type : left.type;
}

function rounded(type: BaseType, value: number): number {
  return type.size === 4 ? Math.fround(value) : value;
}

/** Bytes from one element to the next; of void and functions 1, as GCC has it. */
function stride(type: PointerType, span: Span): bigint {
  const target = type.target();
  const size = sizeOf(target);
  if (size !== undefined) return BigInt(size);
  const { kind } = strip(target);
  if (kind === 'void' || kind === 'function') return 1n;
  throw new ExpressionError(
    `The size of ${typeName(target)} is not known, so its pointers cannot be computed with.`,
    span,
  );
}

function computePointer(operator: ArithmeticOperator, left: Scalar, right: Scalar, span: Span): Scalar {
  if (left.kind === 'pointer' && right.kind === 'pointer' && operator === '-') {
    const size = stride(left.type, span);
    if (size === 0n) throw new ExpressionError('The objects pointed to have no size.', span);
    return { kind: 'integer', type: LONG, value: BigInt.asIntN(64, left.value - right.value) / size };
  }
  if (left.kind === 'pointer' && right.kind === 'integer' && (operator === '+' || operator === '-')) {
    const distance = right.value * stride(left.type, span);
    return { ...left, value: BigInt.asUintN(64, operator === '+' ? left.value + distance : left.value - distance) };
  }
  if (left.kind === 'integer' && right.kind === 'pointer' && operator === '+') {
    return { ...right, value: BigInt.asUintN(64, right.value + left.value * stride(right.type, span)) };
  }
  throw new ExpressionError(`"${operator}" is not for pointers: cast to unsigned long first.`, span);
}

export function compare(operator: ComparisonOperator, left: Scalar, right: Scalar): boolean {
  if (left.kind === 'float' || right.kind === 'float')
    return ordered(operator, Number(left.value), Number(right.value));
  if (left.kind === 'pointer' || right.kind === 'pointer') {
    return ordered(operator, BigInt.asUintN(64, left.value), BigInt.asUintN(64, right.value));
  }
  const type = commonInteger(left.type, right.type);
  return ordered(operator, wrapped(type, left.value).value, wrapped(type, right.value).value);
}

function ordered<T extends bigint | number>(operator: ComparisonOperator, a: T, b: T): boolean {
  switch (operator) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
  }
}

/** `-`, `+`, `~` and `!`. */
export function computeUnary(operator: Exclude<UnaryOperator, '*' | '&'>, operand: Scalar, span: Span): Scalar {
  if (operator === '!') return { kind: 'integer', type: INT, value: isTrue(operand) ? 0n : 1n };
  if (operand.kind === 'pointer') {
    throw new ExpressionError(`"${operator}" is not for pointers: cast to unsigned long first.`, span);
  }
  if (operand.kind === 'float') {
    if (operator === '~') throw new ExpressionError('"~" is for integers: convert with a cast.', span);
    return operator === '-' ? { ...operand, value: -operand.value } : operand;
  }
  const type = promoted(operand.type);
  const value = wrapped(type, operand.value).value;
  return wrapped(type, operator === '-' ? -value : operator === '~' ? ~value : value);
}

/** A scalar as another scalar type (C17, 6.3). */
export function convert(scalar: Scalar, type: Type, span: Span): Scalar {
  const bare = strip(type);
  if (bare.kind === 'pointer') {
    if (scalar.kind === 'float') throw new ExpressionError('A floating-point number is no address.', span);
    return { kind: 'pointer', type: bare, value: BigInt.asUintN(64, scalar.value) };
  }
  if (bare.kind === 'base' && bare.encoding === 'float') {
    return { kind: 'float', type: bare, value: rounded(bare, Number(scalar.value)) };
  }
  if (bare.kind === 'base' && bare.encoding === 'boolean') {
    return { kind: 'integer', type, value: isTrue(scalar) ? 1n : 0n };
  }
  if (bare.kind !== 'base' && bare.kind !== 'enumeration') {
    throw new ExpressionError(`A number cannot become a ${typeName(type)}.`, span);
  }
  return wrapped(type, scalar.kind === 'float' ? truncated(scalar.value, type) : scalar.value);
}

/** Toward zero; what no integer of the type is becomes the nearest one, as fcvt has it. */
function truncated(value: number, type: Type): bigint {
  const { size, isSigned } = integerShape(type);
  const bits = BigInt(size * 8);
  const largest = (1n << (isSigned ? bits - 1n : bits)) - 1n;
  const smallest = isSigned ? -(1n << (bits - 1n)) : 0n;
  if (Number.isNaN(value)) return largest;
  if (!Number.isFinite(value)) return value > 0 ? largest : smallest;
  const whole = BigInt(Math.trunc(value));
  return whole > largest ? largest : whole < smallest ? smallest : whole;
}
