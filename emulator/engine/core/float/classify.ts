import { fractionBits, infinity, isSignalingNaN, magnitude, signBit } from './format';

/** The bit of fclass (F extension, table of its result). */
function classify<T>(bits: u64): u64 {
  const size = magnitude<T>(bits);
  if (size > infinity<T>()) return isSignalingNaN<T>(bits) ? 1 << 8 : 1 << 9;
  const smallestNormal: u64 = 1 << fractionBits<T>();
  // Negative numbers are listed from infinity to zero, positive ones from zero to infinity.
  const distance: u64 = size == 0 ? 0 : size < smallestNormal ? 1 : size < infinity<T>() ? 2 : 3;
  return (bits & signBit<T>()) != 0 ? 1 << (3 - distance) : 1 << (4 + distance);
}

export function f32_classify(a: u64): u64 {
  return classify<f32>(a);
}

export function f64_classify(a: u64): u64 {
  return classify<f64>(a);
}
