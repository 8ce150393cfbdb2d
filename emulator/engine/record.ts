import type { DecodedInstruction, Format } from '../riscv/instruction.ts';
import { instructions } from '../riscv/instructions.ts';
import { csrIndex } from './csr-access.ts';
import {
  F_REGISTERS,
  HANDLER_FIRST,
  RECORD_ADVANCE,
  RECORD_EXTRA,
  RECORD_IMM,
  RECORD_RD,
  RECORD_RM,
  RECORD_RS1,
  RECORD_RS2,
  RECORD_SIZE,
  X_REGISTERS,
  X_SINK,
} from './layout.ts';

/** Decoded records: what the interpreter reads in place of an instruction's bits. */

/** Which register operands of a format name floating-point registers. */
const floatOperands: Partial<Record<Format, readonly ('rd' | 'rs1' | 'rs2' | 'rs3')[]>> = {
  FR: ['rd', 'rs1', 'rs2'],
  'FR-rm': ['rd', 'rs1', 'rs2'],
  FR4: ['rd', 'rs1', 'rs2', 'rs3'],
  'F-unary-rm': ['rd', 'rs1'],
  'F-load': ['rd'],
  'F-store': ['rs2'],
  'F-compare': ['rs1', 'rs2'],
  'F-to-x': ['rs1'],
  'F-to-x-rm': ['rs1'],
  'x-to-F': ['rd'],
  'x-to-F-rm': ['rd'],
};

const handlers = new Map(instructions.map((instruction, index) => [instruction, HANDLER_FIRST + index]));

/** Writes the operands of a decoded instruction into the record at `address`; returns its handler. */
export function writeRecord(memory: DataView, address: number, decoded: DecodedInstruction): number {
  const { instruction, rd, rs1, rs2, rs3 } = decoded;
  const floats = floatOperands[instruction.format] ?? [];
  const source = (name: 'rs1' | 'rs2' | 'rs3', register: number): number =>
    (floats.includes(name) ? F_REGISTERS : X_REGISTERS) + register * 8;
  const destination = floats.includes('rd') ? F_REGISTERS + rd * 8 : rd === 0 ? X_SINK : X_REGISTERS + rd * 8;
  const isCsr = instruction.format === 'csr' || instruction.format === 'csr-imm';
  const handler = handlers.get(instruction);
  if (handler === undefined) throw new Error(`${instruction.name} is not in the list of instructions`);
  memory.setUint16(address + RECORD_RD, destination, true);
  memory.setUint16(address + RECORD_RS1, source('rs1', rs1), true);
  memory.setUint16(address + RECORD_RS2, source('rs2', rs2), true);
  memory.setInt32(address + RECORD_IMM, decoded.imm, true);
  memory.setUint16(address + RECORD_EXTRA, isCsr ? csrIndex(decoded.csr) : source('rs3', rs3), true);
  memory.setUint8(address + RECORD_ADVANCE, (decoded.length / 2) * RECORD_SIZE);
  memory.setUint8(address + RECORD_RM, decoded.rm);
  return handler;
}
