# Into the kernel, from one process to another, from a program's trap into the kernel and back.

  .file "entry.S"

  .section .text.start, "ax"
  .globl _start
  .type _start, @function
_start:
  la sp, stack_end
  call main
  j .
  .size _start, . - _start

  .text
# swtch(old, new)
  .globl swtch
  .type swtch, @function
swtch:
  .cfi_startproc
  sd ra, 0(a0)
  sd sp, 8(a0)
  sd s0, 16(a0)
  sd s1, 24(a0)
  sd s2, 32(a0)
  sd s3, 40(a0)
  sd s4, 48(a0)
  sd s5, 56(a0)
  sd s6, 64(a0)
  sd s7, 72(a0)
  sd s8, 80(a0)
  sd s9, 88(a0)
  sd s10, 96(a0)
  sd s11, 104(a0)
  ld ra, 0(a1)
  ld sp, 8(a1)
  ld s0, 16(a1)
  ld s1, 24(a1)
  ld s2, 32(a1)
  ld s3, 40(a1)
  ld s4, 48(a1)
  ld s5, 56(a1)
  ld s6, 64(a1)
  ld s7, 72(a1)
  ld s8, 80(a1)
  ld s9, 88(a1)
  ld s10, 96(a1)
  ld s11, 104(a1)
  ret
  .cfi_endproc
  .size swtch, . - swtch

# A trap of a program: sscratch holds its frame.
  .balign 4
  .globl trap_entry
  .type trap_entry, @function
trap_entry:
  csrrw a0, sscratch, a0
  .irp number, 1,2,3,4,5,6,7,8,9,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
  sd x\number, \number*8(a0)
  .endr
  csrr t0, sscratch
  sd t0, 10*8(a0)
  csrr t0, sepc
  sd t0, 0(a0)
  csrr a1, scause
  ld sp, 32*8(a0)
  call user_trap
  tail user_return
  .size trap_entry, . - trap_entry

# user_return(frame)
  .globl user_return
  .type user_return, @function
user_return:
  csrw sscratch, a0
  ld t0, 0(a0)
  csrw sepc, t0
  .irp number, 1,2,3,4,5,6,7,8,9,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
  ld x\number, \number*8(a0)
  .endr
  ld a0, 10*8(a0)
  sret
  .size user_return, . - user_return

  .section .rodata
  .macro program name
  .balign 8
  .globl \name\()_program
\name\()_program:
  .incbin "\name\().bin"
  .globl \name\()_program_end
\name\()_program_end:
  .endm
  program ping
  program pong
  program stray
