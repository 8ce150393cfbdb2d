import { NV, raise } from './exceptions';
import { canonicalNaN, isNaN, isSignalingNaN, signBit, toHost } from './format';

// feq is a quiet comparison, flt and fle are signaling ones: any NaN is invalid to them (F extension, compare).

function equal<T>(a: u64, b: u64): u64 {
  if (isSignalingNaN<T>(a) || isSignalingNaN<T>(b)) raise(NV);
  return toHost<T>(a) == toHost<T>(b) ? 1 : 0;
}

function less<T>(a: u64, b: u64): u64 {
  if (isNaN<T>(a) || isNaN<T>(b)) raise(NV);
  return toHost<T>(a) < toHost<T>(b) ? 1 : 0;
}

function lessOrEqual<T>(a: u64, b: u64): u64 {
  if (isNaN<T>(a) || isNaN<T>(b)) raise(NV);
  return toHost<T>(a) <= toHost<T>(b) ? 1 : 0;
}

export function f32_eq(a: u64, b: u64): u64 {
  return equal<f32>(a, b);
}

export function f32_lt(a: u64, b: u64): u64 {
  return less<f32>(a, b);
}

export function f32_le(a: u64, b: u64): u64 {
  return lessOrEqual<f32>(a, b);
}

export function f64_eq(a: u64, b: u64): u64 {
  return equal<f64>(a, b);
}

export function f64_lt(a: u64, b: u64): u64 {
  return less<f64>(a, b);
}

export function f64_le(a: u64, b: u64): u64 {
  return lessOrEqual<f64>(a, b);
}

// minimumNumber and maximumNumber (IEEE 754-2019, 9.6): a number beats a NaN, and -0 is less than +0.

function minimumNumber<T>(a: u64, b: u64): u64 {
  if (isSignalingNaN<T>(a) || isSignalingNaN<T>(b)) raise(NV);
  if (isNaN<T>(a)) return isNaN<T>(b) ? canonicalNaN<T>() : b;
  if (isNaN<T>(b)) return a;
  const x = toHost<T>(a);
  const y = toHost<T>(b);
  return x < y || (x == y && (a & signBit<T>()) != 0) ? a : b;
}

function maximumNumber<T>(a: u64, b: u64): u64 {
  if (isSignalingNaN<T>(a) || isSignalingNaN<T>(b)) raise(NV);
  if (isNaN<T>(a)) return isNaN<T>(b) ? canonicalNaN<T>() : b;
  if (isNaN<T>(b)) return a;
  const x = toHost<T>(a);
  const y = toHost<T>(b);
  return x > y || (x == y && (a & signBit<T>()) == 0) ? a : b;
}

export function f32_min(a: u64, b: u64): u64 {
  return minimumNumber<f32>(a, b);
}

export function f32_max(a: u64, b: u64): u64 {
  return maximumNumber<f32>(a, b);
}

export function f64_min(a: u64, b: u64): u64 {
  return minimumNumber<f64>(a, b);
}

export function f64_max(a: u64, b: u64): u64 {
  return maximumNumber<f64>(a, b);
}
