import { bitsOfFloat, floatOfBits } from '../variables/float-bits.ts';
import { UnavailableError } from './unavailable-error.ts';

/** A type of numbers that expressions name (DW_TAG_base_type). */
export interface BaseType {
  readonly kind: 'signed' | 'unsigned' | 'float';
  /** Bytes. */
  readonly size: number;
}

/** An element of an expression's stack (DWARF 5, section 2.5.1). */
export interface StackValue {
  /** As many as its type has; unsigned. */
  readonly bits: bigint;
  /** Undefined for the generic type: 64 bits, an integer whose sign the operation tells. */
  readonly type: BaseType | undefined;
}

/** As much as a register holds. */
const LARGEST = 8;
const GENERIC_BITS = 64;

export function genericValue(bits: bigint): StackValue {
  return { bits: BigInt.asUintN(GENERIC_BITS, bits), type: undefined };
}

/** Of an integer, or of bits, those that the type has. Throws UnavailableError for a type larger than a register. */
export function typedValue(bits: bigint, type: BaseType): StackValue {
  if (type.size > LARGEST) throw new UnavailableError(`its expression has numbers of ${type.size} bytes`);
  return { bits: BigInt.asUintN(type.size * 8, bits), type };
}

/** What a value is as an object: an integer fills up a larger one with its sign. */
export function objectBits(value: StackValue): bigint {
  return value.type?.kind === 'float' ? value.bits : BigInt.asUintN(GENERIC_BITS, integerOf(value));
}

/** DW_OP_convert: the same number in another type, or, without one, the generic type. Throws UnavailableError. */
export function converted(value: StackValue, type: BaseType | undefined): StackValue {
  const isFloat = value.type?.kind === 'float';
  if (type?.kind === 'float') return float(isFloat ? floatOf(value) : Number(integerOf(value)), type);
  const integer = isFloat ? truncated(floatOf(value)) : integerOf(value);
  return type === undefined ? genericValue(integer) : typedValue(integer, type);
}

/** DW_OP_reinterpret: the same bits as another type. Throws UnavailableError. */
export function reinterpreted({ bits, type: from }: StackValue, type: BaseType | undefined): StackValue {
  if ((from?.size ?? LARGEST) !== (type?.size ?? LARGEST)) {
    throw new UnavailableError('its expression takes a number for one of another size');
  }
  return type === undefined ? genericValue(bits) : typedValue(bits, type);
}

/** DW_OP_abs, neg and not, by their codes. Throws UnavailableError. */
export function unaryResult(operation: number, value: StackValue): StackValue {
  const { type } = value;
  if (type?.kind === 'float') {
    if (operation === 0x20) throw new UnavailableError(NOT_FOR_FLOATS);
    const number = floatOf(value);
    return float(operation === 0x1f ? -number : Math.abs(number), type);
  }
  const number = type === undefined ? BigInt.asIntN(GENERIC_BITS, value.bits) : integerOf(value);
  const result = operation === 0x1f ? -number : operation === 0x20 ? ~number : number < 0n ? -number : number;
  return type === undefined ? genericValue(result) : typedValue(result, type);
}

/** The operations of two operands, by their codes; undefined for one that is not known. Throws UnavailableError. */
export function binaryResult(operation: number, left: StackValue, right: StackValue): StackValue | undefined {
  const { type } = left;
  if (SHIFTS.has(operation)) return shifted(operation, left, integerOf(right));
  if (type?.kind !== right.type?.kind || type?.size !== right.type?.size) {
    throw new UnavailableError('its expression mixes numbers of different types');
  }
  if (type?.kind === 'float') return ofFloats(operation, floatOf(left), floatOf(right), type);
  // Of the generic type most operations see signed numbers.
  const isSigned = type === undefined ? operation !== 0x1d : type.kind === 'signed';
  const number = ({ bits }: StackValue): bigint => {
    const size = (type?.size ?? LARGEST) * 8;
    return isSigned ? BigInt.asIntN(size, bits) : bits;
  };
  const result = ofIntegers(operation, number(left), number(right));
  if (typeof result === 'boolean') return genericValue(result ? 1n : 0n);
  if (result === undefined) return undefined;
  return type === undefined ? genericValue(result) : typedValue(result, type);
}

function ofIntegers(operation: number, left: bigint, right: bigint): bigint | boolean | undefined {
  switch (operation) {
    case 0x1a: // and
      return left & right;
    case 0x1b: // div
    case 0x1d: // mod
      if (right === 0n) throw new UnavailableError('its expression divides by zero');
      return operation === 0x1b ? left / right : left % right;
    case 0x1c: // minus
      return left - right;
    case 0x1e: // mul
      return left * right;
    case 0x21: // or
      return left | right;
    case 0x22: // plus
      return left + right;
    case 0x27: // xor
      return left ^ right;
    default:
      return compared(operation, left, right);
  }
}

function ofFloats(operation: number, left: number, right: number, type: BaseType): StackValue | undefined {
  switch (operation) {
    case 0x1b:
      return float(left / right, type);
    case 0x1c:
      return float(left - right, type);
    case 0x1e:
      return float(left * right, type);
    case 0x22:
      return float(left + right, type);
    case 0x1a:
    case 0x1d:
    case 0x21:
    case 0x27:
      throw new UnavailableError(NOT_FOR_FLOATS);
    default: {
      const holds = compared(operation, left, right);
      return holds === undefined ? undefined : genericValue(holds ? 1n : 0n);
    }
  }
}

function compared<T extends number | bigint>(operation: number, left: T, right: T): boolean | undefined {
  switch (operation) {
    case 0x29: // eq
      return left === right;
    case 0x2a: // ge
      return left >= right;
    case 0x2b: // gt
      return left > right;
    case 0x2c: // le
      return left <= right;
    case 0x2d: // lt
      return left < right;
    case 0x2e: // ne
      return left !== right;
    default:
      return undefined;
  }
}

/** DW_OP_shl, shr and shra. */
const SHIFTS: ReadonlySet<number> = new Set([0x24, 0x25, 0x26]);

function shifted(operation: number, { bits, type }: StackValue, by: bigint): StackValue {
  if (type?.kind === 'float') throw new UnavailableError(NOT_FOR_FLOATS);
  const size = (type?.size ?? LARGEST) * 8;
  const distance = by < 0n || by > BigInt(size) ? BigInt(size) : by;
  const signed = BigInt.asIntN(size, bits);
  const result = operation === 0x24 ? bits << distance : operation === 0x25 ? bits >> distance : signed >> distance;
  return type === undefined ? genericValue(result) : typedValue(result, type);
}

const NOT_FOR_FLOATS = 'its expression does with floating-point numbers what there is for integers only';

function integerOf({ bits, type }: StackValue): bigint {
  if (type?.kind === 'float') throw new UnavailableError(NOT_FOR_FLOATS);
  return type?.kind === 'signed' ? BigInt.asIntN(type.size * 8, bits) : bits;
}

function floatOf({ bits, type }: StackValue): number {
  const number = type === undefined ? undefined : floatOfBits(bits, type.size);
  if (number === undefined)
    throw new UnavailableError('its expression has floating-point numbers of an unknown format');
  return number;
}

function float(number: number, type: BaseType): StackValue {
  const bits = bitsOfFloat(number, type.size);
  if (bits === undefined) throw new UnavailableError(`its expression has floating-point numbers of ${type.size} bytes`);
  return typedValue(bits, type);
}

function truncated(number: number): bigint {
  if (!Number.isFinite(number)) throw new UnavailableError('its expression makes an integer of what is no number');
  return BigInt(Math.trunc(number));
}
