// Page-table entries (RISC-V Privileged Architecture, section 4.4).
#pragma once

#define PTE_V (1UL << 0)
#define PTE_R (1UL << 1)
#define PTE_W (1UL << 2)
#define PTE_X (1UL << 3)
#define PTE_A (1UL << 6)
#define PTE_D (1UL << 7)

#define PTE_READ_WRITE (PTE_R | PTE_W | PTE_A | PTE_D)
#define PTE_READ_EXECUTE (PTE_R | PTE_X | PTE_A)
