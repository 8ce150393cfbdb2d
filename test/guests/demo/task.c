// Tasks: kernel threads in three priorities, each with a run queue. The first of the most urgent queue that has any runs.
#include "kernel.h"
#include "paging.h"

// A task lives in a region of its own: a page that is not mapped, two of stack, and struct task at the end of the second.
// Regions are not used again, so that whoever still uses a dead task is found out at once.
#define REGION (4 * PAGE)
#define REGIONS 0x1000000000UL
#define STACK_PAGES 2

struct run_queue {
  struct task *first, *last;
};

// switch.S
void switch_context(struct context *from, struct context *to);
void task_begin(void);

static struct task boot_task = {.name = "boot"};
struct task *current = &boot_task;
static struct run_queue run_queues[PRIORITIES];
static struct task *dead_task;
static u32 next_id = 1;

static void append(struct run_queue *queue, struct task *task) {
  task->run_next = NULL;
  if (queue->first)
    queue->last->run_next = task;
  else
    queue->first = task;
  queue->last = task;
}

static struct task *take_first(struct run_queue *queue) {
  struct task *task = queue->first;
  queue->first = task->run_next;
  return task;
}

static struct task *most_urgent(void) {
  for (u32 priority = 0; priority < PRIORITIES; priority++)
    if (run_queues[priority].first)
      return take_first(&run_queues[priority]);
  panic("nothing to run", NULL);
}

// The last of a task that has exited, done by its successor because nobody can free the stack under their feet.
static void bury(struct task *task) {
  u64 region = (u64)task & ~(REGION - 1);
  for (u32 i = 1; i <= STACK_PAGES; i++)
    page_give((void *)paging_unmap(region + i * PAGE));
}

static void after_switch(void) {
  if (dead_task) {
    bury(dead_task);
    dead_task = NULL;
  }
}

// The whole life of a task; called by task_begin.
_Noreturn void task_main(void) {
  after_switch();
  set_csr(sstatus, SSTATUS_SIE);
  current->main(current->argument);
  task_exit();
}

struct task *task_start(const char *name, enum priority priority, void (*main)(void *argument), void *argument) {
  u64 before = interrupts_off();
  u32 id = next_id++;
  u64 region = REGIONS + id * REGION;
  for (u32 i = 1; i <= STACK_PAGES; i++)
    paging_map(region + i * PAGE, (u64)page_take(), PTE_READ_WRITE);
  struct task *task = (struct task *)(region + (1 + STACK_PAGES) * PAGE) - 1;
  task->context.ra = (u64)task_begin;
  task->context.sp = (u64)task & ~15UL;
  task->name = name;
  task->id = id;
  task->priority = priority;
  task->main = main;
  task->argument = argument;
  task_ready(task);
  interrupts_restore(before);
  return task;
}

_Noreturn void task_exit(void) {
  interrupts_off();
  current->state = DEAD;
  dead_task = current;
  schedule();
  __builtin_unreachable();
}

// Lets a task run when its turn comes. Interrupts are off.
void task_ready(struct task *task) {
  task->state = READY;
  append(&run_queues[task->priority], task);
}

// Leaves the current task, whose state says why, and returns when it runs again. Interrupts are off.
void schedule(void) {
  struct task *from = current;
  current = most_urgent();
  current->state = RUNNING;
  if (current == from)
    return;
  switch_context(&from->context, &current->context);
  after_switch();
}

// Leaves the boot stack for good.
_Noreturn void tasks_run(void) {
  interrupts_off();
  schedule();
  __builtin_unreachable();
}

// The current task has had its turn. Interrupts are off.
void preempt(void) {
  task_ready(current);
  schedule();
}
