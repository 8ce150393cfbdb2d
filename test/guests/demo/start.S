# Power-on: every register is unknown but pc. Runs in machine mode, on a stack of its own.
  .cfi_sections .debug_frame

  .file "start.S"

  .section .text.start, "ax"
  .globl _start
  .type _start, @function
_start:
  .cfi_startproc
  .cfi_undefined ra
  la t0, bss_start
  la t1, bss_end
1:
  sd zero, 0(t0)
  addi t0, t0, 8
  bltu t0, t1, 1b
  la sp, boot_stack_end
  li s0, 0
  li ra, 0
  tail machine_start
  .cfi_endproc
  .size _start, . - _start

  .bss
  .balign 16
  .space 4096
boot_stack_end:
