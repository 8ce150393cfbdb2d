// A small teaching kernel in the manner of those of operating-system courses: a process table, a context switch, user
// programs under Sv39 that all lie at the same address. It runs in S-mode, and the firmware's SBI prints for it.
#pragma once
#include "../bare/bare.h"

enum { PROCESSES = 6, NAME_LENGTH = 16 };
enum procstate { UNUSED, SLEEPING, RUNNABLE, RUNNING, ZOMBIE };

// What swtch saves: the registers that a function call preserves.
struct context {
  u64 ra, sp;
  u64 s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11;
};

// Registers of a program: x1 to x31 at their numbers, pc in the place of x0. entry.S knows this.
struct trapframe {
  u64 x[32];
  u64 kernel_sp;
};

struct proc {
  enum procstate state;
  int pid;
  char name[NAME_LENGTH];
  const void *channel;
  u64 *pagetable;
  struct context context;
  struct trapframe trapframe;
};

struct cpu {
  struct proc *proc;
  struct context context;
};

extern struct proc procs[PROCESSES];
extern struct cpu cpus[1];

// System calls of programs: a7 is the number, a0 the argument and the result.
enum { SYS_PRINT, SYS_YIELD, SYS_SLEEP, SYS_WAKE, SYS_EXIT };

enum { USER_TEXT = 0x10000, USER_STACK = 0x20000, PAGE = 4096 };

void swtch(struct context *old, const struct context *new);
_Noreturn void user_return(struct trapframe *frame);
void trap_entry(void);

// Makes a process of a program, which is `size` bytes long and fits a page.
void make_process(const char *name, const u8 *program, u64 size);
void scheduler(void);
// The answer to a trap of the running process; returns the frame to go on with.
struct trapframe *user_trap(struct trapframe *frame, u64 cause);

u64 sbi(u64 extension, u64 argument);
