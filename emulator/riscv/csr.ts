/**
 * The control and status registers, described once: number, name, fields, and how reads and writes behave. The engine
 * generates its CSR access from this list; views and the language features read the same one.
 * (The RISC-V Instruction Set Manual, Volume II, chapter "Control and Status Registers".)
 */

/** A field of a CSR: bits `high` to `low`. */
export interface CsrField {
  readonly name: string;
  readonly high: number;
  readonly low: number;
  readonly description: string;
  /** Names of the field's values, by value. */
  readonly values?: Readonly<Record<number, string>>;
}

/** State that a CSR keeps; the engine decides where. */
export type CsrSlot =
  | 'medeleg'
  | 'mie'
  | 'mcounteren'
  | 'mscratch'
  | 'mepc'
  | 'mcause'
  | 'mtval'
  | 'mhartid'
  | 'scounteren'
  | 'sscratch'
  | 'sepc'
  | 'scause'
  | 'stval'
  | 'senvcfg'
  | 'mtvec'
  | 'stvec'
  | 'stimecmp'
  | 'menvcfg';

/** What happens when a CSR is read and written. */
export type CsrBehaviour =
  | { readonly kind: 'constant'; readonly value: bigint }
  /** Keeps the bits of `writable`; the others read as zero. */
  | { readonly kind: 'stored'; readonly slot: CsrSlot; readonly writable: bigint }
  /** Read and written by functions of the engine's core; `argument` tells them which of several registers it is. */
  | { readonly kind: 'core'; readonly read: string; readonly write: string | undefined; readonly argument: number };

/** Conditions beyond privilege for an access to be legal. */
export type CsrGuard =
  /** mstatus.FS must not be Off. */
  | { readonly kind: 'float' }
  /** Below M-mode, the bit of mcounteren, and for U-mode also of scounteren, must be set. */
  | { readonly kind: 'counter'; readonly bit: number }
  /** In S-mode, mstatus.TVM must be clear. */
  | { readonly kind: 'virtual-memory' }
  /** In S-mode, mcounteren.TM and menvcfg.STCE must be set. */
  | { readonly kind: 'timer' };

export interface Csr {
  /** 0 to 0xfff. Bits 11:10 of 3 mean read-only, bits 9:8 are the lowest privilege. */
  readonly number: number;
  readonly name: string;
  readonly description: string;
  readonly fields: readonly CsrField[];
  readonly behaviour: CsrBehaviour;
  readonly guard: CsrGuard | undefined;
  /** A write can make an interrupt pending or enabled, or change how addresses are translated. */
  readonly effects: boolean;
}

const ALL = 0xffffffffffffffffn;

type Extra = Partial<Pick<Csr, 'fields' | 'guard' | 'effects'>>;

function csr(number: number, name: string, description: string, behaviour: CsrBehaviour, extra: Extra = {}): Csr {
  return { number, name, description, behaviour, fields: [], guard: undefined, effects: false, ...extra };
}

const constant = (value: bigint): CsrBehaviour => ({ kind: 'constant', value });
const stored = (slot: CsrSlot, writable = ALL): CsrBehaviour => ({ kind: 'stored', slot, writable });
const core = (read: string, write: string | undefined, argument = 0): CsrBehaviour => ({
  kind: 'core',
  read,
  write,
  argument,
});

function field(
  name: string,
  high: number,
  low: number,
  description: string,
  values?: Record<number, string>,
): CsrField {
  return values === undefined ? { name, high, low, description } : { name, high, low, description, values };
}

const unitState = { 0: 'Off', 1: 'Initial', 2: 'Clean', 3: 'Dirty' };
const privileges = { 0: 'User', 1: 'Supervisor', 3: 'Machine' };

const supervisorStatus: readonly CsrField[] = [
  field('SIE', 1, 1, 'Interrupts are enabled in S-mode'),
  field('SPIE', 5, 5, 'SIE before the last trap into S-mode'),
  field('SPP', 8, 8, 'Privilege before the last trap into S-mode', { 0: 'User', 1: 'Supervisor' }),
  field('FS', 14, 13, 'State of the floating-point unit', unitState),
  field('SUM', 18, 18, 'S-mode may access user pages'),
  field('MXR', 19, 19, 'Executable pages are readable'),
  field('UXL', 33, 32, 'Register width in U-mode', { 1: '32 bits', 2: '64 bits' }),
  field('SD', 63, 63, 'FS is Dirty'),
];

const machineStatus: readonly CsrField[] = [
  ...supervisorStatus,
  field('MIE', 3, 3, 'Interrupts are enabled in M-mode'),
  field('MPIE', 7, 7, 'MIE before the last trap into M-mode'),
  field('MPP', 12, 11, 'Privilege before the last trap into M-mode', privileges),
  field('MPRV', 17, 17, 'Loads and stores have the privilege of MPP'),
  field('TVM', 20, 20, 'S-mode may not touch satp or sfence.vma'),
  field('TW', 21, 21, 'wfi traps below M-mode'),
  field('TSR', 22, 22, 'sret traps in S-mode'),
  field('SXL', 35, 34, 'Register width in S-mode', { 1: '32 bits', 2: '64 bits' }),
].sort((a, b) => a.low - b.low);

const supervisorInterrupts = (what: string): readonly CsrField[] => [
  field('SS', 1, 1, `Supervisor software interrupt ${what}`),
  field('ST', 5, 5, `Supervisor timer interrupt ${what}`),
  field('SE', 9, 9, `Supervisor external interrupt ${what}`),
];
const machineInterrupts = (what: string): readonly CsrField[] =>
  [
    ...supervisorInterrupts(what),
    field('MS', 3, 3, `Machine software interrupt ${what}`),
    field('MT', 7, 7, `Machine timer interrupt ${what}`),
    field('ME', 11, 11, `Machine external interrupt ${what}`),
  ].sort((a, b) => a.low - b.low);
const named = (fields: readonly CsrField[], suffix: string): readonly CsrField[] =>
  fields.map((each) => ({ ...each, name: each.name + suffix }));

const trapVector: readonly CsrField[] = [
  field('BASE', 63, 2, 'Address of the trap handler, divided by 4'),
  field('MODE', 1, 0, 'How interrupts enter', { 0: 'Direct', 1: 'Vectored' }),
];
const cause: readonly CsrField[] = [
  field('Interrupt', 63, 63, 'The trap was an interrupt'),
  field('Code', 62, 0, 'Exception or interrupt code'),
];
const environment: readonly CsrField[] = [
  field('FIOM', 0, 0, 'Fences of I/O imply memory'),
  field('CBIE', 5, 4, 'cbo.inval below', { 0: 'Illegal', 1: 'Flush', 3: 'Invalidate' }),
  field('CBCFE', 6, 6, 'cbo.clean and cbo.flush are enabled below'),
  field('CBZE', 7, 7, 'cbo.zero is enabled below'),
];
const counters: readonly CsrField[] = [
  field('CY', 0, 0, 'cycle is readable below'),
  field('TM', 1, 1, 'time is readable below'),
  field('IR', 2, 2, 'instret is readable below'),
];
const floatFlags: readonly CsrField[] = [
  field('NX', 0, 0, 'Inexact'),
  field('UF', 1, 1, 'Underflow'),
  field('OF', 2, 2, 'Overflow'),
  field('DZ', 3, 3, 'Divide by zero'),
  field('NV', 4, 4, 'Invalid operation'),
];
const roundingModes = { 0: 'RNE', 1: 'RTZ', 2: 'RDN', 3: 'RUP', 4: 'RMM' };

/** RV64 with I, M, A, F, D, C, S and U. */
const MISA = (2n << 62n) | [0n, 2n, 3n, 5n, 8n, 12n, 18n, 20n].reduce((bits, bit) => bits | (1n << bit), 0n);
const MEDELEG_WRITABLE = 0xb3ffn;

const floatingPoint: readonly Csr[] = [
  csr(0x001, 'fflags', 'Accrued floating-point exceptions', core('readFflags', 'writeFflags'), {
    fields: floatFlags,
    guard: { kind: 'float' },
  }),
  csr(0x002, 'frm', 'Dynamic rounding mode', core('readFrm', 'writeFrm'), {
    fields: [field('FRM', 2, 0, 'Rounding mode', roundingModes)],
    guard: { kind: 'float' },
  }),
  csr(0x003, 'fcsr', 'Floating-point control and status', core('readFcsr', 'writeFcsr'), {
    fields: [...floatFlags, field('FRM', 7, 5, 'Rounding mode', roundingModes)],
    guard: { kind: 'float' },
  }),
];

const userCounters: readonly Csr[] = [
  csr(0xc00, 'cycle', 'Cycles', core('readCycle', undefined), { guard: { kind: 'counter', bit: 0 } }),
  csr(0xc01, 'time', 'Ticks of 100 ns since power-on', core('readTime', undefined), {
    guard: { kind: 'counter', bit: 1 },
  }),
  csr(0xc02, 'instret', 'Instructions retired', core('readInstret', undefined), { guard: { kind: 'counter', bit: 2 } }),
  ...Array.from({ length: 29 }, (_, index) =>
    csr(0xc03 + index, `hpmcounter${index + 3}`, 'Performance counter (always 0)', constant(0n), {
      guard: { kind: 'counter', bit: index + 3 },
    }),
  ),
];

const supervisor: readonly Csr[] = [
  csr(0x100, 'sstatus', 'Supervisor status', core('readSstatus', 'writeSstatus'), {
    fields: supervisorStatus,
    effects: true,
  }),
  csr(0x104, 'sie', 'Supervisor interrupt enables', core('readSie', 'writeSie'), {
    fields: named(supervisorInterrupts('enabled'), 'IE'),
    effects: true,
  }),
  csr(0x105, 'stvec', 'Supervisor trap handler', core('readTvec', 'writeTvec', 0), { fields: trapVector }),
  csr(0x106, 'scounteren', 'Counters that U-mode may read', stored('scounteren', 0xffffffffn), { fields: counters }),
  csr(0x10a, 'senvcfg', 'Environment of U-mode', stored('senvcfg', 0xf1n), { fields: environment }),
  csr(0x140, 'sscratch', 'For the supervisor trap handler', stored('sscratch')),
  csr(0x141, 'sepc', 'pc of the last trap into S-mode', stored('sepc', ALL - 1n)),
  csr(0x142, 'scause', 'Cause of the last trap into S-mode', stored('scause'), { fields: cause }),
  csr(0x143, 'stval', 'Address or instruction of the last trap into S-mode', stored('stval')),
  csr(0x144, 'sip', 'Supervisor interrupts pending', core('readSip', 'writeSip'), {
    fields: named(supervisorInterrupts('pending'), 'IP'),
    effects: true,
  }),
  csr(0x14d, 'stimecmp', 'Time of the next supervisor timer interrupt', core('readStimecmp', 'writeStimecmp'), {
    guard: { kind: 'timer' },
    effects: true,
  }),
  csr(0x180, 'satp', 'Root page table', core('readSatp', 'writeSatp'), {
    fields: [
      field('MODE', 63, 60, 'Translation', { 0: 'Bare', 8: 'Sv39', 9: 'Sv48', 10: 'Sv57' }),
      field('ASID', 59, 44, 'Address-space identifier'),
      field('PPN', 43, 0, 'Physical page number of the root'),
    ],
    guard: { kind: 'virtual-memory' },
    effects: true,
  }),
];

const machine: readonly Csr[] = [
  csr(0x300, 'mstatus', 'Machine status', core('readMstatus', 'writeMstatus'), {
    fields: machineStatus,
    effects: true,
  }),
  csr(0x301, 'misa', 'ISA and extensions', constant(MISA)),
  csr(0x302, 'medeleg', 'Exceptions delegated to S-mode', stored('medeleg', MEDELEG_WRITABLE)),
  csr(0x303, 'mideleg', 'Interrupts delegated to S-mode', core('readMideleg', 'writeMideleg'), {
    fields: supervisorInterrupts('delegated'),
    effects: true,
  }),
  csr(0x304, 'mie', 'Machine interrupt enables', stored('mie', 0xaaan), {
    fields: named(machineInterrupts('enabled'), 'IE'),
    effects: true,
  }),
  csr(0x305, 'mtvec', 'Machine trap handler', core('readTvec', 'writeTvec', 1), { fields: trapVector }),
  csr(0x306, 'mcounteren', 'Counters that S-mode may read', stored('mcounteren', 0xffffffffn), { fields: counters }),
  csr(0x30a, 'menvcfg', 'Environment of S-mode and below', core('readMenvcfg', 'writeMenvcfg'), {
    fields: [
      ...environment,
      field('PBMTE', 62, 62, 'Page-based memory types are enabled'),
      field('STCE', 63, 63, 'stimecmp is enabled'),
    ],
    effects: true,
  }),
  csr(0x320, 'mcountinhibit', 'Counters that stand still (always 0)', constant(0n)),
  ...Array.from({ length: 29 }, (_, index) =>
    csr(0x323 + index, `mhpmevent${index + 3}`, 'Event of a performance counter (always 0)', constant(0n)),
  ),
  csr(0x340, 'mscratch', 'For the machine trap handler', stored('mscratch')),
  csr(0x341, 'mepc', 'pc of the last trap into M-mode', stored('mepc', ALL - 1n)),
  csr(0x342, 'mcause', 'Cause of the last trap into M-mode', stored('mcause'), { fields: cause }),
  csr(0x343, 'mtval', 'Address or instruction of the last trap into M-mode', stored('mtval')),
  csr(0x344, 'mip', 'Machine interrupts pending', core('readMip', 'writeMip'), {
    fields: named(machineInterrupts('pending'), 'IP'),
    effects: true,
  }),
  ...[0, 2].map((register) =>
    csr(
      0x3a0 + register,
      `pmpcfg${register}`,
      'Physical memory protection',
      core('readPmpcfg', 'writePmpcfg', register),
      {
        effects: true,
      },
    ),
  ),
  ...Array.from({ length: 16 }, (_, index) =>
    csr(0x3b0 + index, `pmpaddr${index}`, 'Physical memory protection', core('readPmpaddr', 'writePmpaddr', index), {
      effects: true,
    }),
  ),
  csr(0xb00, 'mcycle', 'Cycles', core('readCycle', 'writeMcycle')),
  csr(0xb02, 'minstret', 'Instructions retired', core('readInstret', 'writeMinstret')),
  ...Array.from({ length: 29 }, (_, index) =>
    csr(0xb03 + index, `mhpmcounter${index + 3}`, 'Performance counter (always 0)', constant(0n)),
  ),
  csr(0xf11, 'mvendorid', 'Vendor (0: none)', constant(0n)),
  csr(0xf12, 'marchid', 'Architecture (0: none)', constant(0n)),
  csr(0xf13, 'mimpid', 'Implementation (0: none)', constant(0n)),
  csr(0xf14, 'mhartid', 'Hart', stored('mhartid', 0n)),
  csr(0xf15, 'mconfigptr', 'Configuration structure (0: none)', constant(0n)),
];

/** Every CSR of the machine, by ascending number. */
export const csrs: readonly Csr[] = [...floatingPoint, ...userCounters, ...supervisor, ...machine].sort(
  (a, b) => a.number - b.number,
);

const byNumber = new Map(csrs.map((each) => [each.number, each]));
const byName = new Map(csrs.map((each) => [each.name, each]));

/** The CSR of this number, if the machine has it. */
export function csrByNumber(number: number): Csr | undefined {
  return byNumber.get(number);
}

export function csrByName(name: string): Csr | undefined {
  return byName.get(name);
}

/** The name by which assemblers know a CSR, if the machine has it. */
export function csrName(number: number): string | undefined {
  return byNumber.get(number)?.name;
}
