# An environment call about every 300 instructions: into a handler and back.

  .file "ecall.S"

  .equ CALLS, 300000
  .equ INNER, 98

  .text
  .globl run
  .type run, @function
run:
  la t0, handler
  csrw mtvec, t0
  li t3, CALLS
  li a0, 1
1:
  li t1, INNER
2:
  slli t2, a0, 1
  xor a0, a0, t2
  addi t1, t1, -1
  bnez t1, 2b
  ecall
  addi t3, t3, -1
  bnez t3, 1b
  ret
  .size run, . - run

# Counts in a0, and returns behind the call.
  .balign 4
  .type handler, @function
handler:
  csrw mscratch, t0
  csrr t0, mcause
  add a0, a0, t0
  csrr t0, mepc
  addi t0, t0, 4
  csrw mepc, t0
  csrr t0, mscratch
  mret
  .size handler, . - handler
