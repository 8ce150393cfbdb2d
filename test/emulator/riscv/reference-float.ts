/**
 * IEEE 754-2019 arithmetic as the F and D extensions define it, by exact integers: every result is computed without
 * error and rounded once. Slow, and plain enough to be trusted as an oracle for the software floating point.
 */
import type { FloatFunction } from '../../../emulator/riscv/emitter.ts';

export const INVALID = 16;
export const DIVIDE_BY_ZERO = 8;
export const OVERFLOW = 4;
export const UNDERFLOW = 2;
export const INEXACT = 1;

/** Rounding modes, as rm and frm encode them; 1, towards zero, is what remains when none of these rounds up. */
const NEAREST_EVEN = 0;
const DOWN = 2;
const UP = 3;
const NEAREST_MAGNITUDE = 4;

export interface FloatResult {
  /** Raw bits: of the result's format, or of an integer, unsigned 64-bit. */
  readonly value: bigint;
  readonly flags: number;
}

interface Format {
  readonly bits: number;
  /** Significand bits with the leading one. */
  readonly precision: number;
  readonly bias: number;
}

const formats: Readonly<Record<'32' | '64', Format>> = {
  32: { bits: 32, precision: 24, bias: 127 },
  64: { bits: 64, precision: 53, bias: 1023 },
};

type Decoded =
  | { readonly kind: 'nan'; readonly signaling: boolean; readonly negative: boolean }
  | { readonly kind: 'infinity'; readonly negative: boolean }
  /** significand * 2^exponent */
  | { readonly kind: 'finite'; readonly negative: boolean; readonly significand: bigint; readonly exponent: number };

type Finite = Extract<Decoded, { kind: 'finite' }>;

function decode(raw: bigint, format: Format): Decoded {
  const fractionBits = format.precision - 1;
  const bits = BigInt.asUintN(format.bits, raw);
  const negative = bits >> BigInt(format.bits - 1) === 1n;
  const fraction = BigInt.asUintN(fractionBits, bits);
  const exponent = Number((bits >> BigInt(fractionBits)) & BigInt(2 * format.bias + 1));
  if (exponent === 2 * format.bias + 1) {
    if (fraction === 0n) return { kind: 'infinity', negative };
    return { kind: 'nan', signaling: fraction >> BigInt(fractionBits - 1) === 0n, negative };
  }
  const significand = exponent === 0 ? fraction : fraction | (1n << BigInt(fractionBits));
  return { kind: 'finite', negative, significand, exponent: Math.max(exponent, 1) - format.bias - fractionBits };
}

const signBit = (format: Format, negative: boolean): bigint => (negative ? 1n << BigInt(format.bits - 1) : 0n);
const infinityBits = (format: Format): bigint => BigInt(2 * format.bias + 1) << BigInt(format.precision - 1);
const infinity = (format: Format, negative: boolean): bigint => signBit(format, negative) | infinityBits(format);
const canonicalNan = (format: Format): bigint => infinityBits(format) | (1n << BigInt(format.precision - 2));
const bitLength = (value: bigint): number => (value === 0n ? 0 : value.toString(2).length);

/** significand >> shift, rounded; negative shifts are exact. */
function shiftRounded(
  significand: bigint,
  shift: number,
  negative: boolean,
  mode: number,
): { readonly rounded: bigint; readonly inexact: boolean } {
  if (shift <= 0) return { rounded: significand << BigInt(-shift), inexact: false };
  const rounded = significand >> BigInt(shift);
  const twiceRest = (significand - (rounded << BigInt(shift))) * 2n;
  const one = 1n << BigInt(shift);
  const inexact = twiceRest !== 0n;
  const up =
    (mode === NEAREST_EVEN && (twiceRest > one || (twiceRest === one && (rounded & 1n) === 1n))) ||
    (mode === DOWN && negative && inexact) ||
    (mode === UP && !negative && inexact) ||
    (mode === NEAREST_MAGNITUDE && twiceRest >= one);
  return { rounded: up ? rounded + 1n : rounded, inexact };
}

/** Rounds significand * 2^exponent, not zero, to the format. */
function round(negative: boolean, significand: bigint, exponent: number, format: Format, mode: number): FloatResult {
  const { precision, bias } = format;
  const leastExponent = 1 - bias - (precision - 1);
  const unbounded = exponent + bitLength(significand) - precision;
  const quantum = Math.max(unbounded, leastExponent);
  const { rounded, inexact } = shiftRounded(significand, quantum - exponent, negative, mode);

  // The bits of a rounded significand, added to the exponent below it, carry into the exponent by themselves.
  const magnitude = (BigInt(quantum - leastExponent) << BigInt(precision - 1)) + rounded;
  if (magnitude >= infinityBits(format)) {
    const toInfinity =
      mode === NEAREST_EVEN || mode === NEAREST_MAGNITUDE || (mode === DOWN && negative) || (mode === UP && !negative);
    const limit = toInfinity ? infinityBits(format) : infinityBits(format) - 1n;
    return { value: signBit(format, negative) | limit, flags: OVERFLOW | INEXACT };
  }
  const value = signBit(format, negative) | magnitude;
  if (!inexact) return { value, flags: 0 };

  // Tininess is detected after rounding, as if the exponent had no lower bound.
  const free = shiftRounded(significand, unbounded - exponent, negative, mode);
  const freeExponent = unbounded + bitLength(free.rounded) - precision;
  return { value, flags: freeExponent < leastExponent ? UNDERFLOW | INEXACT : INEXACT };
}

const invalid = (format: Format): FloatResult => ({ value: canonicalNan(format), flags: INVALID });

/** The result if an operand is a NaN. */
function nanResult(operands: readonly Decoded[], format: Format): FloatResult | undefined {
  const nans = operands.filter((operand) => operand.kind === 'nan');
  if (nans.length === 0) return undefined;
  return { value: canonicalNan(format), flags: nans.some((nan) => nan.signaling) ? INVALID : 0 };
}

const isZero = (value: Decoded): boolean => value.kind === 'finite' && value.significand === 0n;

/** The exact sum of two finite values, rounded. */
function addFinite(a: Finite, b: Finite, format: Format, mode: number): FloatResult {
  const exponent = Math.min(a.exponent, b.exponent);
  const aligned = (value: Finite): bigint =>
    (value.negative ? -value.significand : value.significand) << BigInt(value.exponent - exponent);
  const sum = aligned(a) + aligned(b);
  if (sum === 0n) {
    const negative = a.negative === b.negative ? a.negative : mode === DOWN;
    return { value: signBit(format, negative), flags: 0 };
  }
  return round(sum < 0n, sum < 0n ? -sum : sum, exponent, format, mode);
}

function add(a: Decoded, b: Decoded, format: Format, mode: number): FloatResult {
  const nan = nanResult([a, b], format);
  if (nan !== undefined) return nan;
  if (a.kind === 'infinity' && b.kind === 'infinity' && a.negative !== b.negative) return invalid(format);
  if (a.kind === 'infinity') return { value: infinity(format, a.negative), flags: 0 };
  if (b.kind === 'infinity') return { value: infinity(format, b.negative), flags: 0 };
  if (a.kind === 'nan' || b.kind === 'nan') return invalid(format);
  return addFinite(a, b, format, mode);
}

function multiply(a: Decoded, b: Decoded, format: Format, mode: number): FloatResult {
  const nan = nanResult([a, b], format);
  if (nan !== undefined) return nan;
  const negative = a.negative !== b.negative;
  if (a.kind === 'finite' && b.kind === 'finite') {
    const significand = a.significand * b.significand;
    if (significand === 0n) return { value: signBit(format, negative), flags: 0 };
    return round(negative, significand, a.exponent + b.exponent, format, mode);
  }
  if (isZero(a) || isZero(b)) return invalid(format);
  return { value: infinity(format, negative), flags: 0 };
}

function divide(a: Decoded, b: Decoded, format: Format, mode: number): FloatResult {
  const nan = nanResult([a, b], format);
  if (nan !== undefined) return nan;
  const negative = a.negative !== b.negative;
  if (a.kind !== 'finite') {
    return b.kind === 'infinity' ? invalid(format) : { value: infinity(format, negative), flags: 0 };
  }
  if (b.kind !== 'finite') return { value: signBit(format, negative), flags: 0 };
  if (b.significand === 0n) {
    return a.significand === 0n ? invalid(format) : { value: infinity(format, negative), flags: DIVIDE_BY_ZERO };
  }
  if (a.significand === 0n) return { value: signBit(format, negative), flags: 0 };
  // Enough quotient bits for any rounding position, and one below for what remains.
  const scale = 3 * format.precision;
  const dividend = a.significand << BigInt(scale);
  const quotient = dividend / b.significand;
  const remains = dividend % b.significand === 0n ? 0n : 1n;
  return round(negative, (quotient << 1n) | remains, a.exponent - b.exponent - scale - 1, format, mode);
}

function integerSquareRoot(value: bigint): bigint {
  let root = 1n << BigInt((bitLength(value) + 1) >> 1);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

function squareRoot(a: Decoded, format: Format, mode: number): FloatResult {
  const nan = nanResult([a], format);
  if (nan !== undefined) return nan;
  if (isZero(a)) return { value: signBit(format, a.negative), flags: 0 };
  if (a.negative) return invalid(format);
  if (a.kind !== 'finite') return { value: infinity(format, false), flags: 0 };
  const odd = a.exponent & 1;
  const scale = 2 * (format.precision + 2);
  const radicand = a.significand << BigInt(scale + odd);
  const root = integerSquareRoot(radicand);
  const remains = root * root === radicand ? 0n : 1n;
  return round(false, (root << 1n) | remains, (a.exponent - odd - scale) / 2 - 1, format, mode);
}

/** a * b + c with one rounding. Infinity times zero is invalid even when c is a quiet NaN. */
function fusedMultiplyAdd(a: Decoded, b: Decoded, c: Decoded, format: Format, mode: number): FloatResult {
  if ((a.kind === 'infinity' && isZero(b)) || (isZero(a) && b.kind === 'infinity')) return invalid(format);
  const nan = nanResult([a, b, c], format);
  if (nan !== undefined) return nan;
  const negative = a.negative !== b.negative;
  if (a.kind !== 'finite' || b.kind !== 'finite') return add({ kind: 'infinity', negative }, c, format, mode);
  const product: Finite = {
    kind: 'finite',
    negative,
    significand: a.significand * b.significand,
    exponent: a.exponent + b.exponent,
  };
  return add(product, c, format, mode);
}

/** -1, 0 or 1; undefined when unordered. Zeros are equal. */
function order(a: Decoded, b: Decoded): number | undefined {
  if (a.kind === 'nan' || b.kind === 'nan') return undefined;
  const rank = (value: Decoded): number => (value.negative ? -1 : 1);
  if (a.kind === 'infinity' || b.kind === 'infinity') {
    if (a.kind === b.kind) return Math.sign(rank(a) - rank(b));
    return a.kind === 'infinity' ? rank(a) : -rank(b);
  }
  const exponent = Math.min(a.exponent, b.exponent);
  const aligned = (value: Finite): bigint =>
    (value.negative ? -value.significand : value.significand) << BigInt(value.exponent - exponent);
  const difference = aligned(a) - aligned(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

const isSignaling = (value: Decoded): boolean => value.kind === 'nan' && value.signaling;

/** minimumNumber and maximumNumber: a NaN loses to a number, and -0 is less than +0. */
function extreme(raws: readonly [bigint, bigint], format: Format, wanted: -1 | 1): FloatResult {
  const [a, b] = [decode(raws[0], format), decode(raws[1], format)];
  const flags = isSignaling(a) || isSignaling(b) ? INVALID : 0;
  if (a.kind === 'nan' && b.kind === 'nan') return { value: canonicalNan(format), flags };
  if (a.kind === 'nan') return { value: raws[1], flags };
  if (b.kind === 'nan') return { value: raws[0], flags };
  const signs = (a.negative ? -1 : 1) - (b.negative ? -1 : 1);
  const comparison = order(a, b) ?? 0;
  const first = (comparison === 0 ? Math.sign(signs) : comparison) === wanted;
  return { value: first ? raws[0] : raws[1], flags };
}

function compare(operation: 'eq' | 'lt' | 'le', a: Decoded, b: Decoded): FloatResult {
  const result = order(a, b);
  if (result === undefined) {
    const quiet = operation === 'eq' && !isSignaling(a) && !isSignaling(b);
    return { value: 0n, flags: quiet ? 0 : INVALID };
  }
  const holds = operation === 'eq' ? result === 0 : operation === 'lt' ? result < 0 : result <= 0;
  return { value: holds ? 1n : 0n, flags: 0 };
}

function classify(value: Decoded, format: Format): bigint {
  if (value.kind === 'nan') return value.signaling ? 1n << 8n : 1n << 9n;
  if (value.kind === 'infinity') return value.negative ? 1n << 0n : 1n << 7n;
  const { negative, significand } = value;
  if (significand === 0n) return negative ? 1n << 3n : 1n << 4n;
  if (bitLength(significand) < format.precision) return negative ? 1n << 2n : 1n << 5n;
  return negative ? 1n << 1n : 1n << 6n;
}

function toInteger(value: Decoded, signed: boolean, bits: number, mode: number): FloatResult {
  const greatest = (1n << BigInt(signed ? bits - 1 : bits)) - 1n;
  const least = signed ? -greatest - 1n : 0n;
  const result = (integer: bigint, flags: number): FloatResult => ({ value: BigInt.asUintN(64, integer), flags });
  if (value.kind === 'nan') return result(greatest, INVALID);
  if (value.kind === 'infinity') return result(value.negative ? least : greatest, INVALID);
  const { rounded, inexact } = shiftRounded(value.significand, -value.exponent, value.negative, mode);
  const integer = value.negative ? -rounded : rounded;
  if (integer > greatest) return result(greatest, INVALID);
  if (integer < least) return result(least, INVALID);
  return result(integer, inexact ? INEXACT : 0);
}

function fromInteger(integer: bigint, format: Format, mode: number): FloatResult {
  if (integer === 0n) return { value: 0n, flags: 0 };
  return round(integer < 0n, integer < 0n ? -integer : integer, 0, format, mode);
}

function convert(raw: bigint, from: Format, to: Format, mode: number): FloatResult {
  const value = decode(raw, from);
  const nan = nanResult([value], to);
  if (nan !== undefined) return nan;
  if (value.kind !== 'finite') return { value: infinity(to, value.negative), flags: 0 };
  if (value.significand === 0n) return { value: signBit(to, value.negative), flags: 0 };
  return round(value.negative, value.significand, value.exponent, to, mode);
}

function isBinary(operation: string): operation is 'add' | 'sub' | 'mul' | 'div' {
  return ['add', 'sub', 'mul', 'div'].includes(operation);
}

function isComparison(operation: string): operation is 'eq' | 'lt' | 'le' {
  return ['eq', 'lt', 'le'].includes(operation);
}

function negated(value: Decoded): Decoded {
  return { ...value, negative: !value.negative };
}

function binary(operation: 'add' | 'sub' | 'mul' | 'div', a: Decoded, b: Decoded, format: Format, mode: number) {
  switch (operation) {
    case 'add':
      return add(a, b, format, mode);
    case 'sub':
      return add(a, negated(b), format, mode);
    case 'mul':
      return multiply(a, b, format, mode);
    case 'div':
      return divide(a, b, format, mode);
  }
}

/** Carries out a floating-point function on raw bits, in a rounding mode from 0 to 4. */
export function evaluateFloat(operation: FloatFunction, args: readonly bigint[], mode: number): FloatResult {
  const [a = 0n, b = 0n, c = 0n] = args;
  if (operation === 'f32_to_f64') return convert(a, formats[32], formats[64], mode);
  if (operation === 'f64_to_f32') return convert(a, formats[64], formats[32], mode);

  const fromIntegerName = /^([iu])(32|64)_to_f(32|64)$/.exec(operation);
  if (fromIntegerName !== null) {
    const [, sign, bits, to] = fromIntegerName;
    const integer = sign === 'i' ? BigInt.asIntN(Number(bits), a) : BigInt.asUintN(Number(bits), a);
    return fromInteger(integer, formats[to === '32' ? '32' : '64'], mode);
  }

  const [, bits, name = ''] = /^f(32|64)_(.*)$/.exec(operation) ?? [];
  const format = formats[bits === '32' ? '32' : '64'];
  const first = decode(a, format);
  const second = decode(b, format);
  const toIntegerName = /^to_([iu])(32|64)$/.exec(name);
  if (toIntegerName !== null) return toInteger(first, toIntegerName[1] === 'i', Number(toIntegerName[2]), mode);
  if (isBinary(name)) return binary(name, first, second, format, mode);
  if (isComparison(name)) return compare(name, first, second);
  if (name === 'sqrt') return squareRoot(first, format, mode);
  if (name === 'fma') return fusedMultiplyAdd(first, second, decode(c, format), format, mode);
  if (name === 'min') return extreme([a, b], format, -1);
  if (name === 'max') return extreme([a, b], format, 1);
  if (name === 'classify') return { value: classify(first, format), flags: 0 };
  throw new Error(`No floating-point function is called ${operation}.`);
}
