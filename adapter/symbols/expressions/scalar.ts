import { sizeOf, strip, type BaseType, type EnumerationType, type PointerType, type Type } from '../types/type.ts';
import { typeName } from '../types/type-name.ts';
import { bitsOfFloat, floatOfBits } from '../variables/float-bits.ts';
import type { Value } from '../variables/value.ts';
import { INT, pointerTo, rustType, UNSIGNED_INT } from './c-types.ts';
import { ExpressionError, type Span } from './expression-error.ts';

/** A value that arithmetic can be done with. */
export type Scalar =
  /** Of an integer type: enumerations, characters and truth values are promoted when they meet an operator. */
  | { readonly kind: 'integer'; readonly type: Type; readonly value: bigint }
  | { readonly kind: 'float'; readonly type: BaseType; readonly value: number }
  | { readonly kind: 'pointer'; readonly type: PointerType; readonly value: bigint };

export type IntegerScalar = Extract<Scalar, { kind: 'integer' }>;

/** What a value is in an expression (C17, 6.3.2): an array is a pointer to its first element, a function one to itself. */
export function scalarOf(value: Value, span: Span, mayBeUnknown: boolean): Scalar {
  const bare = strip(value.type);
  switch (bare.kind) {
    case 'array':
      return { kind: 'pointer', type: asPointer(bare.element), value: addressOf(value, span, mayBeUnknown) };
    case 'function':
      return { kind: 'pointer', type: asPointer(value.type), value: addressOf(value, span, mayBeUnknown) };
    case 'void':
      throw new ExpressionError('A void expression has no value.', span);
    case 'structure':
      throw new ExpressionError(`A value of type ${typeName(value.type)} is no number: name one of its members.`, span);
    default:
  }
  const contents = value.read();
  if (contents.kind === 'unavailable' && !mayBeUnknown) {
    throw new ExpressionError(`The value of ${value.expression} cannot be had: ${contents.reason}.`, span);
  }
  const bits = contents.kind === 'bits' ? contents.value : 0n;
  switch (bare.kind) {
    case 'pointer':
      if (bare.sign === '*') return { kind: 'pointer', type: bare, value: bits };
      return scalarOf(value.target(bare, bits), span, mayBeUnknown);
    case 'enumeration':
      return { kind: 'integer', type: value.type, value: bare.isSigned ? BigInt.asIntN(bare.size * 8, bits) : bits };
    case 'unknown':
      return { kind: 'integer', type: UNSIGNED_INT, value: bits };
    case 'base': {
      if (bare.encoding === 'float') {
        const float = floatOfBits(bits, bare.size);
        if (float === undefined)
          throw new ExpressionError(`Numbers of type ${bare.name} cannot be computed with.`, span);
        return { kind: 'float', type: bare, value: float };
      }
      const width = value.bitSize ?? bare.size * 8;
      const isNarrow = value.bitSize !== undefined && width < 32;
      const number = bare.isSigned ? BigInt.asIntN(width, bits) : bits;
      // A bit-field of fewer bits than an int is promoted to int, even an unsigned one (C17, 6.3.1.1).
      return { kind: 'integer', type: isNarrow && bare.encoding === 'unsigned' ? INT : value.type, value: number };
    }
  }
}

function asPointer(target: Type): PointerType {
  const type = pointerTo(target);
  if (type.kind !== 'pointer') throw new Error('A pointer that is none.');
  return type;
}

function addressOf(value: Value, span: Span, mayBeUnknown: boolean): bigint {
  if (value.address !== undefined) return value.address;
  if (mayBeUnknown) return 0n;
  throw new ExpressionError(`${value.expression} is not in memory${reason(value)}, so it has no address.`, span);
}

function reason({ place }: Value): string {
  return place.kind === 'unavailable' ? ` (${place.reason})` : '';
}

/** The bits of a scalar in the format of its type. */
export function bitsOf(scalar: Scalar): bigint {
  if (scalar.kind === 'float') return bitsOfFloat(scalar.value, scalar.type.size) ?? 0n;
  return BigInt.asUintN((sizeOf(scalar.type) ?? 8) * 8, scalar.value);
}

export function isTrue(scalar: Scalar): boolean {
  return scalar.kind === 'float' ? scalar.value !== 0 : scalar.value !== 0n;
}

/** A number of an integer type, wrapped to its range. */
export function wrapped(type: Type, value: bigint): IntegerScalar {
  const { size, isSigned } = integerShape(type);
  return { kind: 'integer', type, value: isSigned ? BigInt.asIntN(size * 8, value) : BigInt.asUintN(size * 8, value) };
}

interface IntegerShape {
  /** Bytes. */
  readonly size: number;
  readonly isSigned: boolean;
}

export function integerShape(type: Type): IntegerShape {
  const bare = strip(type);
  if (bare.kind === 'base' || bare.kind === 'enumeration') return bare;
  return { size: 8, isSigned: false };
}

/** Integer promotion (C17, 6.3.1.1); Rust has none, and its types have names of their own. */
export function promoted(type: Type): BaseType {
  const bare = strip(type);
  if (bare.kind !== 'base') return promotedEnumeration(bare.kind === 'enumeration' ? bare : undefined);
  return bare.size < 4 && rustType(bare.name) === undefined ? INT : withPlainName(bare);
}

function promotedEnumeration(type: EnumerationType | undefined): BaseType {
  return type?.isSigned === true ? INT : UNSIGNED_INT;
}

/** What a character of 32 bits computes as. */
function withPlainName(type: BaseType): BaseType {
  if (type.encoding === 'signed' || type.encoding === 'unsigned') return type;
  return type.isSigned ? INT : UNSIGNED_INT;
}

/** The type in which two integers are computed (C17, 6.3.1.8). */
export function commonInteger(left: Type, right: Type): BaseType {
  const a = promoted(left);
  const b = promoted(right);
  if (a.size !== b.size) return a.size > b.size ? a : b;
  // Of the same size the higher rank wins, as an unsigned type when one of them is.
  const higher = rank(a) >= rank(b) ? a : b;
  if (a.isSigned === b.isSigned || !higher.isSigned) return higher;
  const unsigned = a.isSigned ? b : a;
  return rank(unsigned) === rank(higher) ? unsigned : { ...higher, ...unsignedName(higher), isSigned: false };
}

function rank({ name }: BaseType): number {
  return name.includes('long long') ? 2 : name.includes('long') ? 1 : 0;
}

function unsignedName({ name }: BaseType): Pick<BaseType, 'name' | 'encoding'> {
  return { name: `unsigned ${name}`, encoding: 'unsigned' };
}
