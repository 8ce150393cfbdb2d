# Sleeps until a key is pressed, and answers each in brackets; `q` ends the run.

  .file "echo.S"

  .equ UART, 0x10000000
  .equ RBR, 0
  .equ IER, 1
  .equ LSR, 5
  .equ DATA_READY, 1
  .equ RECEIVED_DATA_AVAILABLE, 1
  .equ PLIC, 0x0c000000
  .equ UART_IRQ, 10
  .equ ENABLE_CONTEXT_0, 0x2000
  .equ CLAIM_CONTEXT_0, 0x200004
  .equ MEIE, 1 << 11

  .text
  .globl run
  .type run, @function
run:
  li t3, UART
  li t4, PLIC
  li t0, RECEIVED_DATA_AVAILABLE
  sb t0, IER(t3)
  li t0, 1
  sw t0, 4 * UART_IRQ(t4)
  li t1, ENABLE_CONTEXT_0
  add t1, t1, t4
  li t0, 1 << UART_IRQ
  sw t0, 0(t1)
  # Waiting needs the interrupt pending, not taken: mstatus.MIE stays off.
  li t0, MEIE
  csrw mie, t0
  li t5, CLAIM_CONTEXT_0
  add t5, t5, t4
  li a0, 0
sleep:
  wfi
  lw t6, 0(t5)
key:
  lbu t0, LSR(t3)
  andi t0, t0, DATA_READY
  beqz t0, done
  lbu t1, RBR(t3)
  li t0, 'q'
  beq t1, t0, end
  li t0, '['
  sb t0, 0(t3)
  sb t1, 0(t3)
  li t0, ']'
  sb t0, 0(t3)
  slli a0, a0, 1
  add a0, a0, t1
  j key
done:
  sw t6, 0(t5)
  j sleep
end:
  ret
  .size run, . - run
