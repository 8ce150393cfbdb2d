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
  li s1, INTERRUPTS
  li s2, 1
  li s3, MTIMECMP
  li t0, MTIME
  ld s4, 0(t0)
  addi s4, s4, INTERVAL
  sd s4, 0(s3)
  li t0, MIE_MTIE
  csrw mie, t0
  csrsi mstatus, MSTATUS_MIE
1:
  addi t1, t1, 1
  xor t2, t2, t1
  bgtz s1, 1b
  csrci mstatus, MSTATUS_MIE
  mv a0, s2
  ret
  .size run, . - run

  .balign 4
  .type handler, @function
handler:
  csrw mscratch, t0
  addi s4, s4, INTERVAL
  sd s4, 0(s3)
  # One may still come between the last that counts and the end.
  blez s1, 1f
  slli t0, s2, 5
  add s2, s2, t0
  addi s2, s2, 7
  addi s1, s1, -1
1:
  csrr t0, mscratch
  mret
  .size handler, . - handler
