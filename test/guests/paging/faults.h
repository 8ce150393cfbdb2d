// A program that touches each of its pages for the first time, over and over: a page fault each, and the kernel maps it.
// With FENCE_AFTER_MAPPING the kernel tells the TLB each time; what it need not do, for no entry was valid before.
#include "kernel.h"

#define ROUNDS 64

static struct space space;
static u8 frames[LAZY_PAGES][4096] __attribute__((aligned(4096)));
static u8 user_stack[4096] __attribute__((aligned(16)));
static u64 next_frame;

struct frame *handle_trap(struct frame *frame, u64 cause, u64 value) {
  if (cause == CAUSE_USER_ECALL) {
    if (frame->x[17] == SYS_LEAVE)
      leave(frame->x[10]);
    for (u32 i = 0; i < LAZY_PAGES; i++)
      space.leaves[i] = 0;
    sfence_vma_all();
    frame->x[0] += 4;
    return frame;
  }
  map_lazy(&space, (value - LAZY_START) >> 12, frames[next_frame++ * 7 % LAZY_PAGES]);
  if (FENCE_AFTER_MAPPING)
    sfence_vma(value);
  return frame;
}

static void program(void) {
  u64 state = 88172645463325252UL, checksum = 0;
  for (u32 round = 0; round < ROUNDS; round++) {
    for (u64 index = 0; index < LAZY_PAGES; index++) {
      volatile u64 *word = (volatile u64 *)(LAZY_START + index * 4096 + next_random(&state) % 512 * 8);
      checksum = checksum * 31 + *word + index;
      *word = checksum;
    }
    system_call(SYS_UNMAP, 0);
  }
  system_call(SYS_LEAVE, checksum);
}

u64 run(void) {
  make_space(&space);
  return run_user(satp_of(&space, 1), program, user_stack + sizeof user_stack);
}
