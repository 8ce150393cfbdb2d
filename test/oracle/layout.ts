/**
 * Where a test program lies in memory. The image is loaded at the start of RAM and entered in M-mode.
 *
 * A program is a list of cases. For each, a runner in M-mode loads CSRs and every register from the case's input record
 * and enters its slot, a few instructions, by mret. The first trap that follows - raised by an instruction under test,
 * or by what ends the slot - comes back to the runner, which writes all it can see to the case's result record.
 */
export const RAM = 0x8000_0000;
export const RAM_SIZE = 32 * 1024 * 1024;

/** Code under test. */
export const SLOTS = RAM + 0x2_0000;
export const SLOTS_SIZE = 0xe_0000;
/** Page tables. */
export const TABLES = RAM + 0x10_0000;
export const TABLES_SIZE = 0xe_0000;
/** Memory that tests may access, filled with random bytes; it lies across a boundary of 2 MiB, as superpages do. */
export const SANDBOX_SIZE = 0x8000;
export const SANDBOX = RAM + 0x20_0000 - SANDBOX_SIZE / 2;
/** Memory that tests may jump to, two pages across a boundary of 2 MiB; see Program. */
export const LANDING_SIZE = 0x2000;
export const LANDING = RAM + 0x40_0000 - LANDING_SIZE / 2;
export const INPUTS = RAM + 0x50_0000;
export const RESULTS = RAM + 0x100_0000;
/** Cases that fit. */
export const MAXIMUM_CASES = 8192;

/** Memory words copied to the result after each case. */
export const WATCHES = 6;

/** The test finisher, and what is written to it to power off (the board's, as of QEMU virt). */
export const FINISHER = 0x10_0000;
export const FINISHER_PASS = 0x5555;

/** CSR numbers used by the runner. */
export const csr = {
  fcsr: 0x003,
  sstatus: 0x100,
  stvec: 0x105,
  scounteren: 0x106,
  senvcfg: 0x10a,
  sscratch: 0x140,
  sepc: 0x141,
  scause: 0x142,
  stval: 0x143,
  stimecmp: 0x14d,
  satp: 0x180,
  mstatus: 0x300,
  medeleg: 0x302,
  mideleg: 0x303,
  mie: 0x304,
  mtvec: 0x305,
  mcounteren: 0x306,
  menvcfg: 0x30a,
  mscratch: 0x340,
  mepc: 0x341,
  mcause: 0x342,
  mtval: 0x343,
  mip: 0x344,
  pmpcfg0: 0x3a0,
  pmpcfg2: 0x3a2,
  pmpaddr0: 0x3b0,
  pmpaddr8: 0x3b8,
  pmpaddr9: 0x3b9,
  pmpaddr10: 0x3ba,
  pmpaddr11: 0x3bb,
} as const;

/** CSRs set before each case, in this order; mstatus follows as the last. */
export const loadedCsrs = [
  csr.satp,
  csr.menvcfg,
  csr.medeleg,
  csr.mideleg,
  csr.mie,
  csr.mip,
  csr.stvec,
  csr.mcounteren,
  csr.scounteren,
  csr.senvcfg,
  csr.sscratch,
  csr.sepc,
  csr.scause,
  csr.stval,
  csr.mtval,
  csr.mcause,
  csr.pmpaddr8,
  csr.pmpaddr9,
  csr.pmpaddr10,
  csr.pmpaddr11,
  csr.pmpcfg0,
  csr.pmpcfg2,
] as const;
export type LoadedCsr = (typeof loadedCsrs)[number];

/** CSRs written to the result of each case. */
export const savedCsrs = [
  { name: 'mcause', csr: csr.mcause },
  { name: 'mepc', csr: csr.mepc },
  { name: 'mtval', csr: csr.mtval },
  { name: 'mstatus', csr: csr.mstatus },
  { name: 'scause', csr: csr.scause },
  { name: 'sepc', csr: csr.sepc },
  { name: 'stval', csr: csr.stval },
] as const;

/** Fields of an input record, as offsets in bytes. */
export const input = {
  /** Address of the slot; 0 ends the program. */
  slot: 0,
  mstatus: 8,
  fcsr: 16,
  csrs: 24,
  watches: 24 + 8 * loadedCsrs.length,
  /** x0 is there and unused. */
  x: 24 + 8 * (loadedCsrs.length + WATCHES),
  f: 24 + 8 * (loadedCsrs.length + WATCHES + 32),
  size: 24 + 8 * (loadedCsrs.length + WATCHES + 64),
} as const;

/** Fields of a result record. */
export const result = {
  /** Address of the input record. */
  input: 0,
  fcsr: 8,
  csrs: 16,
  watches: 16 + 8 * savedCsrs.length,
  x: 16 + 8 * (savedCsrs.length + WATCHES),
  f: 16 + 8 * (savedCsrs.length + WATCHES + 32),
  size: 16 + 8 * (savedCsrs.length + WATCHES + 64),
} as const;
