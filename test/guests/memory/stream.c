// Reads and writes 16 MB in order: a[i] = b[i] * 3 + c[i].
#include "bare.h"

#define COUNT 699050

static u64 a[COUNT], b[COUNT], c[COUNT];

u64 run(void) {
  for (u32 i = 0; i < COUNT; i++) {
    b[i] = i * 0x9e3779b97f4a7c15UL;
    c[i] = i;
  }
  u64 checksum = 0;
  for (u32 round = 0; round < 16; round++) {
    for (u32 i = 0; i < COUNT; i++)
      a[i] = b[i] * 3 + c[i];
    for (u32 i = 0; i < COUNT; i += 64)
      checksum = checksum * 31 + (c[i] = a[i]);
  }
  return checksum;
}
