// Products of integer matrices.
#include "bare.h"

#define SIZE 96

static u64 a[SIZE][SIZE], b[SIZE][SIZE], product[SIZE][SIZE];

u64 run(void) {
  u64 state = 88172645463325252UL, checksum = 0;
  for (u32 i = 0; i < SIZE; i++)
    for (u32 j = 0; j < SIZE; j++) {
      a[i][j] = next_random(&state);
      b[i][j] = next_random(&state);
    }
  for (u32 round = 0; round < 16; round++) {
    for (u32 i = 0; i < SIZE; i++)
      for (u32 j = 0; j < SIZE; j++) {
        u64 sum = 0;
        for (u32 k = 0; k < SIZE; k++)
          sum += a[i][k] * b[k][j];
        product[i][j] = sum;
      }
    for (u32 i = 0; i < SIZE; i++)
      for (u32 j = 0; j < SIZE; j++)
        checksum += (a[i][j] = product[i][j]) * (i + j + 1);
  }
  return checksum;
}
