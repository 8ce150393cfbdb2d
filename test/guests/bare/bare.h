// What a program alone on the machine needs.
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;

// The program. It may be called again and again; a checksum of what it returns is printed in hexadecimal before the machine
// powers off.
u64 run(void);

// A fixed sequence of pseudo-random numbers (xorshift, 64 bits); the state must not be 0.
static inline u64 next_random(u64 *state) {
  u64 x = *state;
  x ^= x << 13;
  x ^= x >> 7;
  x ^= x << 17;
  return *state = x;
}
