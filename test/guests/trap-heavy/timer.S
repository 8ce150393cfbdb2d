# A machine timer interrupt every 5 microseconds of guest time, from the CLINT. The checksum does not depend on where the
# interrupts come, only on that all of them do.

  .file "timer.S"

  .equ INTERRUPTS, 10000
  .equ INTERVAL, 50
  .equ MTIMECMP, 0x2004000
  .equ MTIME, 0x200bff8
  .equ MIE_MTIE, 1 << 7
  .equ MSTATUS_MIE, 1 << 3

  .text
  .globl run
  .type run, @function
run:
  la t0, handler
  csrw mtvec, t0
  li a1, INTERRUPTS
  li a2, 1
  li a3, MTIMECMP
  li t0, MTIME
  ld a4, 0(t0)
  addi a4, a4, INTERVAL
  sd a4, 0(a3)
  li t0, MIE_MTIE
  csrw mie, t0
  csrsi mstatus, MSTATUS_MIE
1:
  addi t1, t1, 1
  xor t2, t2, t1
  bgtz a1, 1b
  csrci mstatus, MSTATUS_MIE
  mv a0, a2
  ret
  .size run, . - run

  .balign 4
  .type handler, @function
handler:
  csrw mscratch, t0
  addi a4, a4, INTERVAL
  sd a4, 0(a3)
  # One may still come between the last that counts and the end.
  blez a1, 1f
  slli t0, a2, 5
  add a2, a2, t0
  addi a2, a2, 7
  addi a1, a1, -1
1:
  csrr t0, mscratch
  mret
  .size handler, . - handler
