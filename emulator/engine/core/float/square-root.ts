import { fromHost, isNaN, resultNaN, toHost } from './format';
import { correctNearest } from './round';
import { roundToSingle, widen } from './single';

export function f32_sqrt(a: u64, rm: u32): u64 {
  const root = sqrt(widen(a));
  if (root != root) return resultNaN<f32>(a, a);
  if (root == 0 || root == Infinity) return fromHost<f32>(<f32>root);
  // The root of a 24-bit number is a number of at most 24 bits or at least 2^-50 away from any number of 25 bits.
  return roundToSingle(root, rm);
}

const HIDDEN: u64 = 0x0010_0000_0000_0000;
const FRACTION: u64 = 0x000f_ffff_ffff_ffff;
/** 2^54 and 2^-27: an even power, to lift subnormal numbers into the normal range and bring their roots back. */
const LIFT: f64 = 18014398509481984.0;
const LOWER: f64 = 1.0 / 134217728.0;

export function f64_sqrt(a: u64, rm: u32): u64 {
  const x = toHost<f64>(a);
  const root = sqrt(x);
  if (root != root) return resultNaN<f64>(a, a);
  if (root == 0 || root == Infinity) return fromHost<f64>(root);
  if (a < HIDDEN) return fromHost<f64>(toHost<f64>(normalRoot(x * LIFT, rm)) * LOWER);
  return normalRoot(x, rm);
}

/** The root of a positive normal number: it is in the middle of the range, and never a tie. */
function normalRoot(x: f64, rm: u32): u64 {
  const radicand = reinterpret<u64>(x);
  const root = reinterpret<u64>(sqrt(x));
  // radicand - root^2 in units of 2^(2 * exponent of root - 104); 64 bits hold the difference, though not the terms.
  const odd = ~(radicand >> 52) & 1;
  const significand = (root & FRACTION) | HIDDEN;
  const lost = <i64>((((radicand & FRACTION) | HIDDEN) << (52 + odd)) - significand * significand);
  return lost == 0 ? root : correctNearest(root, lost, rm);
}
