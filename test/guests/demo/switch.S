# switch_context(from, to): leaves one task and goes on in another, which called this function earlier (or never ran).
  .cfi_sections .debug_frame

  .file "switch.S"

  .text
  .globl switch_context
  .type switch_context, @function
  .balign 4
switch_context:
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
  .size switch_context, . - switch_context

# Where a new task begins: the outermost frame of its stack, which says so to a debugger.
  .globl task_begin
  .type task_begin, @function
  .balign 4
task_begin:
  .cfi_startproc
  .cfi_undefined ra
  li s0, 0
  call task_main
  .cfi_endproc
  .size task_begin, . - task_begin
