// One Sv39 address space for the kernel: memory and devices where they physically are, and the tasks' stacks above them,
// each between pages that are not mapped.
#include "paging.h"
#include "kernel.h"

#define ENTRIES 512
#define LEVELS 3

extern u8 text_end[];
static u64 *root;

static u64 entry_of(u64 physical, u64 bits) {
  return physical >> 12 << 10 | bits | PTE_V;
}

static u64 physical_of(u64 entry) {
  return entry >> 10 << 12;
}

// The entry that maps a page; tables on the way to it are made as needed.
static u64 *leaf(u64 address) {
  u64 *table = root;
  for (u32 level = LEVELS - 1; level > 0; level--) {
    u64 *entry = &table[address >> (12 + 9 * level) & (ENTRIES - 1)];
    if (!(*entry & PTE_V))
      *entry = entry_of((u64)page_take(), 0);
    table = (u64 *)physical_of(*entry);
  }
  return &table[address >> 12 & (ENTRIES - 1)];
}

static void flush(u64 address) {
  __asm__ volatile("sfence.vma %0, zero" : : "r"(address) : "memory");
}

void paging_map(u64 address, u64 physical, u64 permissions) {
  *leaf(address) = entry_of(physical, permissions);
  flush(address);
}

// Returns the physical page that was there.
u64 paging_unmap(u64 address) {
  u64 *entry = leaf(address);
  u64 physical = physical_of(*entry);
  *entry = 0;
  flush(address);
  return physical;
}

static void map_in_place(u64 from, u64 to, u64 permissions) {
  for (u64 page = from; page < to; page += PAGE)
    *leaf(page) = entry_of(page, permissions);
}

void paging_init(void) {
  root = page_take();
  map_in_place(FINISHER, FINISHER + PAGE, PTE_READ_WRITE);
  map_in_place(UART, UART + PAGE, PTE_READ_WRITE);
  map_in_place(RAM, (u64)text_end, PTE_READ_EXECUTE);
  map_in_place((u64)text_end, RAM_END, PTE_READ_WRITE);
  write_csr(satp, SATP_SV39 | (u64)root >> 12);
  __asm__ volatile("sfence.vma" : : : "memory");
}
