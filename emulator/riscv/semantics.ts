/**
 * The shapes in which most instructions mean something: where operands come from and where the result goes. An entry
 * then says only what is its own.
 *
 * What has effects (a load, a call, a CSR access) is bound before it is written to a register, so that it happens even
 * where the register is x0.
 */
import type { Emitter, I32, I64, Operands, Width } from './emitter.ts';
import type { Instruction } from './instruction.ts';

export type Semantics = Instruction['semantics'];
export type Unary = (emit: Emitter, a: I64) => I64;
export type Binary = (emit: Emitter, a: I64, b: I64) => I64;
export type Comparison = (emit: Emitter, a: I64, b: I64) => I32;

/** rd = f(rs1) */
export const unary =
  (f: Unary): Semantics =>
  (emit, { rd, rs1 }) => {
    emit.writeX(rd, f(emit, emit.readX(rs1)));
  };

/** rd = f(rs1, rs2) */
export const binary =
  (f: Binary): Semantics =>
  (emit, { rd, rs1, rs2 }) => {
    emit.writeX(rd, f(emit, emit.readX(rs1), emit.readX(rs2)));
  };

/** rd = f(rs1, imm) */
export const binaryImmediate =
  (f: Binary): Semantics =>
  (emit, { rd, rs1, imm }) => {
    emit.writeX(rd, f(emit, emit.readX(rs1), emit.immediate(imm)));
  };

/** rd = f(rs1, rs2), of which the low 32 bits are sign-extended. */
export const binaryWord = (f: Binary): Semantics => binary((emit, a, b) => emit.signExtend(f(emit, a, b), 32));

/** rd = f(rs1, imm), of which the low 32 bits are sign-extended. */
export const binaryImmediateWord = (f: Binary): Semantics =>
  binaryImmediate((emit, a, b) => emit.signExtend(f(emit, a, b), 32));

/** The amount of a 32-bit shift or rotate: its low five bits. */
export const wordAmount = (emit: Emitter, amount: I64): I64 => emit.and(amount, emit.constant(31));

/** rs1 + imm: the address of a load or store. */
export const address = (emit: Emitter, { rs1, imm }: Operands): I64 => emit.add(emit.readX(rs1), emit.immediate(imm));

export const load =
  (width: Width, extension: 'signed' | 'unsigned'): Semantics =>
  (emit, operands) => {
    emit.writeX(operands.rd, emit.bind(emit.load(width, extension, address(emit, operands))));
  };

export const store =
  (width: Width): Semantics =>
  (emit, operands) => {
    emit.store(width, address(emit, operands), emit.readX(operands.rs2));
  };

export const branch =
  (condition: Comparison): Semantics =>
  (emit, { rs1, rs2, imm }) => {
    emit.branch(condition(emit, emit.readX(rs1), emit.readX(rs2)), imm);
  };

/** An instruction that this machine carries out by doing nothing: a fence, or a hint. */
export const nothing: Semantics = () => undefined;
