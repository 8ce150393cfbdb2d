// Keeps random code running. In S- and U-mode a soup of instructions runs that test/torture/soup.ts makes of a seed; M-mode is
// here, out of its reach by PMP. Whatever the soup does, a timer interrupt or another trap comes back to the keeper, which
// then changes something at random (code, page tables, address space, privilege, registers, the next deadline) and
// lets it go on. Everything follows from the seed in RAM, so two machines that differ after a number of steps are not the
// same machine.
#include "bare.h"

// Where things lie in RAM; test/torture/soup.ts has the same numbers.
#define SEED 0x8000f000UL
#define SOUP 0x80010000UL
#define SOUP_SIZE 0x10000UL
#define DATA 0x80020000UL
#define DATA_SIZE 0x10000UL
#define TABLES 0x80030000UL
#define TABLES_SIZE 0x8000UL
#define RAM 0x80000000UL
#define RAM_SIZE 0x100000UL

#define MTIME (*(volatile u64 *)0x200bff8UL)
#define MTIMECMP (*(volatile u64 *)0x2004000UL)

enum { PTE_V = 1, PTE_R = 2, PTE_W = 4, PTE_X = 8, PTE_U = 16, PTE_G = 32, PTE_A = 64, PTE_D = 128 };
// Illegal instructions, and what fetching meets.
#define ENDLESS 0x1006UL
#define FETCH_PAGE_FAULT 12
#define INTERRUPT (1UL << 63)
#define SV39 (8UL << 60)
#define MSTATUS_SIE (1UL << 1)
#define MSTATUS_MPP (3UL << 11)
#define MSTATUS_FS (3UL << 13)
#define MSTATUS_SUM (1UL << 18)
#define MSTATUS_MXR (1UL << 19)
#define MIE_MTIE (1UL << 7)

#define read_csr(name) ({ u64 value; __asm__ volatile("csrr %0, " #name : "=r"(value)); value; })
#define write_csr(name, value) __asm__ volatile("csrw " #name ", %0" : : "r"((u64)(value)) : "memory")

struct frame {
  u64 x[32];
};
extern struct frame frame;

// Two spaces share the leaves of RAM; the third maps it by large pages.
static u64 *const roots[3] = {(u64 *)TABLES, (u64 *)(TABLES + 0x1000), (u64 *)(TABLES + 0x2000)};
static u64 *const middle = (u64 *)(TABLES + 0x3000);
static u64 *const large = (u64 *)(TABLES + 0x4000);
static u64 *const leaves = (u64 *)(TABLES + 0x5000);

static u64 random(void) { return next_random((u64 *)SEED); }
static u64 below(u64 bound) { return (random() >> 20) % bound; }
static int once(u64 times) { return below(times) == 0; }

static u64 entry(u64 physical, u64 flags) { return physical >> 12 << 10 | flags; }

// The soup runs in a part of itself for a while, so that what has run runs again, and what is changed has run before.
#define NEIGHBOURHOOD 0x300UL
static u64 neighbourhood;
static u64 soup_address(void) {
  if (neighbourhood == 0 || once(200))
    neighbourhood = SOUP + (below(SOUP_SIZE - NEIGHBOURHOOD) & ~1UL);
  return neighbourhood + (below(NEIGHBOURHOOD) & ~1UL);
}
static u64 page_address(void) { return SOUP + below((TABLES + TABLES_SIZE - SOUP) >> 12) * 4096; }

// Mostly what lets the soup go on; now and then what does not.
static u64 leaf_flags(void) {
  u64 flags = PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D;
  if (once(2))
    flags |= PTE_U;
  if (once(3))
    flags &= ~(u64)(PTE_A | PTE_D);
  if (once(4))
    flags &= ~PTE_D;
  if (once(6))
    flags &= ~PTE_W;
  if (once(8))
    flags &= ~PTE_X;
  if (once(8))
    flags |= PTE_G;
  if (once(16))
    flags &= random();
  return flags;
}

static void edit_tables(void) {
  u64 index = (SOUP - RAM) / 4096 + below((TABLES + TABLES_SIZE - SOUP) >> 12);
  u64 physical = once(3) ? page_address() : RAM + index * 4096;
  switch (below(8)) {
  case 0:
    large[0] = entry(RAM, leaf_flags());
    break;
  case 1:
    // Both spaces lose RAM and have it back at another root entry, or a table of no use in its place.
    roots[below(2)][below(3)] = entry((u64)(once(6) ? large : middle), PTE_V);
    break;
  default:
    leaves[index] = entry(physical, leaf_flags());
  }
  if (once(2))
    __asm__ volatile("sfence.vma" : : : "memory");
}

static void edit_code(void) {
  volatile u16 *to = (volatile u16 *)soup_address();
  const volatile u16 *from = (const volatile u16 *)soup_address();
  for (u64 count = 1 + below(12); count > 0 && (u64)to < SOUP + SOUP_SIZE && (u64)from < SOUP + SOUP_SIZE; count--)
    *to++ = *from++;
  if (once(2))
    __asm__ volatile("fence.i" : : : "memory");
}

static void change_space(void) {
  static const u8 choices[] = {0, 1, 1, 1, 2, 3};
  u64 choice = choices[below(sizeof choices)];
  write_csr(satp, choice == 0 ? 0 : SV39 | below(4) << 44 | (u64)roots[choice - 1] >> 12);
}

static void change_privilege(void) {
  u64 status = read_csr(mstatus) & ~(MSTATUS_MPP | MSTATUS_FS | MSTATUS_SUM | MSTATUS_MXR | MSTATUS_SIE);
  status |= below(2) << 11;
  status |= (once(8) ? below(4) : 3) << 13;
  status |= random() & (MSTATUS_MXR | MSTATUS_SIE);
  if (!once(4))
    status |= MSTATUS_SUM;
  write_csr(mstatus, status);
}

// The registers through which the soup's tame instructions access memory: sp, gp, tp, s0, s1.
static void renew_bases(void) {
  static const u8 bases[] = {2, 3, 4, 8, 9};
  for (u32 i = 0; i < sizeof bases; i++) {
    u64 area = below(16);
    u64 address = area == 0   ? soup_address()
                  : area == 1 ? TABLES + below(TABLES_SIZE)
                  : area == 2 ? DATA + below(DATA_SIZE) / 4096 * 4096 - below(16)
                              : DATA + below(DATA_SIZE);
    frame.x[bases[i]] = once(8) ? address : address & ~7UL;
  }
}

static void renew_deadline(void) {
  static const u16 spans[] = {40, 200, 1000, 8000};
  MTIMECMP = MTIME + below(spans[below(4)]);
}

static void delegate(void) {
  // Never the interrupt that brings the keeper back; and what the soup's own handler would meet again at its first
  // instruction only now and then, for then nothing else happens until that interrupt.
  write_csr(medeleg, once(3) ? 0 : once(8) ? random() : random() & ~ENDLESS);
  write_csr(mideleg, random() & 0x222);
  write_csr(stvec, soup_address() & ~3UL);
  write_csr(sie, random());
}

void prepare(void) {
  // Only M-mode reaches the keeper; others have the rest of RAM, and may read the CLINT and use the UART.
  write_csr(pmpaddr0, (RAM | 0x7fff) >> 2);
  write_csr(pmpaddr1, (RAM | (RAM_SIZE / 2 - 1)) >> 2);
  write_csr(pmpaddr2, (0x2000000UL | 0x7fff) >> 2);
  write_csr(pmpaddr3, (0x10000000UL | 0x7f) >> 2);
  write_csr(pmpcfg0, 0x1b191f18UL);
  for (u32 i = 0; i < 3; i++)
    roots[i][1] = roots[i][2] = entry((u64)(i == 2 ? large : middle), PTE_V);
  middle[0] = entry((u64)leaves, PTE_V);
  large[0] = entry(RAM, PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D);
  for (u64 i = 0; i < RAM_SIZE / 4096; i++)
    leaves[i] = entry(RAM + i * 4096, leaf_flags() | PTE_V);
  write_csr(menvcfg, 0xc0000000000000f0UL);
  write_csr(mcounteren, 7);
  write_csr(stimecmp, -1UL);
  write_csr(mie, MIE_MTIE);
  for (u32 i = 1; i < 32; i++)
    frame.x[i] = random() >> below(64);
  change_space();
  change_privilege();
  renew_bases();
  renew_deadline();
  write_csr(mepc, soup_address());
}

void keep(void) {
  u64 cause = read_csr(mcause), pc = read_csr(mepc);
  if (once(4))
    edit_tables();
  if (once(4))
    edit_code();
  if (once(12))
    change_space();
  if (once(cause == FETCH_PAGE_FAULT ? 2 : 6))
    change_privilege();
  if (once(3))
    renew_bases();
  if (once(40))
    delegate();
  if (once(10))
    write_csr(stimecmp, once(2) ? -1UL : MTIME + below(1000));
  if (cause & INTERRUPT) {
    renew_deadline();
    // An interrupted soup goes on where it was, more often than not.
    if (once(4))
      pc = soup_address();
  } else if (once(3)) {
    pc = soup_address();
  } else {
    pc += once(2) ? 2 : 4;
  }
  write_csr(mepc, pc);
}
