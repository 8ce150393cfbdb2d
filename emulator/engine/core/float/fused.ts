import { NV, raise } from './exceptions';
import { canonicalNaN, fromHost, infinity, isInfinite, isNaN, isSignalingNaN, magnitude, signBit } from './format';
import { RDN, roundPack, shiftRightSticky, zeroSum } from './round';
import { addToOdd, isSpecial, roundToSingle, widen } from './single';
import { biasedExponent, multiplyHigh, normalisedSignificand } from './unpack';

// a * b + c with one rounding. The other three fused instructions flip signs before they come here.

/**
 * The result when an operand is a NaN or an infinity. Infinity times zero is invalid even when c is a quiet NaN (F
 * extension, fused multiply-add).
 */
function special<T>(a: u64, b: u64, c: u64): u64 {
  const infinityTimesZero = (isInfinite<T>(a) && magnitude<T>(b) == 0) || (isInfinite<T>(b) && magnitude<T>(a) == 0);
  if (isNaN<T>(a) || isNaN<T>(b) || isNaN<T>(c)) {
    if (infinityTimesZero || isSignalingNaN<T>(a) || isSignalingNaN<T>(b) || isSignalingNaN<T>(c)) raise(NV);
    return canonicalNaN<T>();
  }
  const sign = (a ^ b) & signBit<T>();
  const infiniteProduct = isInfinite<T>(a) || isInfinite<T>(b);
  const cancelling = infiniteProduct && isInfinite<T>(c) && sign != (c & signBit<T>());
  if (infinityTimesZero || cancelling) {
    raise(NV);
    return canonicalNaN<T>();
  }
  return infinity<T>() | (infiniteProduct ? sign : c & signBit<T>());
}

export function f32_fma(a: u64, b: u64, c: u64, rm: u32): u64 {
  const product = widen(a) * widen(b);
  const addend = widen(c);
  const sum = product + addend;
  if (isSpecial(sum)) return special<f32>(a, b, c);
  if (sum == 0) return zeroSum<f32>(fromHost<f32>(<f32>product), c, fromHost<f32>(<f32>sum), rm);
  return roundToSingle(addToOdd(product, addend), rm);
}

export function f64_fma(a: u64, b: u64, c: u64, rm: u32): u64 {
  return fusedMultiplyAdd64(a, b, c, rm);
}

/** The operation on all operands, by 128-bit integers; also what the other operations fall back to. */
export function fusedMultiplyAdd64(a: u64, b: u64, c: u64, rm: u32): u64 {
  const exponents = infinity<f64>();
  if ((a & exponents) == exponents || (b & exponents) == exponents || (c & exponents) == exponents) {
    return special<f64>(a, b, c);
  }
  const productSign = (a ^ b) >> 63;
  const addendSign = c >> 63;
  if (a << 1 == 0 || b << 1 == 0) {
    if (c << 1 != 0) return c;
    return productSign == addendSign ? c : rm == RDN ? signBit<f64>() : 0;
  }

  // The product, its leading bit at bit 126 or 125 of 128; bit 126 has the weight of `exponent`.
  const significandA = normalisedSignificand(a);
  const significandB = normalisedSignificand(b) >> 1;
  let high = multiplyHigh(significandA, significandB);
  let low = significandA * significandB;
  let exponent = biasedExponent(a) + biasedExponent(b) - 1022;
  if (high >> 62 == 0) {
    high = (high << 1) | (low >> 63);
    low <<= 1;
    exponent -= 1;
  }
  let sign = productSign;

  if (c << 1 != 0) {
    // Align the addend with it, or it with the addend. At most one of the two loses bits, and then so far down that a
    // sticky bit stands for them: the product fills 106 bits of 127, the addend 53.
    let addendHigh = normalisedSignificand(c) >> 1;
    let addendLow: u64 = 0;
    const distance = exponent - biasedExponent(c);
    if (distance > 0) {
      addendLow = shiftRightLow(addendHigh, 0, distance);
      addendHigh = shiftRightHigh(addendHigh, distance);
    } else if (distance < 0) {
      low = shiftRightLow(high, low, -distance);
      high = shiftRightHigh(high, -distance);
      exponent -= distance;
    }
    if (sign == addendSign) {
      const sum = low + addendLow;
      high += addendHigh + (sum < low ? 1 : 0);
      low = sum;
    } else {
      if (high < addendHigh || (high == addendHigh && low < addendLow)) {
        const swapHigh = high;
        const swapLow = low;
        high = addendHigh;
        low = addendLow;
        addendHigh = swapHigh;
        addendLow = swapLow;
        sign = addendSign;
      }
      high -= addendHigh + (low < addendLow ? 1 : 0);
      low -= addendLow;
      if ((high | low) == 0) return rm == RDN ? signBit<f64>() : 0;
    }
  }

  // Bring the leading bit to bit 127, which then has the weight of exponent + 1.
  exponent += 1;
  if (high == 0) {
    high = low;
    low = 0;
    exponent -= 64;
  }
  const shift = clz(high);
  if (shift != 0) {
    high = (high << shift) | (low >> (64 - shift));
    low <<= shift;
    exponent -= <i32>shift;
  }
  return roundPack<f64>(sign != 0, exponent, high | (low != 0 ? 1 : 0), rm);
}

/** The high half of a 128-bit number shifted right by 1 or more. */
function shiftRightHigh(high: u64, count: i32): u64 {
  return count > 63 ? 0 : high >> count;
}

/** Its low half, with a sticky lowest bit. */
function shiftRightLow(high: u64, low: u64, count: i32): u64 {
  if (count < 64) return (high << (64 - count)) | shiftRightSticky(low, count);
  const sticky: u64 = low != 0 ? 1 : 0;
  if (count == 64) return high | sticky;
  return shiftRightSticky(high, count - 64) | sticky;
}
