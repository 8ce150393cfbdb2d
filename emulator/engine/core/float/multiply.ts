import { fromHost, isNaN, resultNaN, signBit, toHost } from './format';
import { RMM, correctNearest, roundPack } from './round';
import { isSpecial, roundToSingle, widen } from './single';
import { biasedExponent, multiplyHigh, normalisedSignificand } from './unpack';

export function f32_mul(a: u64, b: u64, rm: u32): u64 {
  // 24 by 24 bits fit in 53: exact, and far from the ends of the host's range.
  const product = widen(a) * widen(b);
  if (product == 0) return fromHost<f32>(<f32>product);
  if (isSpecial(product)) return product != product ? resultNaN<f32>(a, b) : fromHost<f32>(<f32>product);
  return roundToSingle(product, rm);
}

const HIDDEN: u64 = 0x0010_0000_0000_0000;
const FRACTION: u64 = 0x000f_ffff_ffff_ffff;

export function f64_mul(a: u64, b: u64, rm: u32): u64 {
  const product = toHost<f64>(a) * toHost<f64>(b);
  const bits = reinterpret<u64>(product);
  const exponentA = <i32>((a >> 52) & 0x7ff);
  const exponentB = <i32>((b >> 52) & 0x7ff);
  const exponent = <i32>((bits >> 52) & 0x7ff);
  if (<u32>(exponentA - 1) < 2046 && <u32>(exponentB - 1) < 2046 && <u32>(exponent - 2) < 2044) {
    // What the host rounded away is at most 2^52 units of the exact 106-bit product, so 64 bits hold the difference.
    const exact = ((a & FRACTION) | HIDDEN) * ((b & FRACTION) | HIDDEN);
    const shift = <u64>(52 + exponent - (exponentA + exponentB - 1023));
    const lost = <i64>(exact - (((bits & FRACTION) | HIDDEN) << shift));
    if (lost == 0) return bits;
    if (rm != RMM) return correctNearest(bits, lost, rm);
  }
  return multiplyGeneral(a, b, rm, bits);
}

/** Products with subnormal or special operands, near the ends of the range, or in a mode that needs more than the host. */
function multiplyGeneral(a: u64, b: u64, rm: u32, host: u64): u64 {
  if (isNaN<f64>(host)) return resultNaN<f64>(a, b);
  const exponentA = biasedExponent(a);
  const exponentB = biasedExponent(b);
  // Exact in the host: infinities and zeros among the operands.
  if (exponentA == 0x7ff || exponentB == 0x7ff || a << 1 == 0 || b << 1 == 0) return host;
  const significandA = normalisedSignificand(a);
  const significandB = normalisedSignificand(b);
  const high = multiplyHigh(significandA, significandB);
  const low = significandA * significandB;
  const sticky = high | (low != 0 ? 1 : 0);
  const exponent = exponentA + exponentB - 1022;
  const negative = ((a ^ b) & signBit<f64>()) != 0;
  if (<i64>high < 0) return roundPack<f64>(negative, exponent, sticky, rm);
  return roundPack<f64>(negative, exponent - 1, (high << 1) | (low != 0 ? 1 : 0), rm);
}
