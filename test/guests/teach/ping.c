// Prints, wakes the other and lets it go on.
#include "user.h"

__attribute__((noinline)) static void serve(u64 round) {
  ask(SYS_PRINT, '0' + round);
  ask(SYS_WAKE, 0);
}

MAIN {
  for (u64 round = 0; round < 4; round++) {
    serve(round);
    ask(SYS_YIELD, 0);
  }
  ask(SYS_EXIT, 0);
}
