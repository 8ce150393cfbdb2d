# Power-on and every trap that comes to M-mode. mscratch holds the frame of what runs below.

  .file "keeper.S"

  .section .text.start, "ax"
  .globl _start
  .type _start, @function
_start:
  la t0, trapped
  csrw mtvec, t0
  la t0, frame
  csrw mscratch, t0
  la sp, stack_end
  call prepare
  la t6, frame
  j resume
  .size _start, . - _start

  .balign 4
  .type trapped, @function
trapped:
  csrrw t6, mscratch, t6
  .irp number, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
  sd x\number, \number*8(t6)
  .endr
  mv a0, t6
  csrr t0, mscratch
  sd t0, 31*8(a0)
  la sp, stack_end
  call keep
  la t6, frame
resume:
  csrw mscratch, t6
  .irp number, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
  ld x\number, \number*8(t6)
  .endr
  ld t6, 31*8(t6)
  mret
  .size trapped, . - trapped

  .bss
  .balign 16
  .globl frame
frame:
  .skip 256
  .skip 4096
stack_end:
