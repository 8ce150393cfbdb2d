import { Assembler } from '../assembler.ts';
import {
  FINISHER,
  FINISHER_PASS,
  INPUTS,
  LANDING,
  LANDING_SIZE,
  RESULTS,
  SANDBOX,
  SANDBOX_SIZE,
  SLOTS,
  SLOTS_SIZE,
  TABLES,
  TABLES_SIZE,
  WATCHES,
  csr,
  input,
  loadedCsrs,
  result,
  savedCsrs,
} from './layout.ts';

const MSTATUS_FS = 0x6000;

/** mtimecmp of hart 0 in the CLINT. */
const MTIMECMP = 0x200_4000;

// pmpcfg bytes.
const PMP_READ = 1;
const PMP_WRITE = 2;
const PMP_EXECUTE = 4;
export const PMP_TOP_OF_RANGE = 0x08;
export const PMP_NATURALLY_ALIGNED = 0x18;

/**
 * What S- and U-mode may touch: they execute slots, read and write the sandbox, and have their page tables walked;
 * all else is an access fault.
 */
const accessible = [
  { from: SLOTS, size: SLOTS_SIZE, permissions: PMP_READ | PMP_EXECUTE },
  { from: TABLES, size: TABLES_SIZE, permissions: PMP_READ | PMP_WRITE },
  { from: SANDBOX, size: SANDBOX_SIZE, permissions: PMP_READ | PMP_WRITE | PMP_EXECUTE },
  { from: LANDING, size: LANDING_SIZE, permissions: PMP_READ | PMP_EXECUTE },
] as const;

/** Two entries each: one that is off and holds the lower boundary, and one that is on. */
const pmpBoundaries = accessible.flatMap(({ from, size }) => [from, from + size]);
/** The entry that grants the sandbox. */
export const SANDBOX_ENTRY = 5;

/** pmpcfg0 as cases have it by default; without the entry `off`, if one is given. */
export function defaultPmpConfiguration(off?: number): bigint {
  return accessible.reduce((value, { permissions }, index) => {
    const entry = 2 * index + 1;
    return entry === off ? value : value | (BigInt(PMP_TOP_OF_RANGE | permissions) << BigInt(8 * entry));
  }, 0n);
}

/** The program in M-mode that carries cases out; see layout.ts. */
export function runner(): Uint32Array {
  const code = new Assembler();
  const start = code.label();
  const finish = code.label();
  const inputPointer = 30;
  const resultPointer = 31;
  const scratch = 1;

  // Jump over the handler, which begins at the return address.
  const handlerAddress = 2;
  code.branch('jal', { rd: handlerAddress }, start);

  code.emit('csrrw', { rd: resultPointer, csr: csr.mscratch, rs1: resultPointer });
  for (let register = 1; register <= 30; register++) {
    code.emit('sd', { rs1: resultPointer, rs2: register, imm: result.x + 8 * register });
  }
  code.emit('csrrs', { rd: scratch, csr: csr.mscratch });
  code.emit('sd', { rs1: resultPointer, rs2: scratch, imm: result.x + 8 * 31 });
  for (const [index, saved] of savedCsrs.entries()) {
    code.emit('csrrs', { rd: scratch, csr: saved.csr });
    code.emit('sd', { rs1: resultPointer, rs2: scratch, imm: result.csrs + 8 * index });
  }
  code.constant(scratch, MSTATUS_FS);
  code.emit('csrrs', { csr: csr.mstatus, rs1: scratch });
  code.emit('csrrs', { rd: scratch, csr: csr.fcsr });
  code.emit('sd', { rs1: resultPointer, rs2: scratch, imm: result.fcsr });
  for (let register = 0; register < 32; register++) {
    code.emit('fsd', { rs1: resultPointer, rs2: register, imm: result.f + 8 * register });
  }
  code.emit('ld', { rd: inputPointer, rs1: resultPointer, imm: result.input });
  for (let watch = 0; watch < WATCHES; watch++) {
    code.emit('ld', { rd: scratch, rs1: inputPointer, imm: input.watches + 8 * watch });
    code.emit('ld', { rd: scratch, rs1: scratch });
    code.emit('sd', { rs1: resultPointer, rs2: scratch, imm: result.watches + 8 * watch });
  }
  code.emit('addi', { rd: inputPointer, rs1: inputPointer, imm: input.size });
  code.emit('addi', { rd: resultPointer, rs1: resultPointer, imm: result.size });
  const begin = code.label();
  code.branch('jal', {}, begin);

  // Once, at the start.
  code.place(start);
  code.emit('csrrw', { csr: csr.mtvec, rs1: handlerAddress });
  for (const [index, boundary] of pmpBoundaries.entries()) {
    code.constant(scratch, boundary);
    code.emit('srli', { rd: scratch, rs1: scratch, imm: 2 });
    code.emit('csrrw', { csr: csr.pmpaddr0 + index, rs1: scratch });
  }
  code.constant(scratch, MTIMECMP);
  code.emit('addi', { rd: 2, imm: -1 });
  code.emit('sd', { rs1: scratch, rs2: 2 });
  code.emit('csrrw', { csr: csr.stimecmp, rs1: 2 });
  code.constant(inputPointer, INPUTS);
  code.constant(resultPointer, RESULTS);

  code.place(begin);
  code.emit('ld', { rd: scratch, rs1: inputPointer, imm: input.slot });
  code.branch('beq', { rs1: scratch }, finish);
  code.emit('csrrw', { csr: csr.mepc, rs1: scratch });
  for (const [index, loaded] of loadedCsrs.entries()) {
    code.emit('ld', { rd: scratch, rs1: inputPointer, imm: input.csrs + 8 * index });
    code.emit('csrrw', { csr: loaded, rs1: scratch });
  }
  code.emit('sfence.vma');
  code.emit('sd', { rs1: resultPointer, rs2: inputPointer, imm: result.input });
  code.emit('csrrw', { csr: csr.mscratch, rs1: resultPointer });
  code.constant(scratch, MSTATUS_FS);
  code.emit('csrrs', { csr: csr.mstatus, rs1: scratch });
  for (let register = 0; register < 32; register++) {
    code.emit('fld', { rd: register, rs1: inputPointer, imm: input.f + 8 * register });
  }
  code.emit('ld', { rd: scratch, rs1: inputPointer, imm: input.fcsr });
  code.emit('csrrw', { csr: csr.fcsr, rs1: scratch });
  code.emit('ld', { rd: scratch, rs1: inputPointer, imm: input.mstatus });
  code.emit('csrrw', { csr: csr.mstatus, rs1: scratch });
  for (let register = 1; register < 32; register++) {
    if (register !== inputPointer) code.emit('ld', { rd: register, rs1: inputPointer, imm: input.x + 8 * register });
  }
  code.emit('ld', { rd: inputPointer, rs1: inputPointer, imm: input.x + 8 * inputPointer });
  code.emit('mret');

  code.place(finish);
  code.constant(scratch, FINISHER);
  code.constant(2, FINISHER_PASS);
  code.emit('sw', { rs1: scratch, rs2: 2 });
  const forever = code.label();
  code.place(forever);
  code.branch('jal', {}, forever);
  return code.finish();
}
