/** Lies at the same virtual addresses as knock, with other code: breakpoints of that must not stop here. */
#include "system-call.h"

static volatile long turns;

__attribute__((noinline)) long turn(long by) {
  turns += by;
  turns ^= by << 3;
  turns -= by >> 1;
  return turns;
}

int main(void) {
  for (long by = 0; by < 2000; by++) turn(by);
  system_call(SYS_WRITE, 1, (long)"decoy\n", 6);
  return 0;
}
