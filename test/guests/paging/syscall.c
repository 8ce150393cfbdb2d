// System calls from U-mode to a kernel in S-mode that saves all registers, one about every 200 instructions.
#include "kernel.h"

#define CALLS 100000

static struct space space;
static u8 user_stack[4096] __attribute__((aligned(16)));

struct frame *handle_trap(struct frame *frame, u64 cause, u64 value) {
  static u64 total;
  (void)value;
  if (cause != CAUSE_USER_ECALL)
    leave(cause);
  if (frame->x[17] == SYS_LEAVE)
    leave(frame->x[10]);
  frame->x[10] = total += frame->x[10];
  frame->x[0] += 4;
  return frame;
}

static void program(void) {
  u64 state = 88172645463325252UL, checksum = 0;
  for (u32 i = 0; i < CALLS; i++) {
    for (u32 j = 0; j < 24; j++)
      checksum += next_random(&state);
    checksum ^= system_call(SYS_ADD, checksum);
  }
  system_call(SYS_LEAVE, checksum);
}

u64 run(void) {
  make_space(&space);
  return run_user(satp_of(&space, 1), program, user_stack + sizeof user_stack);
}
