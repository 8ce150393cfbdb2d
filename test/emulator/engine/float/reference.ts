/**
 * Floating-point arithmetic written for clarity, as the oracle of the core's: every operation is carried out on exact
 * rational numbers (BigInt) and rounded once, by the definitions of IEEE 754-2019 and the F extension.
 */

/** fflags bits. */
export const NX = 1;
export const UF = 2;
export const OF = 4;
export const DZ = 8;
export const NV = 16;

/** frm encodings. */
export const roundingModes = ['RNE', 'RTZ', 'RDN', 'RUP', 'RMM'] as const;
export type RoundingMode = (typeof roundingModes)[number];

/** What an operation yields: raw bits (integers as a 64-bit register holds them) and the exceptions it raises. */
export interface Result {
  readonly bits: bigint;
  readonly flags: number;
}

/** A binary interchange format by its width and the bits its significand stores. */
export class Format {
  readonly bias: number;
  readonly signBit: bigint;
  readonly infinity: bigint;
  readonly canonicalNaN: bigint;

  constructor(
    readonly width: 32 | 64,
    readonly fractionBits: number,
  ) {
    const exponentBits = width - 1 - fractionBits;
    this.bias = 2 ** (exponentBits - 1) - 1;
    this.signBit = 1n << BigInt(width - 1);
    this.infinity = ((1n << BigInt(exponentBits)) - 1n) << BigInt(fractionBits);
    this.canonicalNaN = this.infinity | (1n << BigInt(fractionBits - 1));
  }

  /** The exponent of the last place of subnormal numbers. */
  get smallestQuantum(): number {
    return 1 - this.bias - this.fractionBits;
  }
}

export const binary32 = new Format(32, 23);
export const binary64 = new Format(64, 52);

/** numerator / denominator, the denominator positive. */
interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

type Unpacked =
  | { readonly kind: 'nan'; readonly signaling: boolean }
  | { readonly kind: 'infinity'; readonly negative: boolean }
  | { readonly kind: 'zero'; readonly negative: boolean }
  | { readonly kind: 'number'; readonly negative: boolean; readonly value: Rational };

/** 2^exponent. */
function powerOfTwo(exponent: number): Rational {
  return exponent >= 0
    ? { numerator: 1n << BigInt(exponent), denominator: 1n }
    : { numerator: 1n, denominator: 1n << BigInt(-exponent) };
}

function times(a: Rational, b: Rational): Rational {
  return { numerator: a.numerator * b.numerator, denominator: a.denominator * b.denominator };
}

function over(a: Rational, b: Rational): Rational {
  const sign = b.numerator < 0n ? -1n : 1n;
  return { numerator: sign * a.numerator * b.denominator, denominator: sign * a.denominator * b.numerator };
}

function plus(a: Rational, b: Rational): Rational {
  return {
    numerator: a.numerator * b.denominator + b.numerator * a.denominator,
    denominator: a.denominator * b.denominator,
  };
}

function integer(value: bigint): Rational {
  return { numerator: value, denominator: 1n };
}

/** Compares a with b: negative, zero or positive. */
function compare(a: Rational, b: Rational): bigint {
  return a.numerator * b.denominator - b.numerator * a.denominator;
}

export function unpack(format: Format, bits: bigint): Unpacked {
  const negative = (bits & format.signBit) !== 0n;
  const magnitude = bits & (format.signBit - 1n);
  if (magnitude > format.infinity) return { kind: 'nan', signaling: (magnitude & ~format.infinity) < quietBit(format) };
  if (magnitude === format.infinity) return { kind: 'infinity', negative };
  if (magnitude === 0n) return { kind: 'zero', negative };
  const hidden = 1n << BigInt(format.fractionBits);
  const field = Number(magnitude >> BigInt(format.fractionBits));
  const significand = field === 0 ? magnitude : (magnitude & (hidden - 1n)) | hidden;
  const quantum = format.smallestQuantum + Math.max(field - 1, 0);
  const value = times(integer(negative ? -significand : significand), powerOfTwo(quantum));
  return { kind: 'number', negative, value };
}

function quietBit(format: Format): bigint {
  return 1n << BigInt(format.fractionBits - 1);
}

/** Rounds to an integer. */
export function roundToInteger(value: Rational, mode: RoundingMode): bigint {
  const { numerator, denominator } = value;
  let floor = numerator / denominator;
  if (floor * denominator > numerator) floor -= 1n;
  const twiceFraction = 2n * (numerator - floor * denominator);
  if (twiceFraction === 0n) return floor;
  const ceiling = floor + 1n;
  switch (mode) {
    case 'RTZ':
      return numerator < 0n ? ceiling : floor;
    case 'RDN':
      return floor;
    case 'RUP':
      return ceiling;
    case 'RNE':
    case 'RMM':
      if (twiceFraction !== denominator) return twiceFraction < denominator ? floor : ceiling;
      if (mode === 'RMM') return numerator < 0n ? floor : ceiling;
      return floor % 2n === 0n ? floor : ceiling;
  }
}

/** The largest e with 2^e <= |value|. Not for zero. */
function exponentOf(value: Rational): number {
  const numerator = value.numerator < 0n ? -value.numerator : value.numerator;
  const estimate = numerator.toString(2).length - value.denominator.toString(2).length;
  return compare({ numerator, denominator: value.denominator }, powerOfTwo(estimate)) >= 0n ? estimate : estimate - 1;
}

/** Rounds a number other than zero to the format. */
export function round(format: Format, value: Rational, mode: RoundingMode): Result {
  const negative = value.numerator < 0n;
  const sign = negative ? format.signBit : 0n;
  const exponent = exponentOf(value);
  /** In units of 2^quantum. */
  const roundAt = (quantum: number): bigint => roundToInteger(times(value, powerOfTwo(-quantum)), mode);

  const unbounded = exponent - format.fractionBits;
  const quantum = Math.max(unbounded, format.smallestQuantum);
  const rounded = roundAt(quantum);
  const magnitude = rounded < 0n ? -rounded : rounded;
  const exact = compare(times(integer(rounded), powerOfTwo(quantum)), value) === 0n;

  if (compare(times(integer(magnitude), powerOfTwo(quantum)), powerOfTwo(format.bias + 1)) >= 0n) {
    const towardsInfinity = mode === 'RNE' || mode === 'RMM' || mode === (negative ? 'RDN' : 'RUP');
    return { bits: sign | (towardsInfinity ? format.infinity : format.infinity - 1n), flags: OF | NX };
  }

  const withoutBound = times(integer(roundAt(unbounded)), powerOfTwo(unbounded));
  const size = withoutBound.numerator < 0n ? -withoutBound.numerator : withoutBound.numerator;
  const tiny = compare({ numerator: size, denominator: withoutBound.denominator }, powerOfTwo(1 - format.bias)) < 0n;
  const flags = exact ? 0 : tiny ? NX | UF : NX;
  // Adding the significand to the field, hidden bit and carry included, makes the exponent come right.
  const field = BigInt(quantum - format.smallestQuantum);
  return { bits: sign | ((field << BigInt(format.fractionBits)) + magnitude), flags };
}

/** A number of the format as bits, or the zero of the given sign. */
function roundOrZero(format: Format, value: Rational, mode: RoundingMode, zeroIsNegative: boolean): Result {
  if (value.numerator === 0n) return { bits: zeroIsNegative ? format.signBit : 0n, flags: 0 };
  return round(format, value, mode);
}

function nan(format: Format, ...operands: readonly Unpacked[]): Result {
  const invalid = operands.some((operand) => operand.kind === 'nan' && operand.signaling);
  return { bits: format.canonicalNaN, flags: invalid ? NV : 0 };
}

function invalid(format: Format): Result {
  return { bits: format.canonicalNaN, flags: NV };
}

function infinity(format: Format, negative: boolean): Result {
  return { bits: (negative ? format.signBit : 0n) | format.infinity, flags: 0 };
}

function finite(operand: Exclude<Unpacked, { kind: 'nan' | 'infinity' }>): Rational {
  return operand.kind === 'zero' ? integer(0n) : operand.value;
}

/** The sign of an exact zero sum of two terms of these signs (IEEE 754-2019, 6.3). */
function zeroSumIsNegative(a: boolean, b: boolean, mode: RoundingMode): boolean {
  return a === b ? a : mode === 'RDN';
}

export function add(format: Format, aBits: bigint, bBits: bigint, mode: RoundingMode): Result {
  const a = unpack(format, aBits);
  const b = unpack(format, bBits);
  if (a.kind === 'nan' || b.kind === 'nan') return nan(format, a, b);
  if (a.kind === 'infinity' && b.kind === 'infinity' && a.negative !== b.negative) return invalid(format);
  if (a.kind === 'infinity') return infinity(format, a.negative);
  if (b.kind === 'infinity') return infinity(format, b.negative);
  return roundOrZero(format, plus(finite(a), finite(b)), mode, zeroSumIsNegative(a.negative, b.negative, mode));
}

export function subtract(format: Format, a: bigint, b: bigint, mode: RoundingMode): Result {
  return add(format, a, b ^ format.signBit, mode);
}

export function multiply(format: Format, aBits: bigint, bBits: bigint, mode: RoundingMode): Result {
  const a = unpack(format, aBits);
  const b = unpack(format, bBits);
  if (a.kind === 'nan' || b.kind === 'nan') return nan(format, a, b);
  const negative = a.negative !== b.negative;
  if (a.kind === 'infinity' || b.kind === 'infinity') {
    return a.kind === 'zero' || b.kind === 'zero' ? invalid(format) : infinity(format, negative);
  }
  return roundOrZero(format, times(finite(a), finite(b)), mode, negative);
}

export function divide(format: Format, aBits: bigint, bBits: bigint, mode: RoundingMode): Result {
  const a = unpack(format, aBits);
  const b = unpack(format, bBits);
  if (a.kind === 'nan' || b.kind === 'nan') return nan(format, a, b);
  const negative = a.negative !== b.negative;
  if (a.kind === 'infinity') return b.kind === 'infinity' ? invalid(format) : infinity(format, negative);
  if (b.kind === 'infinity') return { bits: negative ? format.signBit : 0n, flags: 0 };
  if (b.kind === 'zero') {
    return a.kind === 'zero' ? invalid(format) : { bits: infinity(format, negative).bits, flags: DZ };
  }
  return roundOrZero(format, over(finite(a), b.value), mode, negative);
}

function integerSquareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let root = 1n << BigInt(Math.ceil(value.toString(2).length / 2));
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

export function squareRoot(format: Format, aBits: bigint, mode: RoundingMode): Result {
  const a = unpack(format, aBits);
  if (a.kind === 'nan') return nan(format, a);
  if (a.kind === 'zero') return { bits: aBits, flags: 0 };
  if (a.negative) return invalid(format);
  if (a.kind === 'infinity') return infinity(format, false);
  // The root in units of 2^-700, far finer than any rounding asks for; what is below stands in as half a unit.
  const scaled = times(a.value, powerOfTwo(1400));
  const floor = integerSquareRoot(scaled.numerator / scaled.denominator);
  const exact = floor * floor * scaled.denominator === scaled.numerator;
  return round(format, times(integer(2n * floor + (exact ? 0n : 1n)), powerOfTwo(-701)), mode);
}

export function fusedMultiplyAdd(
  format: Format,
  aBits: bigint,
  bBits: bigint,
  cBits: bigint,
  mode: RoundingMode,
): Result {
  const [a, b, c] = [unpack(format, aBits), unpack(format, bBits), unpack(format, cBits)];
  const infinityTimesZero =
    (a.kind === 'infinity' && b.kind === 'zero') || (a.kind === 'zero' && b.kind === 'infinity');
  if (infinityTimesZero) return invalid(format);
  if (a.kind === 'nan' || b.kind === 'nan' || c.kind === 'nan') return nan(format, a, b, c);
  const negative = a.negative !== b.negative;
  if (a.kind === 'infinity' || b.kind === 'infinity') {
    return c.kind === 'infinity' && c.negative !== negative ? invalid(format) : infinity(format, negative);
  }
  if (c.kind === 'infinity') return infinity(format, c.negative);
  const sum = plus(times(finite(a), finite(b)), finite(c));
  return roundOrZero(format, sum, mode, zeroSumIsNegative(negative, c.negative, mode));
}

/** Orders two numbers; undefined when one is a NaN. */
function order(a: Unpacked, b: Unpacked): bigint | undefined {
  if (a.kind === 'nan' || b.kind === 'nan') return undefined;
  const rank = (operand: typeof a): bigint => (operand.kind === 'infinity' ? (operand.negative ? -1n : 1n) : 0n);
  if (a.kind === 'infinity' || b.kind === 'infinity') return rank(a) - rank(b);
  return compare(finite(a), finite(b));
}

function comparison(
  format: Format,
  aBits: bigint,
  bBits: bigint,
  signaling: boolean,
  holds: (order: bigint) => boolean,
): Result {
  const [a, b] = [unpack(format, aBits), unpack(format, bBits)];
  const ordered = order(a, b);
  if (ordered === undefined) return { bits: 0n, flags: signaling ? NV : nan(format, a, b).flags };
  return { bits: holds(ordered) ? 1n : 0n, flags: 0 };
}

export function equal(format: Format, a: bigint, b: bigint): Result {
  return comparison(format, a, b, false, (order) => order === 0n);
}

export function lessThan(format: Format, a: bigint, b: bigint): Result {
  return comparison(format, a, b, true, (order) => order < 0n);
}

export function lessOrEqual(format: Format, a: bigint, b: bigint): Result {
  return comparison(format, a, b, true, (order) => order <= 0n);
}

/** minimumNumber, or maximumNumber (IEEE 754-2019, 9.6). */
export function extremum(which: 'minimum' | 'maximum', format: Format, aBits: bigint, bBits: bigint): Result {
  const [a, b] = [unpack(format, aBits), unpack(format, bBits)];
  const { flags } = nan(format, a, b);
  if (a.kind === 'nan') return { bits: b.kind === 'nan' ? format.canonicalNaN : bBits, flags };
  if (b.kind === 'nan') return { bits: aBits, flags };
  const ordered = order(a, b) ?? 0n;
  // Of two zeros the negative one is the smaller.
  const aIsSmaller = ordered < 0n || (ordered === 0n && a.negative);
  return { bits: aIsSmaller === (which === 'minimum') ? aBits : bBits, flags };
}

export function classify(format: Format, bits: bigint): Result {
  const a = unpack(format, bits);
  const index = (): number => {
    switch (a.kind) {
      case 'nan':
        return a.signaling ? 8 : 9;
      case 'infinity':
        return a.negative ? 0 : 7;
      case 'zero':
        return a.negative ? 3 : 4;
      case 'number': {
        const subnormal = exponentOf(a.value) < 1 - format.bias;
        if (a.negative) return subnormal ? 2 : 1;
        return subnormal ? 5 : 6;
      }
    }
  };
  return { bits: 1n << BigInt(index()), flags: 0 };
}

/** An integer register's format. */
export interface IntegerFormat {
  readonly signed: boolean;
  readonly width: 32 | 64;
}

/** The value of a register's low bits. */
export function integerValue(format: IntegerFormat, register: bigint): bigint {
  return format.signed ? BigInt.asIntN(format.width, register) : BigInt.asUintN(format.width, register);
}

/** 32-bit results are sign-extended, unsigned ones too. */
function toRegister(format: IntegerFormat, value: bigint): bigint {
  return BigInt.asUintN(64, BigInt.asIntN(format.width, value));
}

export function toInteger(format: Format, to: IntegerFormat, bits: bigint, mode: RoundingMode): Result {
  const a = unpack(format, bits);
  const width = BigInt(to.width);
  const maximum = to.signed ? (1n << (width - 1n)) - 1n : (1n << width) - 1n;
  const minimum = to.signed ? -(1n << (width - 1n)) : 0n;
  const saturated = (negative: boolean): Result => ({
    bits: toRegister(to, negative ? minimum : maximum),
    flags: NV,
  });
  if (a.kind === 'nan') return saturated(false);
  if (a.kind === 'infinity') return saturated(a.negative);
  const rounded = roundToInteger(finite(a), mode);
  if (rounded < minimum || rounded > maximum) return saturated(a.negative);
  return { bits: toRegister(to, rounded), flags: compare(integer(rounded), finite(a)) === 0n ? 0 : NX };
}

export function fromInteger(format: Format, from: IntegerFormat, register: bigint, mode: RoundingMode): Result {
  return roundOrZero(format, integer(integerValue(from, register)), mode, false);
}

export function convert(from: Format, to: Format, bits: bigint, mode: RoundingMode): Result {
  const a = unpack(from, bits);
  if (a.kind === 'nan') return nan(to, a);
  if (a.kind === 'infinity') return infinity(to, a.negative);
  return roundOrZero(to, finite(a), mode, a.negative);
}
