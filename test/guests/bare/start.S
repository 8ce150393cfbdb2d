# Power-on: RAM is zero, so .bss needs no clearing. Turns the floating-point unit on (mstatus.FS) and calls repeat.

  .file "start.S"

  .section .text.start, "ax"
  .globl _start
  .type _start, @function
_start:
  la sp, stack_end
  li t0, 1 << 13
  csrs mstatus, t0
  csrw fcsr, zero
  call repeat
  tail finish
  .size _start, . - _start

# Here rather than in repeat.c, so that the compiler knows no value for it.
  .section .rodata, "a"
  .balign 8
  .globl repetitions
  .type repetitions, @object
repetitions:
  .dword 1
  .size repetitions, 8
