// A kernel in S-mode under Sv39 with programs in U-mode. All of RAM is mapped twice by large pages: where it is, for the
// kernel, and at USER_ALIAS, for programs, which are ordinary functions of the same file run at that address.
#pragma once
#include "bare.h"

#define USER_ALIAS 0x40000000UL
// Pages that a program sees only when the kernel has mapped them.
#define LAZY_START 0x100000000UL
#define LAZY_PAGES 512

enum { PTE_V = 1, PTE_R = 2, PTE_W = 4, PTE_X = 8, PTE_U = 16, PTE_A = 64, PTE_D = 128 };

// Registers of an interrupted program: x1 to x31 at their numbers, pc in the place of x0. start.S knows this.
struct frame {
  u64 x[32];
};

struct space {
  u64 root[512] __attribute__((aligned(4096)));
  u64 middle[512];
  u64 leaves[LAZY_PAGES];
};

// Empties a space and maps RAM in it; its lazy pages are not mapped.
void make_space(struct space *space);
u64 satp_of(const struct space *space, u64 asid);
// Maps one lazy page to a page of RAM; says nothing to the TLB.
void map_lazy(struct space *space, u64 index, const void *page);

// Runs a program in U-mode in this space. Its traps come to handle_trap in S-mode; returns what leave was given.
u64 run_user(u64 satp, void (*program)(void), void *stack_end);

// The kernel's answer to a trap of a program; the frame may be changed or another returned. Every guest has its own.
struct frame *handle_trap(struct frame *frame, u64 cause, u64 value);
// Ends run_user, from S-mode.
_Noreturn void leave(u64 checksum);

// System calls of programs: a7 is the number, a0 goes in and out.
enum { SYS_LEAVE, SYS_UNMAP, SYS_ADD, SYS_YIELD };
static inline u64 system_call(u64 number, u64 argument) {
  register u64 a0 __asm__("a0") = argument;
  register u64 a7 __asm__("a7") = number;
  __asm__ volatile("ecall" : "+r"(a0) : "r"(a7) : "memory");
  return a0;
}

enum { CAUSE_USER_ECALL = 8, CAUSE_LOAD_PAGE_FAULT = 13, CAUSE_STORE_PAGE_FAULT = 15 };

static inline void sfence_vma_all(void) { __asm__ volatile("sfence.vma" : : : "memory"); }
static inline void sfence_vma(u64 address) { __asm__ volatile("sfence.vma %0" : : "r"(address) : "memory"); }
static inline void write_satp(u64 satp) { __asm__ volatile("csrw satp, %0" : : "r"(satp) : "memory"); }
