// What programs ask of the kernel.
#pragma once
#include "kernel.h"

static inline u64 ask(u64 number, u64 argument) {
  register u64 a0 __asm__("a0") = argument;
  register u64 a7 __asm__("a7") = number;
  __asm__ volatile("ecall" : "+r"(a0) : "r"(a7) : "memory");
  return a0;
}

#define MAIN __attribute__((section(".text.main"))) void main(void)
