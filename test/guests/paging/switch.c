// Two programs that yield to each other about every 1000 instructions: satp changes, ASIDs keep their translations apart,
// nothing is fenced. Both see their own pages at the same addresses.
#include "kernel.h"

#define TURNS 15000
#define PAGES 32

extern struct frame first_frame;

static struct space spaces[2];
static u8 frames[2][PAGES][4096] __attribute__((aligned(4096)));
static u8 user_stacks[2][4096] __attribute__((aligned(16)));
static struct frame second_frame;
static struct frame *const tasks[2] = {&first_frame, &second_frame};
static u32 current, ended;
static u64 checksums;

static struct frame *change_task(void) {
  current ^= 1;
  write_satp(satp_of(&spaces[current], current + 1));
  return tasks[current];
}

struct frame *handle_trap(struct frame *frame, u64 cause, u64 value) {
  (void)value;
  if (cause != CAUSE_USER_ECALL)
    leave(cause);
  frame->x[0] += 4;
  if (frame->x[17] == SYS_LEAVE) {
    checksums = checksums * 31 + frame->x[10];
    if (++ended == 2)
      leave(checksums);
  }
  return change_task();
}

static void program(void) {
  u64 state = 88172645463325252UL, checksum = 0;
  for (u32 turn = 0; turn < TURNS; turn++) {
    for (u64 page = 0; page < PAGES; page++) {
      volatile u64 *word = (volatile u64 *)(LAZY_START + page * 4096 + next_random(&state) % 512 * 8);
      for (u32 i = 0; i < 4; i++)
        checksum = (checksum ^ (word[0] += i)) * 31;
    }
    system_call(SYS_YIELD, 0);
  }
  system_call(SYS_LEAVE, checksum);
}

u64 run(void) {
  current = ended = 0;
  checksums = 0;
  for (u32 task = 0; task < 2; task++) {
    make_space(&spaces[task]);
    for (u64 page = 0; page < PAGES; page++)
      map_lazy(&spaces[task], page, frames[task][page]);
  }
  second_frame.x[0] = (u64)program - USER_ALIAS;
  second_frame.x[2] = (u64)(user_stacks[1] + sizeof user_stacks[1]) - USER_ALIAS;
  return run_user(satp_of(&spaces[0], 1), program, user_stacks[0] + sizeof user_stacks[0]);
}
