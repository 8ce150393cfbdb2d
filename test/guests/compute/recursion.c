// Calls and returns: the Takeuchi function, which does nothing else.
#include "bare.h"

static int __attribute__((noinline)) takeuchi(int x, int y, int z) {
  if (y >= x)
    return z;
  return takeuchi(takeuchi(x - 1, y, z), takeuchi(y - 1, z, x), takeuchi(z - 1, x, y));
}

u64 run(void) {
  u64 checksum = 0;
  for (int i = 0; i < 60; i++)
    checksum = checksum * 31 + (u64)takeuchi(18, 12, 6);
  return checksum;
}
