import type { BaseType, EnumerationType } from '../types/type.ts';
import { floatOfBits } from './float-bits.ts';

/** A number of a base type, as C's people write it. `bits` are the object's, `bitSize` how many. */
export function formatBase(type: BaseType, bits: bigint, bitSize: number): string {
  const value = type.isSigned ? BigInt.asIntN(bitSize, bits) : bits;
  switch (type.encoding) {
    case 'boolean':
      return value === 0n ? 'false' : value === 1n ? 'true' : value.toString();
    case 'float':
      return formatFloat(bits, bitSize);
    case 'character':
      return bitSize <= 8 ? `${value} ${quoteCharacter(Number(bits))}` : formatWideCharacter(value);
    case 'address':
      return `0x${bits.toString(16)}`;
    default:
      return value.toString();
  }
}

/** The name of an enumeration's value; of flags that are combined, all names. */
export function formatEnumeration(type: EnumerationType, bits: bigint, bitSize: number): string {
  const value = type.isSigned ? BigInt.asIntN(bitSize, bits) : bits;
  const enumerators = type.enumerators();
  const exact = enumerators.find((enumerator) => BigInt.asUintN(bitSize, enumerator.value) === bits);
  if (exact !== undefined) return exact.name;
  if (value === 0n || !areFlags(enumerators.map((enumerator) => enumerator.value))) return value.toString();
  let rest = value;
  const names: string[] = [];
  for (const enumerator of enumerators) {
    if (enumerator.value === 0n || (rest & enumerator.value) !== enumerator.value) continue;
    names.push(enumerator.name);
    rest &= ~enumerator.value;
  }
  if (rest !== 0n) names.push(`unknown: 0x${rest.toString(16)}`);
  return `(${names.join(' | ')})`;
}

/** Whether no two values of an enumeration share a bit, so that sums of them can be told apart. */
function areFlags(values: readonly bigint[]): boolean {
  let seen = 0n;
  for (const value of values) {
    if (value < 0n || (seen & value) !== 0n) return false;
    seen |= value;
  }
  return true;
}

/** The shortest decimal that is this number and no other of its format. */
export function formatFloat(bits: bigint, bitSize: number): string {
  const value = floatOfBits(bits, bitSize / 8);
  if (value === undefined) return `0x${bits.toString(16)}`;
  return numberText(value, bitSize === 32 ? Math.fround : (number) => number);
}

function numberText(value: number, round: (value: number) => number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0';
  for (let digits = 1; digits < 17; digits++) {
    const short = Number(value.toPrecision(digits));
    if (round(short) === value) return String(short);
  }
  return String(value);
}

const ESCAPES: ReadonlyMap<number, string> = new Map([
  [7, '\\a'],
  [8, '\\b'],
  [9, '\\t'],
  [10, '\\n'],
  [11, '\\v'],
  [12, '\\f'],
  [13, '\\r'],
  [27, '\\033'],
  [0x5c, '\\\\'],
]);

/** A byte as C writes it in quotes. */
function quoteCharacter(byte: number): string {
  return `'${byte === 0x27 ? "\\'" : escapeByte(byte)}'`;
}

/** Bytes as a C string literal. */
export function quoteString(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte === 0x22 ? '\\"' : escapeByte(byte);
  return `"${text}"`;
}

function escapeByte(byte: number): string {
  const escape = ESCAPES.get(byte);
  if (escape !== undefined) return escape;
  if (byte >= 0x20 && byte < 0x7f) return String.fromCharCode(byte);
  return `\\${byte.toString(8).padStart(3, '0')}`;
}

function formatWideCharacter(value: bigint): string {
  const isScalar = value >= 0x20n && value <= 0x10ffffn && !(value >= 0xd800n && value <= 0xdfffn);
  return isScalar ? `${value} '${String.fromCodePoint(Number(value))}'` : value.toString();
}
