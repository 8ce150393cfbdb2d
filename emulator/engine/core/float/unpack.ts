// binary64 numbers taken apart, and the 128-bit product that their significands need.

/** The biased exponent as if the exponent range had no lower end: of a subnormal number below 1. Not for zero. */
export function biasedExponent(bits: u64): i32 {
  const field = <i32>((bits >> 52) & 0x7ff);
  return field != 0 ? field : 12 - <i32>clz((bits << 1) >> 1);
}

/** The significand with its leading bit at bit 63. Not for zero. */
export function normalisedSignificand(bits: u64): u64 {
  if ((bits & 0x7ff0_0000_0000_0000) != 0) return (bits << 11) | 0x8000_0000_0000_0000;
  const fraction = bits << 12;
  return fraction << clz(fraction);
}

/** The high 64 bits of the 128-bit product. */
export function multiplyHigh(a: u64, b: u64): u64 {
  const aLow = a & 0xffff_ffff;
  const aHigh = a >> 32;
  const bLow = b & 0xffff_ffff;
  const bHigh = b >> 32;
  const cross = aHigh * bLow + ((aLow * bLow) >> 32);
  const middle = aLow * bHigh + (cross & 0xffff_ffff);
  return aHigh * bHigh + (cross >> 32) + (middle >> 32);
}
