// Indirect calls: an interpreter of a tiny stack language, each of whose instructions is a function behind a pointer.
#include "bare.h"

#define LENGTH 512
#define DEPTH 16

struct machine {
  u64 stack[DEPTH];
  u32 top;
  u64 literal;
};

typedef void operation(struct machine *);

static u64 *top(struct machine *machine) { return &machine->stack[machine->top]; }

static u64 pop(struct machine *machine) {
  u64 value = *top(machine);
  machine->top = (machine->top - 1) % DEPTH;
  return value;
}

static void push(struct machine *machine, u64 value) {
  machine->top = (machine->top + 1) % DEPTH;
  *top(machine) = value;
}

static void literal(struct machine *machine) { push(machine, machine->literal += 0x9e3779b97f4a7c15UL); }
static void add(struct machine *machine) { *top(machine) += pop(machine); }
static void exclusive_or(struct machine *machine) { *top(machine) ^= pop(machine) >> 7; }
static void multiply(struct machine *machine) { *top(machine) = *top(machine) * 5 + 1; }
static void duplicate(struct machine *machine) { push(machine, *top(machine)); }
static void rotate(struct machine *machine) { *top(machine) = *top(machine) << 13 | *top(machine) >> 51; }
static void negate(struct machine *machine) { *top(machine) = -*top(machine); }
static void swap(struct machine *machine) {
  u64 a = pop(machine), b = pop(machine);
  push(machine, a);
  push(machine, b);
}

static operation *const operations[] = {literal, add, exclusive_or, multiply, duplicate, rotate, negate, swap};

u64 run(void) {
  static operation *program[LENGTH];
  static struct machine machine;
  u64 state = 88172645463325252UL;
  for (u32 i = 0; i < LENGTH; i++)
    program[i] = operations[next_random(&state) % 8];
  for (u32 round = 0; round < 8000; round++)
    for (u32 i = 0; i < LENGTH; i++)
      program[i](&machine);
  return *top(&machine) ^ machine.literal;
}
