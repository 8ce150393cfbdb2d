import { NV, NX, raise } from './exceptions';
import { toHost } from './format';
import { RDN, RMM, RNE, RUP } from './round';
import { widen } from './single';

// Conversions to integers. The host rounds to an integral number in the mode asked for; a result out of range, judged
// after rounding, saturates and is invalid, which hides inexact (F extension, table of domains of conversions).

function roundToIntegral(x: f64, mode: u32): f64 {
  if (mode == RNE) return nearest(x);
  if (mode == RDN) return floor(x);
  if (mode == RUP) return ceil(x);
  const truncated = trunc(x);
  // The fraction is exact; a number that has one is far below 2^53, where adding 1 is exact too.
  if (mode == RMM && abs(x - truncated) >= 0.5) return truncated + copysign(1.0, x);
  return truncated;
}

/** x is what `integral` was rounded from, and in range. */
function accrueInexact(x: f64, integral: f64): void {
  if (integral != x) raise(NX);
}

function toI32(x: f64, mode: u32): u64 {
  const integral = roundToIntegral(x, mode);
  if (integral >= -2147483648.0 && integral <= 2147483647.0) {
    accrueInexact(x, integral);
    return <u64>(<i64>integral);
  }
  raise(NV);
  return x < 0 ? 0xffff_ffff_8000_0000 : 0x7fff_ffff;
}

function toU32(x: f64, mode: u32): u64 {
  const integral = roundToIntegral(x, mode);
  if (integral >= 0 && integral <= 4294967295.0) {
    accrueInexact(x, integral);
    return <u64>(<i64>(<i32>(<u32>(<u64>integral))));
  }
  raise(NV);
  return x < 0 ? 0 : u64.MAX_VALUE;
}

function toI64(x: f64, mode: u32): u64 {
  const integral = roundToIntegral(x, mode);
  if (integral >= -9223372036854775808.0 && integral < 9223372036854775808.0) {
    accrueInexact(x, integral);
    return <u64>(<i64>integral);
  }
  raise(NV);
  return x < 0 ? 0x8000_0000_0000_0000 : 0x7fff_ffff_ffff_ffff;
}

function toU64(x: f64, mode: u32): u64 {
  const integral = roundToIntegral(x, mode);
  if (integral >= 0 && integral < 18446744073709551616.0) {
    accrueInexact(x, integral);
    return <u64>integral;
  }
  raise(NV);
  return x < 0 ? 0 : u64.MAX_VALUE;
}

export function f32_to_i32(a: u64, rm: u32): u64 {
  return toI32(widen(a), rm);
}

export function f32_to_u32(a: u64, rm: u32): u64 {
  return toU32(widen(a), rm);
}

export function f32_to_i64(a: u64, rm: u32): u64 {
  return toI64(widen(a), rm);
}

export function f32_to_u64(a: u64, rm: u32): u64 {
  return toU64(widen(a), rm);
}

export function f64_to_i32(a: u64, rm: u32): u64 {
  return toI32(toHost<f64>(a), rm);
}

export function f64_to_u32(a: u64, rm: u32): u64 {
  return toU32(toHost<f64>(a), rm);
}

export function f64_to_i64(a: u64, rm: u32): u64 {
  return toI64(toHost<f64>(a), rm);
}

export function f64_to_u64(a: u64, rm: u32): u64 {
  return toU64(toHost<f64>(a), rm);
}
