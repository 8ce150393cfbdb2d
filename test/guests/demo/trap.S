# Where the hart goes on a trap: keeps every register of the interrupted code in a struct trap_frame on its stack, calls
# trap, and puts everything back. The call-frame information lets a debugger see through to the interrupted code.

  .file "trap.S"

// The number that DWARF for RISC-V gives to a return address that is kept in no register.
#define DWARF_RETURN 64
// Where it is until it has been saved: CSRs have numbers from 4096.
#define DWARF_SEPC 4096 + 0x141

  .cfi_sections .debug_frame

  .equ FRAME, 36 * 8
  .equ SEPC, 32 * 8
  .equ SSTATUS, 33 * 8
  .equ SCAUSE, 34 * 8
  .equ STVAL, 35 * 8

  .macro keep register
  sd x\register, \register * 8(sp)
  .cfi_rel_offset \register, \register * 8
  .endm

  .macro put_back register
  ld x\register, \register * 8(sp)
  .cfi_restore \register
  .endm

  .text
  .globl trap_vector
  .type trap_vector, @function
  .balign 4
trap_vector:
  .cfi_startproc
  .cfi_signal_frame
  .cfi_return_column DWARF_RETURN
  .cfi_register DWARF_RETURN, DWARF_SEPC
  addi sp, sp, -FRAME
  .cfi_def_cfa_offset FRAME
  keep 1
  .irp register, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
  keep \register
  .endr
  addi t0, sp, FRAME
  sd t0, 2 * 8(sp)
  csrr t0, sepc
  sd t0, SEPC(sp)
  .cfi_rel_offset DWARF_RETURN, SEPC
  csrr t0, sstatus
  sd t0, SSTATUS(sp)
  csrr t0, scause
  sd t0, SCAUSE(sp)
  csrr t0, stval
  sd t0, STVAL(sp)

  mv a0, sp
  call trap

  ld t0, SEPC(sp)
  csrw sepc, t0
  ld t0, SSTATUS(sp)
  csrw sstatus, t0
  put_back 1
  .irp register, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
  put_back \register
  .endr
  addi sp, sp, FRAME
  .cfi_def_cfa_offset 0
  sret
  .cfi_endproc
  .size trap_vector, . - trap_vector
