# How Linux enters a program without a C library, and system calls.
  .text
  .globl _start
  .type _start, @function
_start:
  .cfi_startproc
  .cfi_undefined ra
  call main
  li a7, 93
  ecall
  .cfi_endproc
  .size _start, . - _start

# long system_call(long number, long a, long b, long c)
  .globl system_call
  .type system_call, @function
system_call:
  .cfi_startproc
  mv a7, a0
  mv a0, a1
  mv a1, a2
  mv a2, a3
  ecall
  ret
  .cfi_endproc
  .size system_call, . - system_call
