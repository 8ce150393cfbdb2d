# From M-mode into a program, from a program's trap into the kernel and back, and out again.

  .file "trap.S"

  .equ CAUSE_SUPERVISOR_ECALL, 9
  .equ DELEGATED, 1 << 8 | 1 << 12 | 1 << 13 | 1 << 15
  .equ MSTATUS_MPP, 3 << 11
  .equ USER_OFFSET, 0x40000000

  .text
# run_user(satp, program, stack_end)
  .globl run_user
  .type run_user, @function
run_user:
  addi sp, sp, -112
  sd ra, 0(sp)
  sd s0, 8(sp)
  sd s1, 16(sp)
  sd s2, 24(sp)
  sd s3, 32(sp)
  sd s4, 40(sp)
  sd s5, 48(sp)
  sd s6, 56(sp)
  sd s7, 64(sp)
  sd s8, 72(sp)
  sd s9, 80(sp)
  sd s10, 88(sp)
  sd s11, 96(sp)
  csrw mscratch, sp
  la t0, left
  csrw mtvec, t0
  la t0, trapped
  csrw stvec, t0
  la t0, first_frame
  csrw sscratch, t0
  li t0, DELEGATED
  csrw medeleg, t0
  li t0, -1
  csrw pmpaddr0, t0
  li t0, 0x1f
  csrw pmpcfg0, t0
  csrw satp, a0
  sfence.vma
  li t0, MSTATUS_MPP
  csrc mstatus, t0
  li t1, USER_OFFSET
  sub a1, a1, t1
  csrw mepc, a1
  sub sp, a2, t1
  mret
  .size run_user, . - run_user

# Only leave comes here: an ecall of S-mode.
  .balign 4
  .type left, @function
left:
  csrr sp, mscratch
  csrr t0, mcause
  li t1, CAUSE_SUPERVISOR_ECALL
  bne t0, t1, .
  csrw satp, zero
  ld ra, 0(sp)
  ld s0, 8(sp)
  ld s1, 16(sp)
  ld s2, 24(sp)
  ld s3, 32(sp)
  ld s4, 40(sp)
  ld s5, 48(sp)
  ld s6, 56(sp)
  ld s7, 64(sp)
  ld s8, 72(sp)
  ld s9, 80(sp)
  ld s10, 88(sp)
  ld s11, 96(sp)
  addi sp, sp, 112
  li t0, MSTATUS_MPP
  csrs mstatus, t0
  la t0, 1f
  csrw mepc, t0
  mret
1:
  ret
  .size left, . - left

# leave(checksum)
  .globl leave
  .type leave, @function
leave:
  ecall
  j .
  .size leave, . - leave

# A trap of a program. sscratch holds the frame of the program that runs.
  .balign 4
  .type trapped, @function
trapped:
  csrrw t6, sscratch, t6
  .irp number, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
  sd x\number, \number*8(t6)
  .endr
  mv a0, t6
  csrr t0, sscratch
  sd t0, 31*8(a0)
  csrr t0, sepc
  sd t0, 0(a0)
  csrr a1, scause
  csrr a2, stval
  la sp, kernel_stack_end
  call handle_trap
  mv t6, a0
  csrw sscratch, t6
  ld t0, 0(t6)
  csrw sepc, t0
  .irp number, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
  ld x\number, \number*8(t6)
  .endr
  ld t6, 31*8(t6)
  sret
  .size trapped, . - trapped

  .bss
  .balign 16
  .globl first_frame
first_frame:
  .skip 256
  .skip 4096
kernel_stack_end:
