// What the parts of the kernel offer each other.
#pragma once
#include "board.h"
#include "riscv.h"
#include "types.h"

// console.c: the serial line.
void print(const char *format, ...);

// panic.c: the end.
struct trap_frame;
enum { POWER_OFF_PANIC = 1, POWER_OFF_MACHINE_TRAP = 2 };
_Noreturn void power_off(u32 code);
_Noreturn void panic(const char *why, const struct trap_frame *frame);

// pages.c: physical pages.
#define PAGE 4096UL
void pages_init(void);
void *page_take(void);
void page_give(void *page);
u64 pages_free(void);

// paging.c: the kernel's one address space.
void paging_init(void);
void paging_map(u64 address, u64 physical, u64 permissions);
u64 paging_unmap(u64 address);

// task.c: threads and who runs next.
enum priority { INTERACTIVE, NORMAL, BACKGROUND, PRIORITIES };
enum task_state { READY, RUNNING, SLEEPING, DEAD };

// What switch_context keeps: the registers that a function must preserve.
struct context {
  u64 ra, sp, s[12];
};

struct task {
  struct context context;
  const char *name;
  u32 id;
  enum priority priority;
  enum task_state state;
  struct task *run_next;    // the next in the same run queue
  struct task *sleep_next;  // the next in the same slot of the sleep wheel
  u64 wake_tick;
  u64 naps;
  void (*main)(void *argument);
  void *argument;
};

extern struct task *current;
struct task *task_start(const char *name, enum priority priority, void (*main)(void *argument), void *argument);
_Noreturn void task_exit(void);
void task_ready(struct task *task);
void schedule(void);
void preempt(void);
_Noreturn void tasks_run(void);

// timer.c: ticks and sleep.
extern volatile u64 ticks;
void timer_init(void);
void timer_interrupt(void);
void sleep_ticks(u64 count);

// trap.c: exceptions and interrupts.
// Every register of the interrupted code, as trap.S lays it out.
struct trap_frame {
  u64 x[32];  // x[0] is unused
  u64 sepc, sstatus, scause, stval;
};
void traps_init(void);

// main.c
_Noreturn void kernel_main(void);
