import { csrByNumber } from '../riscv/csr.ts';
import { slotAddress } from '../engine/csr-access.ts';
import {
  ALL_ONES,
  FFLAGS,
  F_REGISTERS,
  INTERRUPT_LINES,
  MENVCFG,
  MIDELEG,
  MIE,
  MIP_SOFTWARE,
  MSTATUS,
  MTVEC,
  PMPADDR,
  PMPCFG,
  PRIVILEGE,
  SATP,
  STIMECMP,
  STVEC,
  X_REGISTERS,
} from '../engine/layout.ts';

/** A register of a hart. */
export type Register =
  | { readonly file: 'x' | 'f'; readonly number: number }
  /** By its number in the specification. */
  | { readonly file: 'csr'; readonly number: number }
  /** The privilege that the hart runs at, which no CSR shows. */
  | { readonly file: 'privilege' };

/** How the engine's state holds a register: ((source | other) & gate) & mask, of doublewords of `layout.ts`. */
export interface RegisterSource {
  readonly source: number;
  readonly other: number;
  readonly gate: number;
  readonly mask: bigint;
  /** One doubleword holds it, each bit where the register has it. */
  readonly isWhole: boolean;
}

const ALL = 0xffff_ffff_ffff_ffffn;
const SSTATUS = 0xc6122n;
const MSTATUS_BITS = 0x7e79aan;

/**
 * Where the engine keeps a register; undefined for one that cannot be watched: it does not exist, or counts or tells the time
 * and so changes with every step. Fields that follow from others (SD of mstatus and sstatus) are left out.
 */
export function registerSource(register: Register): RegisterSource | undefined {
  switch (register.file) {
    case 'x':
      return at(X_REGISTERS + within(register.number) * 8, register.number === 0 ? 0n : ALL);
    case 'f':
      return at(F_REGISTERS + within(register.number) * 8, ALL);
    case 'privilege':
      return at(PRIVILEGE, 0xffff_ffffn);
    case 'csr':
      return csrSource(register.number);
  }
}

function csrSource(number: number): RegisterSource | undefined {
  const behaviour = csrByNumber(number)?.behaviour;
  if (behaviour === undefined) return undefined;
  switch (behaviour.kind) {
    case 'constant':
      return at(ALL_ONES, 0n);
    case 'stored':
      return at(slotAddress[behaviour.slot], ALL);
    case 'core':
      return coreSource(behaviour.read, behaviour.argument);
  }
}

/** Of the CSRs that functions of the core read (core/csr.ts). */
function coreSource(read: string, argument: number): RegisterSource | undefined {
  switch (read) {
    case 'readMstatus':
      return at(MSTATUS, MSTATUS_BITS);
    case 'readSstatus':
      return at(MSTATUS, SSTATUS);
    case 'readSie':
      return { ...at(MIE, ALL), gate: MIDELEG, isWhole: false };
    case 'readMip':
      return { ...at(MIP_SOFTWARE, ALL), other: INTERRUPT_LINES, isWhole: false };
    case 'readSip':
      return { ...at(MIP_SOFTWARE, ALL), other: INTERRUPT_LINES, gate: MIDELEG, isWhole: false };
    case 'readMideleg':
      return at(MIDELEG, ALL);
    case 'readTvec':
      return at(argument === 0 ? STVEC : MTVEC, ALL);
    case 'readMenvcfg':
      return at(MENVCFG, ALL);
    case 'readStimecmp':
      return at(STIMECMP, ALL);
    case 'readSatp':
      return at(SATP, ALL);
    // FFLAGS and FRM are words, one after the other.
    case 'readFflags':
      return { ...at(FFLAGS, 0x1fn), isWhole: false };
    case 'readFrm':
      return { ...at(FFLAGS, 7n << 32n), isWhole: false };
    case 'readFcsr':
      return { ...at(FFLAGS, (7n << 32n) | 0x1fn), isWhole: false };
    case 'readPmpcfg':
      return at(PMPCFG + argument * 4, ALL);
    case 'readPmpaddr':
      return at(PMPADDR + argument * 8, ALL);
    default:
      return undefined;
  }
}

function at(source: number, mask: bigint): RegisterSource {
  return { source, other: source, gate: ALL_ONES, mask, isWhole: true };
}

function within(number: number): number {
  if (!Number.isInteger(number) || number < 0 || number > 31) throw new RangeError(`no register ${number}`);
  return number;
}
