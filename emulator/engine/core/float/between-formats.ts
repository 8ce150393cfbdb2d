import { NV, raise } from './exceptions';
import { canonicalNaN, fromHost, isNaN, isSignalingNaN, toHost } from './format';
import { isSpecial, roundToSingle, widen } from './single';

/** The canonical NaN of the other format, for a NaN of this one. */
function convertNaN<From, To>(a: u64): u64 {
  if (isSignalingNaN<From>(a)) raise(NV);
  return canonicalNaN<To>();
}

export function f32_to_f64(a: u64): u64 {
  return isNaN<f32>(a) ? convertNaN<f32, f64>(a) : fromHost<f64>(widen(a));
}

export function f64_to_f32(a: u64, rm: u32): u64 {
  if (isNaN<f64>(a)) return convertNaN<f64, f32>(a);
  const value = toHost<f64>(a);
  if (value == 0 || isSpecial(value)) return fromHost<f32>(<f32>value);
  return roundToSingle(value, rm);
}
