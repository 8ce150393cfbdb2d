# A machine timer interrupt about every 300 instructions: armed for a time that has passed, so that it comes at once and
# the work is the same whatever the clock says.

  .file "storm.S"

  .equ INTERRUPTS, 200000
  .equ INNER, 98
  .equ MTIMECMP, 0x2004000
  .equ MIE_MTIE, 1 << 7
  .equ MSTATUS_MIE, 1 << 3

  .text
  .globl run
  .type run, @function
run:
  la t0, handler
  csrw mtvec, t0
  li a3, MTIMECMP
  li a4, -1
  sd a4, 0(a3)
  li t0, MIE_MTIE
  csrw mie, t0
  csrsi mstatus, MSTATUS_MIE
  li t3, INTERRUPTS
  li a0, 1
1:
  li t1, INNER
2:
  slli t2, a0, 1
  xor a0, a0, t2
  addi t1, t1, -1
  bnez t1, 2b
  mv a5, t3
  sd zero, 0(a3)
  # The handler counts t3 down.
3:
  beq a5, t3, 3b
  bnez t3, 1b
  csrci mstatus, MSTATUS_MIE
  ret
  .size run, . - run

  .balign 4
  .type handler, @function
handler:
  sd a4, 0(a3)
  csrr t4, mcause
  add a0, a0, t4
  addi t3, t3, -1
  mret
  .size handler, . - handler
