# How Linux enters a program that is all it runs: main, and then the power is switched off.
    .text
    .globl _start
    .type _start, @function
_start:
    .cfi_startproc
    .cfi_undefined ra
    .option push
    .option norelax
    la gp, __global_pointer$
    .option pop
    li a0, 0
    li a1, 0
    call main
    li a0, 0xfee1dead       # reboot(LINUX_REBOOT_MAGIC1, MAGIC2, CMD_POWER_OFF)
    li a1, 672274793
    li a2, 0x4321fedc
    li a7, 142
    ecall
1:  j 1b
    .cfi_endproc
    .size _start, . - _start
