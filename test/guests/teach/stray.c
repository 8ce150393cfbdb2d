// Writes where it may not.
#include "user.h"

MAIN {
  *(volatile u64 *)0x80200000 = 1;
}
