# Power-on: RAM is zero, so .bss needs no clearing. Turns the floating-point unit on (mstatus.FS) and calls run.

  .file "start.S"

  .section .text.start, "ax"
  .globl _start
  .type _start, @function
_start:
  la sp, stack_end
  li t0, 1 << 13
  csrs mstatus, t0
  csrw fcsr, zero
  call run
  tail finish
  .size _start, . - _start
