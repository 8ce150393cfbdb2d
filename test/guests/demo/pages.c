// Physical pages: those not in use are linked through their first word.
#include "kernel.h"

struct free_page {
  struct free_page *next;
};

extern u8 kernel_end[];
static struct free_page *free_pages;
static u64 free_count;

void pages_init(void) {
  for (u64 page = RAM_END - PAGE; page >= (u64)kernel_end; page -= PAGE)
    page_give((void *)page);
}

u64 pages_free(void) {
  return free_count;
}

// A page of zeros.
void *page_take(void) {
  u64 before = interrupts_off();
  struct free_page *page = free_pages;
  if (!page)
    panic("out of memory", NULL);
  free_pages = page->next;
  free_count--;
  interrupts_restore(before);
  for (u64 *word = (u64 *)page; word < (u64 *)((u64)page + PAGE); word++)
    *word = 0;
  return page;
}

void page_give(void *address) {
  u64 before = interrupts_off();
  struct free_page *page = address;
  page->next = free_pages;
  free_pages = page;
  free_count++;
  interrupts_restore(before);
}
