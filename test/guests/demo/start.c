// From machine mode to supervisor mode: the kernel proper never returns here.
#include "kernel.h"

// Everything that can be delegated is, so a trap that ends up in machine mode is a mistake in this file.
static void __attribute__((aligned(4))) machine_trap(void) {
  power_off(POWER_OFF_MACHINE_TRAP);
}

void machine_start(void) {
  write_csr(mtvec, machine_trap);
  write_csr(medeleg, 0xffff);
  write_csr(mideleg, 0xffff);
  // Supervisor mode may touch all of memory, read the clock and set its own timer.
  write_csr(pmpaddr0, ~0UL >> 10);
  write_csr(pmpcfg0, 0x1f);
  write_csr(mcounteren, MCOUNTEREN_TM);
  __asm__ volatile("csrs %0, %1" : : "i"(menvcfg), "r"(MENVCFG_STCE));
  write_csr(mstatus, MSTATUS_MPP_S);
  write_csr(mepc, kernel_main);
  __asm__ volatile("mret");
  __builtin_unreachable();
}
