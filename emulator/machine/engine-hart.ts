import { csrIndex } from '../engine/csr-access.ts';
import type { Engine } from '../engine/engine.ts';
import {
  ATTEND_INTERRUPTS,
  ATTENTION,
  F_REGISTERS,
  INTERRUPT_LINES,
  MIE,
  MIP_SOFTWARE,
  MSTATUS,
  PC,
  PRIVILEGE,
  SATP,
  STIMECMP,
  WAITING,
  X_REGISTERS,
} from '../engine/layout.ts';
import { csrByNumber } from '../riscv/csr.ts';
import type { InterruptLine } from './device.ts';
import type { WritableHart } from './machine.ts';
import type { SbiHart } from './sbi/hart.ts';

/** Bits of mip. */
export const SSIP = 1n << 1n;
export const MSIP = 1n << 3n;
export const STIP = 1n << 5n;
export const MTIP = 1n << 7n;
export const SEIP = 1n << 9n;
export const MEIP = 1n << 11n;

const PRIVILEGE_SUPERVISOR = 1;
const MCYCLE = 0xb00;
const MINSTRET = 0xb02;
const MSTATUS_SIE = 2n;

/** The hart that the engine runs: as people see it, as devices signal it, as the built-in SBI serves it. */
export class EngineHart implements WritableHart, SbiHart {
  readonly index = 0;
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  get pc(): bigint {
    return this.#engine.pc;
  }
  get privilege(): 'U' | 'S' | 'M' {
    const number = this.privilegeNumber;
    return number === 0 ? 'U' : number === 1 ? 'S' : 'M';
  }
  get privilegeNumber(): number {
    return this.#engine.view.getUint32(PRIVILEGE, true);
  }
  get waiting(): boolean {
    return this.#engine.view.getUint32(WAITING, true) !== 0;
  }

  readX(register: number): bigint {
    return this.#get(X_REGISTERS + checked(register) * 8);
  }
  readF(register: number): bigint {
    return this.#get(F_REGISTERS + checked(register) * 8);
  }
  readCsr(number: number): bigint | undefined {
    return csrByNumber(number) ? this.#engine.peekCsr(csrIndex(number)) : undefined;
  }
  writeX(register: number, value: bigint): void {
    if (checked(register) !== 0) this.#set(X_REGISTERS + register * 8, value);
  }
  writeF(register: number, value: bigint): void {
    this.#set(F_REGISTERS + checked(register) * 8, value);
  }
  writeCsr(number: number, value: bigint): boolean {
    if (!csrByNumber(number)) return false;
    // Instructions that write these count themselves (Unprivileged, "Zicntr"): the next one is to read what was written.
    const counted = number === MCYCLE || number === MINSTRET ? value + 1n : value;
    this.#engine.pokeCsr(csrIndex(number), BigInt.asUintN(64, counted));
    return true;
  }
  writePc(value: bigint): void {
    this.#set(PC, value);
  }
  setWaiting(waiting: boolean): void {
    this.#engine.view.setUint32(WAITING, waiting ? 1 : 0, true);
  }

  /** A wire into the hart: a bit of mip. */
  pin(bit: bigint): InterruptLine {
    return {
      set: (level) => {
        this.setLines(bit, level ? bit : 0n);
      },
    };
  }

  /** Sets the mip bits of `mask` that come from outside the hart to those of `levels`. */
  setLines(mask: bigint, levels: bigint): void {
    const { view } = this.#engine;
    const old = view.getBigUint64(INTERRUPT_LINES, true);
    const next = (old & ~mask) | levels;
    if (next === old) return;
    view.setBigUint64(INTERRUPT_LINES, next, true);
    view.setUint32(ATTENTION, view.getUint32(ATTENTION, true) | ATTEND_INTERRUPTS, true);
  }

  setTimer(deadline: bigint): void {
    this.#set(STIMECMP, deadline);
  }
  setSoftwareInterrupt(pending: boolean): void {
    const old = this.#get(MIP_SOFTWARE);
    this.#set(MIP_SOFTWARE, pending ? old | SSIP : old & ~SSIP);
  }
  start(address: bigint, opaque: bigint): void {
    this.#engine.view.setUint32(PRIVILEGE, PRIVILEGE_SUPERVISOR, true);
    this.#engine.view.setUint32(WAITING, 0, true);
    this.#set(SATP, 0n);
    this.#set(MSTATUS, this.#get(MSTATUS) & ~MSTATUS_SIE);
    this.writePc(address);
    this.writeX(10, BigInt(this.index));
    this.writeX(11, opaque);
    this.#engine.stateReplaced();
  }
  stop(): void {
    // Nothing but a start by another hart wakes it, and there is none.
    this.#set(MIE, 0n);
    this.#engine.view.setUint32(WAITING, 1, true);
  }
  waitForInterrupt(): void {
    if (!this.#engine.mustWake()) this.#engine.view.setUint32(WAITING, 1, true);
  }

  #get(address: number): bigint {
    return this.#engine.view.getBigUint64(address, true);
  }
  #set(address: number, value: bigint): void {
    this.#engine.view.setBigUint64(address, BigInt.asUintN(64, value), true);
  }
}

function checked(register: number): number {
  if (!Number.isInteger(register) || register < 0 || register > 31) throw new RangeError(`no register ${register}`);
  return register;
}
