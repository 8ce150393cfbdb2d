// Where things are on the virt board.
#pragma once

#define FINISHER 0x100000UL
#define UART 0x10000000UL
#define RAM 0x80000000UL
// This kernel is content with little.
#define RAM_END (RAM + (8UL << 20))

// The clock that `rdtime` reads counts at 10 MHz.
#define CLOCK_HZ 10000000UL
