// How often a program runs. One is enough to test it; the bench writes another number into its copy of the ELF, so that a
// run is long beside the start of what runs it.
#include "bare.h"

extern const u64 repetitions;

u64 repeat(void) {
  u64 checksum = 0;
  for (u64 i = 0; i < repetitions; i++)
    checksum = checksum * 31 + run();
  return checksum;
}
