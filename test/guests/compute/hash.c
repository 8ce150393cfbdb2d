// FNV-1a over a buffer, byte by byte, again and again.
#include "bare.h"

#define LENGTH 4096

static u8 buffer[LENGTH];

u64 run(void) {
  u64 state = 88172645463325252UL;
  for (u32 i = 0; i < LENGTH; i++)
    buffer[i] = (u8)next_random(&state);
  u64 hash = 14695981039346656037UL;
  for (u32 round = 0; round < 4000; round++)
    for (u32 i = 0; i < LENGTH; i++)
      hash = (hash ^ buffer[i]) * 1099511628211UL;
  return hash;
}
