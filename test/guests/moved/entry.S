# From the firmware, with paging off, to main at the address that the kernel chooses for itself.

  .file "entry.S"

  .section .text.start, "ax"
  .globl _start
  .type _start, @function
_start:
  la sp, stack_end
  call choose_place
  # a0: satp. a1: from physical addresses to the chosen ones.
  add sp, sp, a1
  la t0, main
  add t0, t0, a1
  sfence.vma
  csrw satp, a0
  sfence.vma
  jr t0
  .size _start, . - _start
