// Double precision in the floating-point unit: the orbit of a body around a fixed mass, step by step.
#include "bare.h"

u64 run(void) {
  double x = 1, y = 0, vx = 0, vy = 1.1;
  const double step = 1.0 / 4096;
  for (u32 i = 0; i < 2000000; i++) {
    double square = x * x + y * y;
    double distance;
    __asm__("fsqrt.d %0, %1" : "=f"(distance) : "f"(square));
    double pull = step / (square * distance);
    vx -= x * pull;
    vy -= y * pull;
    x += vx * step;
    y += vy * step;
  }
  union {
    double value;
    u64 bits;
  } a = {x}, b = {y};
  return a.bits ^ b.bits << 1;
}
