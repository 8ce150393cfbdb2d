import { NX, raise } from './exceptions';
import { fromHost, isNaN, resultNaN, signBit, toHost } from './format';
import { fusedMultiplyAdd64 } from './fused';
import { RMM, RNE, correctNearest, zeroSum } from './round';
import { addToOdd, isSpecial, roundToSingle, widen } from './single';

export function f32_add(a: u64, b: u64, rm: u32): u64 {
  const x = widen(a);
  const y = widen(b);
  const sum = x + y;
  if (sum == 0) return zeroSum<f32>(a, b, fromHost<f32>(<f32>sum), rm);
  if (isSpecial(sum)) return sum != sum ? resultNaN<f32>(a, b) : fromHost<f32>(<f32>sum);
  return roundToSingle(addToOdd(x, y), rm);
}

export function f32_sub(a: u64, b: u64, rm: u32): u64 {
  return f32_add(a, b ^ signBit<f32>(), rm);
}

// Sums below 2^1022, where the two-sum cannot overflow.
const LARGE_SUM: u64 = 0x7fd0_0000_0000_0000;
const SMALLEST_NORMAL: u64 = 0x0010_0000_0000_0000;

export function f64_add(a: u64, b: u64, rm: u32): u64 {
  const x = toHost<f64>(a);
  const y = toHost<f64>(b);
  const sum = x + y;
  const bits = reinterpret<u64>(sum);
  const size = bits & ~signBit<f64>();
  if (size < LARGE_SUM) {
    const part = sum - x;
    const error = x - (sum - part) + (y - part);
    if (error == 0) return sum == 0 ? zeroSum<f64>(a, b, bits, rm) : bits;
    if (rm == RNE) {
      raise(NX);
      return bits;
    }
    // A sum that is inexact is normal, and larger than the smallest normal number.
    const larger = error < 0 == sum < 0;
    if (rm != RMM && size > SMALLEST_NORMAL) return correctNearest(bits, larger ? 1 : -1, rm);
  }
  if (isNaN<f64>(bits)) return resultNaN<f64>(a, b);
  return fusedMultiplyAdd64(a, fromHost<f64>(1.0), b, rm);
}

export function f64_sub(a: u64, b: u64, rm: u32): u64 {
  return f64_add(a, b ^ signBit<f64>(), rm);
}
