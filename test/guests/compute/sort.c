// Heapsort of pseudo-random numbers: branches that cannot be foreseen.
#include "bare.h"

#define COUNT 100000

static u64 values[COUNT];

static void sift_down(u32 root, u32 end) {
  u64 value = values[root];
  for (u32 child; (child = 2 * root + 1) < end; root = child) {
    if (child + 1 < end && values[child] < values[child + 1])
      child++;
    if (values[child] <= value)
      break;
    values[root] = values[child];
  }
  values[root] = value;
}

u64 run(void) {
  u64 state = 88172645463325252UL, checksum = 0;
  for (u32 round = 0; round < 2; round++) {
    for (u32 i = 0; i < COUNT; i++)
      values[i] = next_random(&state);
    for (u32 i = COUNT / 2; i-- > 0;)
      sift_down(i, COUNT);
    for (u32 end = COUNT - 1; end > 0; end--) {
      u64 largest = values[0];
      values[0] = values[end];
      values[end] = largest;
      sift_down(0, end);
    }
    for (u32 i = 0; i < COUNT; i++)
      checksum = checksum * 31 + values[i];
  }
  return checksum;
}
