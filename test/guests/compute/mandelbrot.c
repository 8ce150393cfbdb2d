// Single precision with comparisons and conversions: how long points of the plane take to leave the Mandelbrot set.
#include "bare.h"

#define SIZE 96
#define LIMIT 250

u64 run(void) {
  u64 checksum = 0;
  for (int row = 0; row < SIZE; row++)
    for (int column = 0; column < SIZE; column++) {
      float a = (float)column * (3.0f / SIZE) - 2.25f, b = (float)row * (2.5f / SIZE) - 1.25f;
      float x = 0, y = 0;
      u32 count = 0;
      for (; count < LIMIT && x * x + y * y <= 4.0f; count++) {
        float next = x * x - y * y + a;
        y = 2 * x * y + b;
        x = next;
      }
      checksum = checksum * 31 + count + (u64)(u32)(x * 256.0f);
    }
  return checksum;
}
