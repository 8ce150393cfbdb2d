// Page tables: one root with two large pages, and one table of leaves for the lazy pages.
#include "kernel.h"

#define RAM 0x80000000UL
#define GIGAPAGE 30
#define SV39 (8UL << 60)

static u64 entry(u64 physical, u64 flags) { return physical >> 12 << 10 | flags; }

void make_space(struct space *space) {
  for (u32 i = 0; i < 512; i++)
    space->root[i] = space->middle[i] = space->leaves[i] = 0;
  const u64 flags = PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D;
  space->root[RAM >> GIGAPAGE] = entry(RAM, flags);
  space->root[USER_ALIAS >> GIGAPAGE] = entry(RAM, flags | PTE_U);
  space->root[LAZY_START >> GIGAPAGE] = entry((u64)space->middle, PTE_V);
  space->middle[0] = entry((u64)space->leaves, PTE_V);
}

u64 satp_of(const struct space *space, u64 asid) { return SV39 | asid << 44 | (u64)space->root >> 12; }

void map_lazy(struct space *space, u64 index, const void *page) {
  space->leaves[index] = entry((u64)page, PTE_V | PTE_R | PTE_W | PTE_U);
}
