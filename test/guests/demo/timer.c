// Time: a tick each 100 microseconds, and tasks that sleep until one. Sleepers hang in a wheel with a slot for each tick
// of a turn, so that a tick looks at its own slot only.
#include "kernel.h"

#define TICK (CLOCK_HZ / 10000)
#define SLOTS 64

volatile u64 ticks;
static u64 deadline;
static struct task *wheel[SLOTS];

static void arm(void) {
  deadline += TICK;
  __asm__ volatile("csrw %0, %1" : : "i"(stimecmp), "r"(deadline));
}

void timer_init(void) {
  deadline = read_csr(time);
  arm();
}

// Wakes those in this tick's slot whose time has come; the others are there for a later turn of the wheel.
static void wake_sleepers(void) {
  struct task **link = &wheel[ticks % SLOTS];
  while (*link) {
    struct task *task = *link;
    if (task->wake_tick <= ticks) {
      *link = task->sleep_next;
      task_ready(task);
    } else {
      link = &task->sleep_next;
    }
  }
}

void timer_interrupt(void) {
  ticks++;
  arm();
  wake_sleepers();
}

// Puts the current task to sleep for a number of ticks, at least 1.
void sleep_ticks(u64 count) {
  struct task *self = current;
  u64 wake_tick = ticks + count;
  struct task **slot = &wheel[wake_tick % SLOTS];
  struct task *next = *slot;
  self->wake_tick = wake_tick;
  self->naps++;

  u64 before = interrupts_off();
  self->sleep_next = next;
  *slot = self;
  self->state = SLEEPING;
  schedule();
  interrupts_restore(before);
}
