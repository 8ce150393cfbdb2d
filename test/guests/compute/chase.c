// Follows a ring of pointers through 4 MB in random order: each load waits for the one before.
#include "bare.h"

#define COUNT 524288

static u64 next[COUNT];

u64 run(void) {
  u64 state = 88172645463325252UL;
  for (u32 i = 0; i < COUNT; i++)
    next[i] = i;
  // Sattolo's shuffle leaves a single ring.
  for (u32 i = COUNT - 1; i > 0; i--) {
    u32 j = (u32)(next_random(&state) % i);
    u64 swapped = next[i];
    next[i] = next[j];
    next[j] = swapped;
  }
  u64 place = 0, checksum = 0;
  for (u32 i = 0; i < 4000000; i++) {
    place = next[place];
    checksum += place;
  }
  return checksum;
}
