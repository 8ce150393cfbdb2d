// Reads and writes words all over 32 MB, in no order that a cache or a TLB could guess.
#include "bare.h"

#define COUNT (1UL << 22)

static u64 words[COUNT];

u64 run(void) {
  u64 state = 88172645463325252UL, checksum = 0;
  for (u32 i = 0; i < 4000000; i++) {
    u64 random = next_random(&state);
    u64 *word = &words[random % COUNT];
    checksum += *word;
    *word = random;
  }
  return checksum;
}
