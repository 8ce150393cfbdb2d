// Single precision in integer registers, as code for a machine without a floating-point unit does it: the logistic map
// x = r * x * (1 - x). Finite normal numbers only, rounded to nearest even.
#include "bare.h"

static u32 pack(u32 sign, int exponent, u64 significand, int guard_bits) {
  if (significand == 0)
    return 0;
  int drop = 40;
  while (significand >> (drop + 23) == 0)
    drop--;
  exponent += drop - guard_bits;
  u64 kept = significand;
  if (drop > 0) {
    u64 lost = significand & ((1UL << drop) - 1), half = 1UL << (drop - 1);
    kept = significand >> drop;
    if (lost > half || (lost == half && (kept & 1)))
      kept++;
    if (kept >> 24) {
      kept >>= 1;
      exponent++;
    }
  } else {
    kept <<= -drop;
  }
  return sign << 31 | (u32)exponent << 23 | ((u32)kept & 0x7fffff);
}

static u32 __attribute__((noinline)) multiply(u32 a, u32 b) {
  if (!(a << 1) || !(b << 1))
    return 0;
  int exponent = (int)(a >> 23 & 255) + (int)(b >> 23 & 255) - 127;
  u64 product = (u64)(a & 0x7fffff | 0x800000) * (b & 0x7fffff | 0x800000);
  return pack((a ^ b) >> 31, exponent, product, 23);
}

// a - b where a >= b > 0.
static u32 __attribute__((noinline)) subtract(u32 a, u32 b) {
  int exponent = (int)(a >> 23);
  int distance = exponent - (int)(b >> 23);
  u64 x = (u64)(a & 0x7fffff | 0x800000) << 32, y = (u64)(b & 0x7fffff | 0x800000) << 32;
  // What is shifted out leaves a trace, so that the rounding sees it.
  y = distance > 55 ? 1 : y >> distance | ((y & ((1UL << distance) - 1)) != 0);
  return pack(0, exponent, x - y, 32);
}

u64 run(void) {
  const u32 one = 0x3f800000, rate = 0x40733333;
  u32 x = 0x3e99999a;
  u64 checksum = 0;
  for (u32 i = 0; i < 200000; i++) {
    x = multiply(multiply(rate, x), subtract(one, x));
    checksum = checksum * 31 + x;
  }
  return checksum;
}
