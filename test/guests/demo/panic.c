// What is left to do when nothing can be done.
#include "kernel.h"

#define FINISHER_FAIL 0x3333U

// Ends the machine; the code is what the person at the host sees.
_Noreturn void power_off(u32 code) {
  *(volatile u32 *)FINISHER = FINISHER_FAIL | code << 16;
  for (;;) {
  }
}

static const char *const register_names[32] = {
  "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5",
  "a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
};

_Noreturn void panic(const char *why, const struct trap_frame *frame) {
  interrupts_off();
  print("\npanic: %s\n", why);
  print("in task %u (%s), tick %u\n", (u64)current->id, current->name, ticks);
  if (frame) {
    print("  sepc %p  scause %p  stval %p\n", frame->sepc, frame->scause, frame->stval);
    for (u32 i = 1; i < 32; i++)
      print("  %s %p%s", register_names[i], frame->x[i], i % 4 == 0 || i == 31 ? "\n" : "");
  }
  power_off(POWER_OFF_PANIC);
}
