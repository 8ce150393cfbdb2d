import type { Type } from '../types/type.ts';
import {
  DOUBLE,
  FLOAT,
  INT,
  LONG,
  LONG_DOUBLE,
  LONG_LONG,
  rustType,
  UNSIGNED_INT,
  UNSIGNED_LONG,
  UNSIGNED_LONG_LONG,
} from './c-types.ts';
import { ExpressionError, type Span } from './expression-error.ts';

/** A number with its type (C17, 6.4.4.1): the first of int, long and their unsigned kin that holds it. */
export function numberLiteral(
  text: string,
  span: Span,
): { kind: 'integer'; value: bigint; type: Type } | { kind: 'float'; value: number; type: Type } {
  const plain = text.replaceAll("'", '');
  const rust = /^(.*?)_?([iu](?:8|16|32|64|128|size)|f32|f64)$/.exec(plain);
  const isHexadecimal = /^0x/i.test(plain);
  if (rust !== null && !(isHexadecimal && rust[2]?.startsWith('f') === true)) {
    const type = rustType(rust[2] ?? '');
    const digits = (rust[1] ?? '').replaceAll('_', '');
    if (type?.encoding === 'float') return { kind: 'float', value: Number(digits), type };
    if (type !== undefined && INTEGER.test(digits)) return { kind: 'integer', value: integer(digits), type };
  }
  const digits = plain.replaceAll('_', '');
  const float = /^(\d*\.\d*(?:e[+-]?\d+)?|\d+e[+-]?\d+)([fl]?)$/i.exec(digits);
  if (float !== null) {
    const type = { f: FLOAT, l: LONG_DOUBLE, '': DOUBLE }[(float[2] ?? '').toLowerCase()] ?? DOUBLE;
    const value = Number(float[1]);
    return { kind: 'float', value: type === FLOAT ? Math.fround(value) : value, type };
  }
  const match = /^(0x[\da-f]+|0b[01]+|\d+)(u?l{0,2}|l{1,2}u)$/i.exec(digits);
  if (match === null || !INTEGER.test(match[1] ?? '')) throw new ExpressionError(`"${text}" is no number.`, span);
  const value = integer(match[1] ?? '');
  const suffix = (match[2] ?? '').toLowerCase();
  if (value >> 64n !== 0n) throw new ExpressionError(`${text} does not fit 64 bits.`, span);
  const isDecimal = /^[1-9]/.test(digits);
  const fits = (bits: bigint): boolean => value >> bits === 0n;
  const isUnsigned = suffix.includes('u');
  const isLong = suffix.includes('l');
  const isLongLong = suffix.includes('ll');
  if (!isLong && !isUnsigned && fits(31n)) return { kind: 'integer', value, type: INT };
  if (!isLong && (isUnsigned || !isDecimal) && fits(32n)) return { kind: 'integer', value, type: UNSIGNED_INT };
  if (!isUnsigned && fits(63n)) return { kind: 'integer', value, type: isLongLong ? LONG_LONG : LONG };
  return { kind: 'integer', value, type: isLongLong ? UNSIGNED_LONG_LONG : UNSIGNED_LONG };
}

const INTEGER = /^(?:0x[\da-f]+|0b[01]+|0[0-7]*|[1-9]\d*)$/i;

function integer(digits: string): bigint {
  return BigInt(/^0\d/.test(digits) ? `0o${digits.slice(1)}` : digits);
}
