// A kernel that moves itself before it turns paging on, as Linux does with CONFIG_RANDOMIZE_BASE, and powers off.
typedef unsigned long u64;

// Where it is linked to be, and how far from there it goes: a multiple of 2 MiB, so that large pages map it.
#define LINKED 0xffffffff80000000UL
#define MOVED_BY 0x5600000UL
#define GIGAPAGE (1UL << 30)
#define MEGAPAGE (1UL << 21)
#define SV39 (8UL << 60)
// V R W X A D
#define LEAF 0xcfUL
#define TABLE 0x01UL

static u64 root[512] __attribute__((aligned(4096)));
static u64 upper[512] __attribute__((aligned(4096)));
u64 visits;

extern char _start[];

struct place {
  u64 satp;
  u64 distance;
};

// Runs at physical addresses.
struct place choose_place(void) {
  u64 here = (u64)_start;
  u64 there = LINKED + MOVED_BY;
  root[here / GIGAPAGE % 512] = here / GIGAPAGE * GIGAPAGE >> 2 | LEAF;
  // Tries the mode out, as Linux does, mapped one to one.
  asm volatile("csrw satp, %0\n sfence.vma\n csrw satp, zero\n sfence.vma" : : "r"(SV39 | (u64)root >> 12) : "memory");
  root[there / GIGAPAGE % 512] = (u64)upper >> 2 | TABLE;
  for (u64 page = 0; page < 4; page++)
    upper[there / MEGAPAGE % 512 + page] = here + page * MEGAPAGE >> 2 | LEAF;
  return (struct place){SV39 | (u64)root >> 12, there - here};
}

static u64 __attribute__((noinline)) visit(u64 number) {
  visits += number;
  return visits;
}

static void call_firmware(u64 extension, u64 function, u64 argument) {
  register u64 a0 asm("a0") = argument;
  register u64 a1 asm("a1") = 0;
  register u64 a6 asm("a6") = function;
  register u64 a7 asm("a7") = extension;
  asm volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a6), "r"(a7) : "memory");
}

// Runs where the kernel has moved itself.
void main(void) {
  for (u64 number = 1; number <= 3; number++)
    visit(number);
  // System reset extension: shutdown.
  call_firmware(0x53525354, 0, 0);
  for (;;) {
  }
}
