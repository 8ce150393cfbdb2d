import { exponentBias, fractionBits, fromHost } from './format';
import { roundPack } from './round';

// Conversions from integers. Those of 32 bits look at the low half of their argument only.

/** True when the number has no more significant bits than T holds, so that the host's conversion is exact. */
function fits<T>(size: u64): bool {
  return size == 0 || clz(size) + ctz(size) >= 63 - fractionBits<T>();
}

/** Rounds a magnitude that does not fit T. */
function roundMagnitude<T>(negative: bool, size: u64, mode: u32): u64 {
  const leading = clz(size);
  return roundPack<T>(negative, exponentBias<T>() + 63 - <i32>leading, size << leading, mode);
}

function fromSigned<T>(value: i64, mode: u32): u64 {
  const size: u64 = value < 0 ? -value : value;
  return fits<T>(size) ? fromHost<T>(value as T) : roundMagnitude<T>(value < 0, size, mode);
}

function fromUnsigned<T>(value: u64, mode: u32): u64 {
  return fits<T>(value) ? fromHost<T>(value as T) : roundMagnitude<T>(false, value, mode);
}

export function i32_to_f32(a: u64, rm: u32): u64 {
  return fromSigned<f32>(<i64>(<i32>a), rm);
}

export function u32_to_f32(a: u64, rm: u32): u64 {
  return fromUnsigned<f32>(<u64>(<u32>a), rm);
}

export function i64_to_f32(a: u64, rm: u32): u64 {
  return fromSigned<f32>(<i64>a, rm);
}

export function u64_to_f32(a: u64, rm: u32): u64 {
  return fromUnsigned<f32>(a, rm);
}

export function i32_to_f64(a: u64, rm: u32): u64 {
  return fromSigned<f64>(<i64>(<i32>a), rm);
}

export function u32_to_f64(a: u64, rm: u32): u64 {
  return fromUnsigned<f64>(<u64>(<u32>a), rm);
}

export function i64_to_f64(a: u64, rm: u32): u64 {
  return fromSigned<f64>(<i64>a, rm);
}

export function u64_to_f64(a: u64, rm: u32): u64 {
  return fromUnsigned<f64>(a, rm);
}
