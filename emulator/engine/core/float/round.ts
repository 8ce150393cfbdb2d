import { NX, OF, UF, raise } from './exceptions';
import { fractionBits, infinity, signBit, specialExponent } from './format';

// Rounding modes as frm and the rm field encode them (F extension, table of rounding modes).
/** To nearest, ties to even. */
export const RNE: u32 = 0;
// 1 is RTZ, towards zero: what is left when no other mode applies.
/** Down, towards negative infinity. */
export const RDN: u32 = 2;
/** Up, towards positive infinity. */
export const RUP: u32 = 3;
/** To nearest, ties to the larger magnitude. */
export const RMM: u32 = 4;

/** Shifts right; the lowest bit of the result is set when anything nonzero was shifted out. `count` is at least 1. */
export function shiftRightSticky(value: u64, count: u32): u64 {
  if (count > 63) return value != 0 ? 1 : 0;
  return (value >> count) | (value << (64 - count) != 0 ? 1 : 0);
}

/**
 * Rounds to T and raises inexact, underflow and overflow as due. The value is significand * 2^(exponent - bias - 63):
 * with bit 63 of the significand set, `exponent` is the biased exponent the result has if it is in range. Bit 0 is
 * sticky: it stands for anything nonzero below. Bit 63 may be clear only where the value is below half of the smallest
 * subnormal number anyway. Tininess is detected after rounding, as the F extension requires.
 */
export function roundPack<T>(negative: bool, exponent: i32, significand: u64, mode: u32): u64 {
  const drop = 63 - fractionBits<T>();
  const dropped: u64 = (1 << drop) - 1;
  const half: u64 = 1 << (drop - 1);
  const sign = negative ? signBit<T>() : 0;
  const increment = mode == RNE || mode == RMM ? half : mode == (negative ? RDN : RUP) ? dropped : 0;

  let inexact = NX;
  const largest = specialExponent<T>() - 1;
  if (exponent >= largest) {
    if (exponent > largest || significand + increment < significand) {
      raise(OF | NX);
      return sign | (increment == 0 ? infinity<T>() - 1 : infinity<T>());
    }
  } else if (exponent < 1) {
    // Tiny unless rounding with an unbounded exponent would carry into the smallest normal number.
    if (exponent < 0 || significand + increment >= significand) inexact = NX | UF;
    significand = shiftRightSticky(significand, 1 - exponent);
    exponent = 1;
  }

  const lost = significand & dropped;
  if (lost != 0) raise(inexact);
  let rounded = (significand >> drop) + ((lost + increment) >> drop);
  if (mode == RNE && lost == half) rounded &= ~1;
  // A hidden bit adds one to the exponent field, and so does a carry out of the significand.
  return sign | (((<u64>(exponent - 1)) << fractionBits<T>()) + rounded);
}

/**
 * Turns a binary64 result that the host rounded to nearest even into that of the mode asked for, and raises inexact.
 * `lost` is positive when the exact result is larger in magnitude than `nearest`, negative when it is smaller; it is
 * not 0. `nearest` must be normal with normal neighbours, and the exact result must not be a tie if the mode is RMM.
 */
export function correctNearest(nearest: u64, lost: i64, mode: u32): u64 {
  raise(NX);
  if (mode == RNE || mode == RMM) return nearest;
  const awayFromZero = mode == (<i64>nearest < 0 ? RDN : RUP);
  if (awayFromZero) return lost > 0 ? nearest + 1 : nearest;
  return lost < 0 ? nearest - 1 : nearest;
}

/** The sign rule of an exact zero sum (IEEE 754-2019, 6.3): a and b are its operands, `zero` what the host made of it. */
export function zeroSum<T>(a: u64, b: u64, zero: u64, mode: u32): u64 {
  if (mode != RDN) return zero;
  return (a | b) << (64 - sizeof<T>() * 8) == 0 ? 0 : signBit<T>();
}
