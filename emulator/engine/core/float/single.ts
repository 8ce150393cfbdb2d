import { NX, raise } from './exceptions';
import { RNE, roundPack } from './round';

// binary32 arithmetic is done in the host's binary64, which is so much wider (53 >= 2 * 24 + 2 bits) that its result,
// made odd where it is inexact, keeps all that rounding to binary32 has to know.

const SMALLEST_NORMAL: f32 = reinterpret<f32>(0x0080_0000);

/** The exact value of a binary32. */
export function widen(bits: u64): f64 {
  return <f64>reinterpret<f32>(<u32>bits);
}

/**
 * x + y rounded to odd: truncated, and the lowest bit set if that lost anything. What lies between two neighbouring
 * binary32 numbers, or at their midpoint, is thereby told apart. The sum must be finite and not overflow.
 */
export function addToOdd(x: f64, y: f64): f64 {
  const sum = x + y;
  // The exact error of the sum (Knuth's two-sum).
  const part = sum - x;
  const error = x - (sum - part) + (y - part);
  if (error == 0) return sum;
  const bits = reinterpret<u64>(sum);
  return reinterpret<f64>((error < 0 == sum < 0 ? bits : bits - 1) | 1);
}

/** Rounds a finite number other than zero to binary32 and raises the exceptions due. */
export function roundToSingle(value: f64, mode: u32): u64 {
  const nearest = <f32>value;
  if (<f64>nearest == value) return reinterpret<u32>(nearest);
  if (mode == RNE && abs(nearest) > SMALLEST_NORMAL && abs(nearest) < Infinity) {
    raise(NX);
    return reinterpret<u32>(nearest);
  }
  const bits = reinterpret<u64>(value);
  const exponent = <i32>((bits >> 52) & 0x7ff) - 1023 + 127;
  const significand = (bits << 11) | 0x8000_0000_0000_0000;
  return roundPack<f32>(<i64>bits < 0, exponent, significand, mode);
}

/** True for infinities and NaNs. */
export function isSpecial(value: f64): bool {
  return (reinterpret<u64>(value) & 0x7ff0_0000_0000_0000) == 0x7ff0_0000_0000_0000;
}
