import { DZ, raise } from './exceptions';
import { fromHost, isInfinite, isNaN, resultNaN, signBit, toHost } from './format';
import { correctNearest, roundPack } from './round';
import { isSpecial, roundToSingle, widen } from './single';
import { biasedExponent, normalisedSignificand } from './unpack';

export function f32_div(a: u64, b: u64, rm: u32): u64 {
  const quotient = widen(a) / widen(b);
  if (isSpecial(quotient)) {
    if (quotient != quotient) return resultNaN<f32>(a, b);
    if (!isInfinite<f32>(a)) raise(DZ);
    return fromHost<f32>(<f32>quotient);
  }
  if (quotient == 0) return fromHost<f32>(<f32>quotient);
  // A quotient of two 24-bit significands is a number of at most 24 bits or at least 2^-48 (relatively) away from any
  // number of 25 bits, so the host's rounding never takes it onto or across one.
  return roundToSingle(quotient, rm);
}

const HIDDEN: u64 = 0x0010_0000_0000_0000;
const FRACTION: u64 = 0x000f_ffff_ffff_ffff;

export function f64_div(a: u64, b: u64, rm: u32): u64 {
  const quotient = toHost<f64>(a) / toHost<f64>(b);
  const bits = reinterpret<u64>(quotient);
  const exponentA = <i32>((a >> 52) & 0x7ff);
  const exponentB = <i32>((b >> 52) & 0x7ff);
  const exponent = <i32>((bits >> 52) & 0x7ff);
  if (<u32>(exponentA - 1) < 2046 && <u32>(exponentB - 1) < 2046 && <u32>(exponent - 2) < 2044) {
    const shift = <u64>(52 + (exponentA - exponentB + 1023) - exponent);
    const lost = remainder((a & FRACTION) | HIDDEN, (b & FRACTION) | HIDDEN, (bits & FRACTION) | HIDDEN, shift);
    if (lost == 0) return bits;
    return correctNearest(bits, lost, rm);
  }
  return divideGeneral(a, b, rm, bits);
}

/**
 * dividend * 2^shift - quotient * divisor, of 53-bit significands. As the quotient is off by at most half a unit, the
 * remainder is at most half the divisor and 64 bits hold it, though not the terms. Its sign says whether the exact
 * quotient is larger or smaller. It is never a tie: twice an odd quotient of 54 bits has no 53-bit dividend.
 */
function remainder(dividend: u64, divisor: u64, quotient: u64, shift: u64): i64 {
  return <i64>((dividend << shift) - quotient * divisor);
}

/** Quotients with subnormal or special operands, or near the ends of the range. */
function divideGeneral(a: u64, b: u64, rm: u32, host: u64): u64 {
  if (isNaN<f64>(host)) return resultNaN<f64>(a, b);
  if (isInfinite<f64>(a) || isInfinite<f64>(b) || a << 1 == 0) return host;
  if (b << 1 == 0) {
    raise(DZ);
    return host;
  }
  // Divide the significands, as numbers in [1, 2), where nothing underflows.
  const dividend = normalisedSignificand(a) >> 11;
  const divisor = normalisedSignificand(b) >> 11;
  const one: u64 = 0x3ff0_0000_0000_0000;
  const bits = reinterpret<u64>(
    reinterpret<f64>((dividend & FRACTION) | one) / reinterpret<f64>((divisor & FRACTION) | one),
  );
  const below = 1023 - (bits >> 52);
  const quotient = (bits & FRACTION) | HIDDEN;
  const lost = remainder(dividend, divisor, quotient, 52 + below);
  let exponent = biasedExponent(a) - biasedExponent(b) + 1023 - <i32>below;
  let significand = quotient << 11;
  if (lost > 0) significand |= 1;
  if (lost < 0) {
    significand -= 1;
    if (<i64>significand >= 0) {
      // A hair below a power of two.
      significand = u64.MAX_VALUE;
      exponent -= 1;
    }
  }
  return roundPack<f64>(((a ^ b) & signBit<f64>()) != 0, exponent, significand, rm);
}
