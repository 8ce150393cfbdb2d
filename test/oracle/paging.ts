import { floatOperand, integerOperand } from '../operands.ts';
import { binary64 } from '../emulator/engine/float/reference.ts';
import type { Random } from '../random.ts';
import { encode, instructionNamed } from '../assembler.ts';
import { LANDING, LANDING_SIZE, RAM, SANDBOX, SANDBOX_SIZE, csr } from './layout.ts';
import type { LoadedCsr } from './layout.ts';
import { SUPERVISOR_HANDLER, mstatus } from './program.ts';
import type { Privilege, Program, TestCase } from './program.ts';

/**
 * Accesses through page tables: Sv39, Sv48 and Sv57, every level of leaf, random permissions and reserved bits, from S-
 * and U-mode and from M-mode under MPRV. What comes back includes the entries, for the A and D bits that were set.
 */

interface Mode {
  readonly name: 'Sv39' | 'Sv48' | 'Sv57';
  /** satp.MODE. */
  readonly encoding: bigint;
  readonly levels: 3 | 4 | 5;
}

const modes: readonly Mode[] = [
  { name: 'Sv39', encoding: 8n, levels: 3 },
  { name: 'Sv48', encoding: 9n, levels: 4 },
  { name: 'Sv57', encoding: 10n, levels: 5 },
];

/** Bits of a page-table entry. */
const pte = { V: 1n, R: 2n, W: 4n, X: 8n, U: 16n, G: 32n, A: 64n, D: 128n } as const;
const PTE_N = 1n << 63n;
const PBMT_SHIFT = 61n;
const MENVCFG_PBMTE = 1n << 62n;

/** Root entries that map all of RAM, so that code runs, for S-mode and for U-mode. */
const SUPERVISOR_CODE = 510;
const USER_CODE = 509;
/** The last root entry names the same table as the first: addresses of both halves lead to the same leaves. */
const SPINE_ALIAS = 511;

/** Page tables of one mode: one table a level, each with a pointer to the next and room for leaves under test. */
export class AddressSpace {
  /** Physical addresses, the root last: index is the level. */
  private readonly tables: readonly number[];
  private readonly nextEntry: number[];

  constructor(
    program: Program,
    readonly mode: Mode,
    /**
     * Whether entries carry memory types and menvcfg.PBMTE is set. It holds for all cases of a program, which may meet
     * one another's entries: QEMU 7.2 takes no notice of PBMTE.
     */
    readonly memoryTypes: boolean,
  ) {
    this.tables = Array.from({ length: mode.levels }, () => program.allocateTable());
    // Entry 0 leads on.
    this.nextEntry = this.tables.map(() => 2);
    const root = this.table(mode.levels - 1);
    for (let level = 1; level < mode.levels; level++) {
      const pointer = (BigInt(this.table(level - 1) / 4096) << 10n) | pte.V;
      program.writeWord(this.table(level), pointer);
      if (level === mode.levels - 1) program.writeWord(root + 8 * SPINE_ALIAS, pointer);
    }
    const base = BigInt(this.codePhysicalBase / 4096) << 10n;
    const leaf = base | pte.V | pte.R | pte.X | pte.A | pte.D;
    program.writeWord(root + 8 * SUPERVISOR_CODE, leaf);
    program.writeWord(root + 8 * USER_CODE, leaf | pte.U);
  }

  private table(level: number): number {
    const table = this.tables[level];
    if (table === undefined) throw new RangeError(`no level ${level}`);
    return table;
  }

  /** Where the superpage of the root that holds RAM begins. */
  private get codePhysicalBase(): number {
    return this.mode.levels === 3 ? RAM : 0;
  }

  get satp(): bigint {
    return (this.mode.encoding << 60n) | BigInt(this.table(this.mode.levels - 1) / 4096);
  }

  /** The virtual address at which code of this privilege sees a physical one. */
  codeAddress(privilege: 'S' | 'U', physical: number): bigint {
    const entry = BigInt(privilege === 'S' ? SUPERVISOR_CODE : USER_CODE);
    return this.canonical((entry << this.shift(this.mode.levels - 1)) + BigInt(physical - this.codePhysicalBase));
  }

  /** Takes two neighbouring entries of a level; undefined when it has no more. */
  takeEntries(level: number): { readonly address: number; readonly virtual: bigint } | undefined {
    const index = this.nextEntry[level];
    if (index === undefined || index + 2 > USER_CODE) return undefined;
    this.nextEntry[level] = index + 2;
    return { address: this.table(level) + 8 * index, virtual: BigInt(index) << this.shift(level) };
  }

  /** The same address in the upper half, by the alias of the root. */
  upperHalf(virtual: bigint): bigint {
    return this.canonical(virtual | (BigInt(SPINE_ALIAS) << this.shift(this.mode.levels - 1)));
  }

  /** The physical address of the table below a level, or any that is not one. */
  pointee(random: Random, level: number): number {
    if (level > 0 && random.once(2)) return this.table(level - 1);
    // (Not random words: QEMU 7.2 ignores the reserved bits 60 to 54, for which the manual demands a page fault.)
    return random.pick([LANDING, 0, 0x1000_0000, 0x20_0000_0000]);
  }

  canonical(virtual: bigint): bigint {
    return BigInt.asUintN(64, BigInt.asIntN(12 + 9 * this.mode.levels, virtual));
  }

  /** The bits of an address below a level's index. */
  shift(level: number): bigint {
    return BigInt(12 + 9 * level);
  }
}

/** The tables that a program's cases share. */
export function addressSpaces(random: Random, program: Program): readonly AddressSpace[] {
  const memoryTypes = random.once(2);
  return modes.map((mode) => new AddressSpace(program, mode, memoryTypes));
}

type Kind = 'data' | 'fetch';

/** A leaf that maps where accesses may go, or nearly so. */
function drawEntry(random: Random, space: AddressSpace, level: number, physical: number): bigint {
  const size = 1 << Math.min(9 * level, 30);
  const pages = Math.floor(physical / 4096);
  // The frame of the leaf: superpages are aligned.
  let frame = BigInt(level >= 4 ? 0 : pages - (level === 3 ? pages : pages % size));
  if (level > 0 && random.once(10)) frame |= BigInt(1 << random.below(Math.min(9 * level, 30)));
  let entry = 0n;
  if (random.once(10)) {
    entry = (BigInt(space.pointee(random, level) / 4096) << 10n) | pte.V;
    if (random.once(4)) entry |= random.pick([pte.A, pte.D, pte.U, pte.G]);
    return entry;
  }
  const permissions = random.pick([
    pte.R,
    pte.R | pte.W,
    pte.R | pte.X,
    pte.R | pte.W | pte.X,
    pte.X,
    pte.R | pte.W | pte.X,
  ]);
  // (Any but none, which would make random words of the sandbox page-table entries.)
  entry |= random.once(12) ? BigInt(1 + random.below(7)) << 1n : permissions;
  if (!random.once(16)) entry |= pte.V;
  if (random.once(2)) entry |= pte.U;
  if (random.once(4)) entry |= pte.G;
  if (!random.once(3)) entry |= pte.A;
  if (!random.once(3)) entry |= pte.D;
  entry |= BigInt(random.below(4)) << 8n;
  if (space.memoryTypes && random.once(8)) entry |= BigInt(random.below(4)) << PBMT_SHIFT;
  if (random.once(12)) {
    entry |= PTE_N;
    // A range of 64 KiB, of which the frame's low bits must say so.
    frame = random.once(4) ? frame : (frame & ~0xfn) | 8n;
  }
  return entry | (frame << 10n);
}

const accesses = [
  ...['lb', 'lh', 'lw', 'ld', 'lbu', 'lhu', 'lwu', 'flw', 'fld', 'sb', 'sh', 'sw', 'sd', 'fsw', 'fsd'],
  ...['lr.w', 'lr.d', 'amoadd.w', 'amoadd.d', 'amoswap.w', 'amomaxu.d'],
] as const;

/** Registers of a case's accesses. */
const BASE = 10;
const MSTATUS_BITS = 11;

function drawAccess(random: Random, offset: number): number {
  const name = random.pick(accesses);
  const { format } = instructionNamed(name);
  const register = 12 + random.below(20);
  switch (format) {
    case 'load':
    case 'F-load':
      return encode(name, { rd: register, rs1: BASE, imm: offset });
    case 'S':
    case 'F-store':
      return encode(name, { rs2: register, rs1: BASE, imm: offset });
    case 'load-reserved':
      return encode(name, { rd: register, rs1: BASE });
    default:
      return encode(name, { rd: register, rs1: BASE, rs2: 12 + random.below(20) });
  }
}

const CAUSE_ECALL_FROM_S = 1n << 9n;

/** Makes one case of one to three accesses, or of a jump; undefined when the tables are used up. */
export function pagingCase(random: Random, spaces: readonly AddressSpace[], program: Program): TestCase | undefined {
  const space = random.pick(spaces);
  const level = random.below(space.mode.levels);
  const entries = space.takeEntries(level);
  if (entries === undefined) return undefined;
  const kind: Kind = random.once(5) ? 'fetch' : 'data';
  const privilege: Privilege = kind === 'fetch' ? random.pick(['S', 'U']) : random.pick(['S', 'U', 'S', 'U', 'M']);

  // Where it goes physically: often across the end of what the first entry maps.
  const [area, areaSize] = kind === 'fetch' ? [LANDING, LANDING_SIZE] : [SANDBOX, SANDBOX_SIZE];
  const boundary = level === 0 ? area + 4096 * (1 + random.below(areaSize / 4096 - 1)) : area + areaSize / 2;
  const straddles = random.once(2);
  const step = kind === 'fetch' ? 2 : 1;
  const physical = straddles ? boundary - step * random.below(9) : area + step * random.below(areaSize / step);
  const first = physical >= boundary && straddles ? boundary - 4096 : physical;
  const regionSize = 2 ** Number(space.shift(level));
  const second =
    level === 0 ? area + 4096 * random.below(areaSize / 4096) : Math.floor(first / regionSize + 1) * regionSize;
  program.writeWord(entries.address, drawEntry(random, space, level, first));
  program.writeWord(entries.address + 8, drawEntry(random, space, level, second));

  // From the start of the region that the first entry maps.
  const within = physical - (level === 0 ? first - (first % 4096) : Math.floor(first / regionSize) * regionSize);
  let virtual = entries.virtual + BigInt(within);
  if (level < space.mode.levels - 1 && random.once(2)) virtual = space.upperHalf(virtual);
  virtual = space.canonical(virtual);
  // Now and then not canonical.
  const addressBits = 12 + 9 * space.mode.levels;
  if (random.once(24)) virtual ^= 1n << BigInt(addressBits + random.below(64 - addressBits));

  const offset = random.once(2) ? 0 : random.below(64) - 32;
  const code: number[] = [];
  const append = (bits: number): void => {
    code.push(bits & 0xffff, bits >>> 16);
  };
  const x = Array.from({ length: 32 }, () => integerOperand(random));
  x[BASE] = BigInt.asUintN(64, virtual - BigInt(offset));
  let status = BigInt(1 + random.below(3)) << mstatus.FS_SHIFT;
  if (random.once(2)) status |= mstatus.SUM;
  if (random.once(2)) status |= mstatus.MXR;
  if (random.once(2)) status |= mstatus.SPP;
  if (privilege === 'M') {
    // mret leaves MPP at U; set S in half the cases, then the accesses are S-mode's.
    status |= mstatus.MPRV;
    x[MSTATUS_BITS] = random.once(2) ? 1n << mstatus.MPP_SHIFT : 0n;
    append(encode('csrrs', { csr: csr.mstatus, rs1: MSTATUS_BITS }));
  }
  if (kind === 'fetch') append(encode('jalr', { rd: 1, rs1: BASE, imm: offset }));
  else for (let count = random.pick([1, 1, 2, 3]); count > 0; count--) append(drawAccess(random, offset));
  if (kind === 'data' && offset === 0 && random.once(10)) {
    // Only after lr: QEMU fails an sc without a reservation before it looks at the address.
    const width = random.pick(['w', 'd'] as const);
    append(encode(`lr.${width}`, { rd: 12, rs1: BASE }));
    append(encode(`sc.${width}`, { rd: 13, rs1: BASE, rs2: 14 }));
  }

  const csrs = new Map<LoadedCsr, bigint>([[csr.satp, space.satp | (BigInt(random.below(4)) << 44n)]]);
  if (space.memoryTypes) csrs.set(csr.menvcfg, MENVCFG_PBMTE);
  if (random.once(2)) {
    // Delegated traps end in the handler of S-mode, whose ecall must not be delegated again.
    csrs.set(csr.medeleg, random.bits64() & 0xb1ffn & ~CAUSE_ECALL_FROM_S);
    csrs.set(csr.stvec, space.codeAddress('S', SUPERVISOR_HANDLER));
  }
  const watched = Math.min(Math.max(physical - (physical % 8), SANDBOX + 8), SANDBOX + SANDBOX_SIZE - 16);
  program.openSlot();
  return {
    code,
    family: `${space.mode.name} level ${level} ${kind}`,
    privilege,
    mstatus: status,
    fcsr: 0,
    x,
    f: Array.from({ length: 32 }, () => floatOperand(random, binary64)),
    watches: [entries.address, entries.address + 8, watched - 8, watched, watched + 8, SANDBOX],
    csrs,
    entry: (slot) => (privilege === 'M' ? BigInt(slot) : space.codeAddress(privilege, slot)),
  };
}
