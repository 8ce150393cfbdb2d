// Traps: the timer is served, everything else is the end.
#include "kernel.h"

extern u8 trap_vector[];

static const char *const exception_names[16] = {
  "instruction address misaligned", "instruction access fault", "illegal instruction", "breakpoint",
  "load address misaligned", "load access fault", "store address misaligned", "store access fault",
  "environment call from user mode", "environment call from supervisor mode", "reserved", "environment call from machine mode",
  "instruction page fault", "load page fault", "reserved", "store page fault",
};

void traps_init(void) {
  write_csr(stvec, trap_vector);
  set_csr(sie, SIE_STIE);
}

// Called by trap_vector, with interrupts off and on the stack of the interrupted task.
void trap(struct trap_frame *frame) {
  if (frame->scause == SCAUSE_TIMER) {
    timer_interrupt();
    preempt();
    return;
  }
  panic(frame->scause < 16 ? exception_names[frame->scause] : "unexpected interrupt", frame);
}
