// The privileged architecture, as far as this kernel uses it (RISC-V Privileged Architecture, chapters 3 and 4).
#pragma once
#include "types.h"

#define read_csr(name)                                   \
  ({                                                     \
    u64 value_;                                          \
    __asm__ volatile("csrr %0, " #name : "=r"(value_));  \
    value_;                                              \
  })
#define write_csr(name, value) __asm__ volatile("csrw " #name ", %0" : : "r"((u64)(value)) : "memory")
#define set_csr(name, bits) __asm__ volatile("csrs " #name ", %0" : : "r"((u64)(bits)) : "memory")
#define clear_csr(name, bits) __asm__ volatile("csrc " #name ", %0" : : "r"((u64)(bits)) : "memory")

// Two registers that older assemblers have no name for.
#define stimecmp 0x14d
#define menvcfg 0x30a

#define MSTATUS_MPP_S (1UL << 11)
#define MENVCFG_STCE (1UL << 63)
#define MCOUNTEREN_TM (1UL << 1)
#define SSTATUS_SIE (1UL << 1)
#define SSTATUS_SPP (1UL << 8)
#define SIE_STIE (1UL << 5)
#define SCAUSE_INTERRUPT (1UL << 63)
#define SCAUSE_TIMER (SCAUSE_INTERRUPT | 5)
#define SATP_SV39 (8UL << 60)

// Interrupts off around what an interrupt must not see half done. Pairs may nest.
static inline u64 interrupts_off(void) {
  u64 before = read_csr(sstatus);
  clear_csr(sstatus, SSTATUS_SIE);
  return before & SSTATUS_SIE;
}

static inline void interrupts_restore(u64 before) {
  set_csr(sstatus, before);
}
