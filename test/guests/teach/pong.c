// Sleeps until it is woken, and prints.
#include "user.h"

MAIN {
  u64 rounds = 0;
  for (;;) {
    ask(SYS_SLEEP, 0);
    ask(SYS_PRINT, 'a' + rounds++);
  }
}
