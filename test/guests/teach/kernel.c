// The processes, how they share the hart, and what they can ask for.
#include "kernel.h"

struct proc procs[PROCESSES];
struct cpu cpus[1];

static u64 tables[PROCESSES][3][512] __attribute__((aligned(4096)));
static u8 texts[PROCESSES][PAGE] __attribute__((aligned(4096)));
static u8 user_stacks[PROCESSES][PAGE] __attribute__((aligned(4096)));
static u8 kernel_stacks[PROCESSES][PAGE] __attribute__((aligned(4096)));

enum { PTE_V = 1, PTE_R = 2, PTE_W = 4, PTE_X = 8, PTE_U = 16, PTE_A = 64, PTE_D = 128 };
#define RAM 0x80000000UL
#define SV39 (8UL << 60)

static u64 entry(u64 physical, u64 flags) { return physical >> 12 << 10 | flags | PTE_V | PTE_A | PTE_D; }

/** The kernel where it is, for itself; the program's two pages at their places. */
static u64 *make_pagetable(int index) {
  u64 *root = tables[index][0], *middle = tables[index][1], *leaves = tables[index][2];
  root[RAM >> 30] = entry(RAM, PTE_R | PTE_W | PTE_X);
  root[0] = (u64)middle >> 12 << 10 | PTE_V;
  middle[0] = (u64)leaves >> 12 << 10 | PTE_V;
  leaves[USER_TEXT / PAGE] = entry((u64)texts[index], PTE_R | PTE_X | PTE_U);
  leaves[USER_STACK / PAGE] = entry((u64)user_stacks[index], PTE_R | PTE_W | PTE_U);
  return root;
}

static void first_return(void) { user_return(&cpus[0].proc->trapframe); }

void make_process(const char *name, const u8 *program, u64 size) {
  static int pids;
  int index = 0;
  while (procs[index].state != UNUSED) index++;
  struct proc *p = &procs[index];
  p->pid = ++pids;
  for (int i = 0; name[i]; i++) p->name[i] = name[i];
  for (u64 i = 0; i < size; i++) texts[index][i] = program[i];
  p->pagetable = make_pagetable(index);
  p->trapframe.x[0] = USER_TEXT;
  p->trapframe.x[2] = USER_STACK + PAGE;
  p->trapframe.kernel_sp = (u64)kernel_stacks[index] + PAGE;
  p->context.ra = (u64)first_return;
  p->context.sp = (u64)kernel_stacks[index] + PAGE;
  p->state = RUNNABLE;
}

void scheduler(void) {
  for (int found = 1; found;) {
    found = 0;
    for (struct proc *p = procs; p < &procs[PROCESSES]; p++) {
      if (p->state != RUNNABLE) continue;
      found = 1;
      p->state = RUNNING;
      cpus[0].proc = p;
      __asm__ volatile("csrw satp, %0; sfence.vma" : : "r"(SV39 | (u64)p->pagetable >> 12) : "memory");
      swtch(&cpus[0].context, &p->context);
      cpus[0].proc = 0;
    }
  }
}

__attribute__((noinline)) static void sched(void) { swtch(&cpus[0].proc->context, &cpus[0].context); }

__attribute__((noinline)) void yield(void) {
  cpus[0].proc->state = RUNNABLE;
  sched();
}

__attribute__((noinline)) void sleep(const void *channel) {
  struct proc *p = cpus[0].proc;
  p->channel = channel;
  p->state = SLEEPING;
  sched();
  p->channel = 0;
}

static void wake(const void *channel) {
  for (struct proc *p = procs; p < &procs[PROCESSES]; p++)
    if (p->state == SLEEPING && p->channel == channel) p->state = RUNNABLE;
}

__attribute__((noinline)) void exit(void) {
  cpus[0].proc->state = ZOMBIE;
  sched();
}

struct trapframe *user_trap(struct trapframe *frame, u64 cause) {
  if (cause != 8) exit();
  frame->x[0] += 4;
  switch (frame->x[17]) {
  case SYS_PRINT: sbi(1, frame->x[10]); break;
  case SYS_YIELD: yield(); break;
  case SYS_SLEEP: sleep(procs); break;
  case SYS_WAKE: wake(procs); break;
  default: exit();
  }
  return &cpus[0].proc->trapframe;
}

/** The legacy console (extension 1) and system reset ("SRST") take a7 and a0 only. */
u64 sbi(u64 extension, u64 argument) {
  register u64 a0 __asm__("a0") = argument;
  register u64 a1 __asm__("a1") = 0;
  register u64 a6 __asm__("a6") = 0;
  register u64 a7 __asm__("a7") = extension;
  __asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a6), "r"(a7) : "memory");
  return a0;
}

extern const u8 ping_program[], ping_program_end[], pong_program[], pong_program_end[], stray_program[], stray_program_end[];

void main(void) {
  __asm__ volatile("csrw stvec, %0" : : "r"(trap_entry));
  make_process("ping", ping_program, (u64)(ping_program_end - ping_program));
  make_process("pong", pong_program, (u64)(pong_program_end - pong_program));
  make_process("stray", stray_program, (u64)(stray_program_end - stray_program));
  scheduler();
  sbi(0x53525354, 0);
}
