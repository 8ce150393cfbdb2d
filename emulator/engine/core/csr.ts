// CSRs that are more than storage. Described in emulator/riscv/csr.ts, which names these functions.
import {
  FFLAGS,
  FRM,
  IDLE_TICKS,
  INTERRUPT_LINES,
  MCOUNTEREN,
  MCYCLE_OFFSET,
  MENVCFG,
  MIDELEG,
  MIE,
  MINSTRET_OFFSET,
  MIP_SOFTWARE,
  MSTATUS,
  MTVEC,
  PMPADDR,
  PMPCFG,
  SATP,
  STIMECMP,
  STVEC,
} from '../layout';
import {
  counterNow,
  MSTATUS_FS,
  MSTATUS_MPP,
  MSTATUS_MPP_SHIFT,
  MSTATUS_MXR,
  MSTATUS_SUM,
  ticksAt,
} from './state';
import { flushAll, selectContexts } from './tlb';
import { readAddress, writeAddress, writeConfiguration } from './pmp';
import { timersChanged } from './timer';
import { pendingBits } from './trap';

const MSTATUS_WRITABLE: u64 = 0x7e79aa;
const SSTATUS_WRITABLE: u64 = 0xc6122;
/** UXL and SXL: 64 bits. */
const WIDTHS: u64 = 0xa00000000;
const UXL: u64 = 0x200000000;
const SD: u64 = 0x8000000000000000;
const MENVCFG_STCE: u64 = 0x8000000000000000;
const MENVCFG_WRITABLE: u64 = 0xc0000000000000f1;
const SSIP: u64 = 1 << 1;
const STIP: u64 = 1 << 5;
const SEIP: u64 = 1 << 9;

function dirty(): u64 {
  return (load<u64>(MSTATUS) & MSTATUS_FS) == MSTATUS_FS ? SD : 0;
}

export function readMstatus(argument: u32): u64 {
  return load<u64>(MSTATUS) | WIDTHS | dirty();
}

export function writeMstatus(argument: u32, value: u64): void {
  let next = value & MSTATUS_WRITABLE;
  // MPP is WARL: 2 is no privilege, and leaves it as it was.
  if ((next & MSTATUS_MPP) >> MSTATUS_MPP_SHIFT == 2) next = (next & ~MSTATUS_MPP) | (load<u64>(MSTATUS) & MSTATUS_MPP);
  store<u64>(MSTATUS, next);
  selectContexts();
}

export function readSstatus(argument: u32): u64 {
  return (load<u64>(MSTATUS) & SSTATUS_WRITABLE) | UXL | dirty();
}

export function writeSstatus(argument: u32, value: u64): void {
  const old = load<u64>(MSTATUS);
  const next = (old & ~SSTATUS_WRITABLE) | (value & SSTATUS_WRITABLE);
  store<u64>(MSTATUS, next);
  if ((old ^ next) & (MSTATUS_SUM | MSTATUS_MXR)) selectContexts();
}

export function readSie(argument: u32): u64 {
  return load<u64>(MIE) & load<u64>(MIDELEG);
}

export function writeSie(argument: u32, value: u64): void {
  const mask = load<u64>(MIDELEG);
  store<u64>(MIE, (load<u64>(MIE) & ~mask) | (value & mask));
}

export function readMip(argument: u32): u64 {
  return pendingBits();
}

/** What a set or clear of mip starts from: not the PLIC's line, which only shows in SEIP. */
export function storedMip(argument: u32): u64 {
  return load<u64>(MIP_SOFTWARE);
}

export function writeMip(argument: u32, value: u64): void {
  // With Sstc, STIP follows stimecmp and cannot be written.
  const writable = SSIP | SEIP | (load<u64>(MENVCFG) & MENVCFG_STCE ? 0 : STIP);
  store<u64>(MIP_SOFTWARE, (load<u64>(MIP_SOFTWARE) & ~writable) | (value & writable));
}

export function readSip(argument: u32): u64 {
  return pendingBits() & load<u64>(MIDELEG);
}

export function writeSip(argument: u32, value: u64): void {
  const writable = SSIP & load<u64>(MIDELEG);
  store<u64>(MIP_SOFTWARE, (load<u64>(MIP_SOFTWARE) & ~writable) | (value & writable));
}

export function readMideleg(argument: u32): u64 {
  return load<u64>(MIDELEG);
}

export function writeMideleg(argument: u32, value: u64): void {
  store<u64>(MIDELEG, value & (SSIP | STIP | SEIP));
}

function tvecAddress(argument: u32): u32 {
  return argument ? MTVEC : STVEC;
}

export function readTvec(argument: u32): u64 {
  return load<u64>(tvecAddress(argument));
}

/** MODE is WARL: a write with a reserved mode changes nothing. */
export function writeTvec(argument: u32, value: u64): void {
  if ((value & 3) < 2) store<u64>(tvecAddress(argument), value);
}

export function readMenvcfg(argument: u32): u64 {
  return load<u64>(MENVCFG);
}

export function writeMenvcfg(argument: u32, value: u64): void {
  store<u64>(MENVCFG, value & MENVCFG_WRITABLE);
  // PBMTE changes which page-table entries are valid, STCE whether stimecmp counts.
  flushAll();
  timersChanged();
}

export function readStimecmp(argument: u32): u64 {
  return load<u64>(STIMECMP);
}

export function writeStimecmp(argument: u32, value: u64): void {
  store<u64>(STIMECMP, value);
  timersChanged();
}

export function readSatp(argument: u32): u64 {
  return load<u64>(SATP);
}

/** WARL: a write with an unknown mode changes nothing. */
export function writeSatp(argument: u32, value: u64): void {
  const mode = value >> 60;
  if (mode != 0 && (mode < 8 || mode > 10)) return;
  store<u64>(SATP, value);
  selectContexts();
}

export function readFflags(argument: u32): u64 {
  return load<u32>(FFLAGS);
}

export function writeFflags(argument: u32, value: u64): void {
  store<u32>(FFLAGS, (<u32>value) & 31);
  floatDirty();
}

export function readFrm(argument: u32): u64 {
  return load<u32>(FRM);
}

export function writeFrm(argument: u32, value: u64): void {
  store<u32>(FRM, (<u32>value) & 7);
  floatDirty();
}

export function readFcsr(argument: u32): u64 {
  return load<u32>(FFLAGS) | (load<u32>(FRM) << 5);
}

export function writeFcsr(argument: u32, value: u64): void {
  store<u32>(FFLAGS, (<u32>value) & 31);
  store<u32>(FRM, ((<u32>value) >> 5) & 7);
  floatDirty();
}

function floatDirty(): void {
  store<u64>(MSTATUS, load<u64>(MSTATUS) | MSTATUS_FS);
}

export function readTime(argument: u32): u64 {
  return ticksAt(counterNow());
}

export function readCycle(argument: u32): u64 {
  return counterNow() + load<u64>(MCYCLE_OFFSET);
}

export function writeMcycle(argument: u32, value: u64): void {
  store<u64>(MCYCLE_OFFSET, value - counterNow() - 1);
}

export function readInstret(argument: u32): u64 {
  return counterNow() + load<u64>(MINSTRET_OFFSET);
}

export function writeMinstret(argument: u32, value: u64): void {
  store<u64>(MINSTRET_OFFSET, value - counterNow() - 1);
}

export function readPmpcfg(argument: u32): u64 {
  return load<u64>(PMPCFG + (argument << 2));
}

export function writePmpcfg(argument: u32, value: u64): void {
  for (let i: u32 = 0; i < 8; i++) writeConfiguration((argument << 2) + i, <u32>(value >> <u64>(i << 3)) & 0xff);
  flushAll();
}

export function readPmpaddr(argument: u32): u64 {
  return readAddress(argument);
}

export function writePmpaddr(argument: u32, value: u64): void {
  writeAddress(argument, value);
  flushAll();
}
