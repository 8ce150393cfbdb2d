import type { Change } from '../../emulator/machine/change.ts';
import type { HartView } from '../../emulator/machine/machine.ts';
import { csrs } from '../../emulator/riscv/csr.ts';

/**
 * The registers that a client sees, with the numbers that gdb itself uses for RISC-V: x0 to x31, pc, f0 to f31, the CSRs
 * from 65, and the privilege mode behind them.
 */

export type RegisterFeature = 'cpu' | 'fpu' | 'csr' | 'virtual';

export interface Register {
  readonly number: number;
  readonly name: string;
  readonly feature: RegisterFeature;
  /** Undefined when this hart has no such register. */
  read(hart: HartView): bigint | undefined;
  /** What gives it a value in a hart; undefined for one that cannot be written. */
  change(hart: number, value: bigint): Change | undefined;
}

const PC = 32;
const FIRST_FLOAT = 33;
const FIRST_CSR = 65;
const PRIVILEGE = FIRST_CSR + 4096;

const PRIVILEGE_LEVELS = { U: 0n, S: 1n, M: 3n } as const;

const integerNames = [
  ...['zero', 'ra', 'sp', 'gp', 'tp', 't0', 't1', 't2', 'fp', 's1'],
  ...['a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7'],
  ...['s2', 's3', 's4', 's5', 's6', 's7', 's8', 's9', 's10', 's11', 't3', 't4', 't5', 't6'],
];

const floatNames = [
  ...['ft0', 'ft1', 'ft2', 'ft3', 'ft4', 'ft5', 'ft6', 'ft7', 'fs0', 'fs1'],
  ...['fa0', 'fa1', 'fa2', 'fa3', 'fa4', 'fa5', 'fa6', 'fa7'],
  ...['fs2', 'fs3', 'fs4', 'fs5', 'fs6', 'fs7', 'fs8', 'fs9', 'fs10', 'fs11', 'ft8', 'ft9', 'ft10', 'ft11'],
];

/** All registers that some machine has, by ascending number. */
const known: readonly Register[] = [
  ...integerNames.map((name, x): Register => ({
    number: x,
    name,
    feature: 'cpu',
    read: (hart) => hart.readX(x),
    change: (hart, value) => ({ kind: 'integer-register', hart, register: x, value }),
  })),
  {
    number: PC,
    name: 'pc',
    feature: 'cpu',
    read: (hart) => hart.pc,
    change: (hart, value) => ({ kind: 'pc', hart, value }),
  },
  ...floatNames.map((name, f): Register => ({
    number: FIRST_FLOAT + f,
    name,
    feature: 'fpu',
    read: (hart) => hart.readF(f),
    change: (hart, value) => ({ kind: 'float-register', hart, register: f, value }),
  })),
  ...csrs.map(({ number, name }): Register => ({
    number: FIRST_CSR + number,
    name,
    feature: 'csr',
    read: (hart) => hart.readCsr(number),
    change: (hart, value) => ({ kind: 'csr', hart, number, value }),
  })),
  {
    number: PRIVILEGE,
    name: 'priv',
    feature: 'virtual',
    read: (hart) => PRIVILEGE_LEVELS[hart.privilege],
    change: () => undefined,
  },
];

const byNumber = new Map(known.map((register) => [register.number, register]));

/** The registers that this hart has, by ascending number. */
export function registersOf(hart: HartView): readonly Register[] {
  return known.filter((register) => register.read(hart) !== undefined);
}

/** What the `g` packet holds: x0 to x31, pc, f0 to f31. The others are asked for one by one. */
export const generalRegisters: readonly Register[] = known.filter(({ number }) => number < FIRST_CSR);

export function registerByNumber(number: number): Register | undefined {
  return byNumber.get(number);
}
