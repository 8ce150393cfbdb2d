import { NV, raise } from './exceptions';

// The two interchange formats, binary32 and binary64 (IEEE 754-2019, 3.4), described by the type parameter T: f32 or
// f64. Values travel as raw bits in a u64; of a binary32 only the low 32 bits are looked at. Every helper here is a
// constant or a few operations once T is known, and the compiler folds it into its caller.

/** Stored bits of the significand: its precision less the hidden bit. */
export function fractionBits<T>(): u64 {
  return sizeof<T>() == 4 ? 23 : 52;
}

export function signBit<T>(): u64 {
  return sizeof<T>() == 4 ? 0x8000_0000 : 0x8000_0000_0000_0000;
}

/** Positive infinity; also the mask of the exponent field. */
export function infinity<T>(): u64 {
  return sizeof<T>() == 4 ? 0x7f80_0000 : 0x7ff0_0000_0000_0000;
}

/** The only NaN that an operation ever produces. */
export function canonicalNaN<T>(): u64 {
  return sizeof<T>() == 4 ? 0x7fc0_0000 : 0x7ff8_0000_0000_0000;
}

export function exponentBias<T>(): i32 {
  return sizeof<T>() == 4 ? 127 : 1023;
}

/** The biased exponent of infinities and NaNs. */
export function specialExponent<T>(): i32 {
  return sizeof<T>() == 4 ? 0xff : 0x7ff;
}

/** The bits without the sign (and, for binary32, without whatever is above bit 31). */
export function magnitude<T>(bits: u64): u64 {
  return bits & (signBit<T>() - 1);
}

export function isNaN<T>(bits: u64): bool {
  return magnitude<T>(bits) > infinity<T>();
}

export function isSignalingNaN<T>(bits: u64): bool {
  return isNaN<T>(bits) && (bits & (canonicalNaN<T>() ^ infinity<T>())) == 0;
}

export function isInfinite<T>(bits: u64): bool {
  return magnitude<T>(bits) == infinity<T>();
}

/** The host's value of these bits. */
export function toHost<T>(bits: u64): T {
  if (sizeof<T>() == 4) return reinterpret<f32>(<u32>bits) as T;
  return reinterpret<f64>(bits) as T;
}

/** The bits of a value of the host, which must not be a NaN: Wasm leaves a NaN's payload open. */
export function fromHost<T>(value: T): u64 {
  if (sizeof<T>() == 4) return reinterpret<u32>(value as f32);
  return reinterpret<u64>(value as f64);
}

/** The result of an invalid operation. */
export function invalid<T>(): u64 {
  raise(NV);
  return canonicalNaN<T>();
}

/**
 * The result of an operation whose host result is a NaN: either an operand is one, when only a signaling NaN is an
 * exception, or the operation is invalid.
 */
export function resultNaN<T>(a: u64, b: u64): u64 {
  if (isNaN<T>(a) || isNaN<T>(b)) {
    if (isSignalingNaN<T>(a) || isSignalingNaN<T>(b)) raise(NV);
    return canonicalNaN<T>();
  }
  return invalid<T>();
}
