# Carries out a list of loads and stores in M-mode and prints what came of each, so that the same list can be run on two
# machines and compared. An entry of the list, at 0x80400000, is five 64-bit words:
#   operation (0 end, 1 load, 2 store, 3 wait until the load gives the value), width in bytes, address, value, result
# Prints a line for each: the result in hexadecimal, or "fault" with mcause.

  .equ LIST, 0x80400000
  .equ UART, 0x10000000
  .equ FINISHER, 0x100000
  .option norvc
  .text
  .globl _start
_start:
  la t0, trap
  csrw mtvec, t0
  la sp, stack_top
  li s0, LIST

next:
  ld t0, 0(s0)
  beqz t0, report
  ld s1, 8(s0)
  ld s2, 16(s0)
  ld s3, 24(s0)
  li s4, 0              # mcause + 1 of a fault
  li t1, 2
  beq t0, t1, store
  li t1, 3
  li s6, 0
  bne t0, t1, load
  li s6, 50000000       # polls before giving up

load:
  li a0, 0
  li t1, 1
  beq s1, t1, load1
  li t1, 2
  beq s1, t1, load2
  li t1, 4
  beq s1, t1, load4
  ld a0, 0(s2)
  j loaded
load1:
  lbu a0, 0(s2)
  j loaded
load2:
  lhu a0, 0(s2)
  j loaded
load4:
  lwu a0, 0(s2)
loaded:
  beqz s6, done
  beq a0, s3, done
  addi s6, s6, -1
  bnez s6, load
  j done

store:
  li a0, 0
  li t1, 1
  beq s1, t1, store1
  li t1, 2
  beq s1, t1, store2
  li t1, 4
  beq s1, t1, store4
  sd s3, 0(s2)
  j done
store1:
  sb s3, 0(s2)
  j done
store2:
  sh s3, 0(s2)
  j done
store4:
  sw s3, 0(s2)

done:
  sd a0, 32(s0)
  sd s4, 24(s0)
  addi s0, s0, 40
  j next

  .balign 4
trap:
  csrr s4, mcause
  addi s4, s4, 1
  csrr t2, mepc
  addi t2, t2, 4
  csrw mepc, t2
  li s6, 0
  mret

report:
  li s2, UART
  sb zero, 1(s2)        # no interrupts
  li t0, 3
  sb t0, 3(s2)          # no divisor latch
  sb zero, 4(s2)        # no loopback
  la a1, heading
  call print
  li s0, LIST
line:
  ld t0, 0(s0)
  beqz t0, finish
  ld t0, 24(s0)
  beqz t0, value
  la a1, fault
  call print
  ld a0, 24(s0)
  addi a0, a0, -1
  call hexadecimal
  j line_end
value:
  ld a0, 32(s0)
  call hexadecimal
line_end:
  li t0, 10
  sb t0, 0(s2)
  addi s0, s0, 40
  j line

finish:
  li t0, FINISHER
  li t1, 0x5555
  sw t1, 0(t0)
  j .

print:
  lbu t0, 0(a1)
  beqz t0, printed
  sb t0, 0(s2)
  addi a1, a1, 1
  j print
printed:
  ret

hexadecimal:
  li t1, 64
digit:
  addi t1, t1, -4
  srl t0, a0, t1
  andi t0, t0, 15
  li t2, 10
  blt t0, t2, decimal
  addi t0, t0, 39
decimal:
  addi t0, t0, 48
  sb t0, 0(s2)
  bnez t1, digit
  ret

  .section .rodata
heading:
  .string "\nRESULTS\n"
fault:
  .string "fault "
  .bss
  .balign 16
  .zero 256
stack_top:
