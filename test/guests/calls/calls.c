// Functions that forget what they were passed, and functions that end by calling another: what optimised code leaves a debugger
// to find out of its callers. Each way leads to stop_here.
#include "bare.h"

#define APART __attribute__((noipa))

struct pair {
  int first, second;
};

struct large {
  long values[4];
};

u64 seen;

APART void stop_here(int which) {
  seen = seen * 31 + which;
}

// Says nothing of the values: only that they are not those from before.
#define FORGET(value) __asm__ volatile("" : "+r"(value))

// What it was passed is in no register any more, nor anywhere on the stack.
APART long forget(int count, unsigned char letter, const char *label, long wide, struct pair pair, struct large large,
                  long seventh, long eighth, long ninth) {
  long sum = count + letter + label[0] + wide + pair.first + pair.second + large.values[2] + seventh + eighth + ninth;
  FORGET(sum);
  count = sum & 0x7f;
  stop_here(count);
  wide = seen & 0xff;
  stop_here(wide);
  return sum + seen + count + wide;
}

APART double halve(double number, float single, int times) {
  number /= times;
  stop_here(10);
  return number + seen;
}

// Passes on what it was itself passed.
APART long through(long first, const char *label) {
  struct pair pair = {1, 2};
  struct large large = {{3, 4, 5, 6}};
  long result = forget(first, 'x', label, first * 2, pair, large, 70, 80, 90);
  return result + 1;
}

APART void last(int number) {
  stop_here(number);
  seen += number;
}

// Each ends by a jump to the next.
APART void third(int number) {
  last(number + 1);
}

APART void second(int number) {
  third(number * 2);
}

APART void first(int number) {
  seen ^= number;
  second(number + 3);
}

// Two ways lead to the same function.
APART void by_left(int number) {
  last(number - 1);
}

APART void by_right(int number) {
  last(number + 5);
}

APART void either(int number) {
  if (number & 1)
    by_left(number);
  else
    by_right(number);
}

// Two ways that have a part in common.
APART void parting(int number) {
  if (number & 1)
    first(number);
  else
    second(number);
}

// May have called itself.
APART void again(int number);

APART void once_more(int number) {
  again(number / 2);
}

APART void again(int number) {
  if (number > 4)
    once_more(number);
  else
    last(number);
}

// Where to is known only when it runs.
void (*volatile where)(int) = last;

APART void anywhere(int number) {
  where(number);
}

static inline __attribute__((always_inline)) void inlined(int number) {
  seen += number * 3;
  third(number);
}

APART void by_inlined(int number) {
  inlined(number - 7);
}

u64 run(void) {
  u64 state = 88172645463325252;
  seen = next_random(&state);
  long sum = through(42, "label");
  sum += through(-7, "other");
  sum += halve(5.5, 2.25f, 3);
  first(5);
  first(sum & 0xff);
  either(4);
  either(5);
  parting(6);
  parting(7);
  again(3);
  again(40);
  anywhere(9);
  by_inlined(11);
  where(12);
  return seen + sum;
}
