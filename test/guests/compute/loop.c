// Integer arithmetic in registers: nothing but the loop itself.
#include "bare.h"

u64 run(void) {
  u64 a = 1, b = 2, c = 3;
  for (u64 i = 0; i < 25000000; i++) {
    a = a * 6364136223846793005UL + i;
    b ^= a >> 29;
    c += b << 3;
    b -= c;
  }
  return a ^ b ^ c;
}
