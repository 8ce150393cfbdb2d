/**
 * What F and D share: the shapes of their semantics for one format (single or double). Registers are 64 bits wide; a
 * single value is stored NaN-boxed, with the upper 32 bits all ones, and reads as the canonical NaN where it is not
 * (The RISC-V Instruction Set Manual, Volume I, "NaN Boxing of Narrower Values").
 */
import type { Emitter, FloatFunction, I32, I64, Operand, Operands } from './emitter.ts';
import type { Semantics } from './semantics.ts';
import { address } from './semantics.ts';

const BOX = 0xffffffff00000000n;
const CANONICAL_NAN_32 = 0x7fc00000n;
const SIGN_32 = 0x80000000n;
const SIGN_64 = 0x8000000000000000n;

/** The low 32 bits of a NaN-boxed single, zero-extended; the canonical NaN if it is not boxed. */
export function unbox(emit: Emitter, stored: I64): I64 {
  const bits = emit.bind(stored);
  return emit.select(emit.geU(bits, emit.constant(BOX)), emit.zeroExtend(bits, 32), emit.constant(CANONICAL_NAN_32));
}

/** A single value as it is stored in a register. */
export function box(emit: Emitter, single: I64): I64 {
  return emit.or(single, emit.constant(BOX));
}

/** A floating-point format: how its values are held in registers, and its functions. */
export interface FloatFormat {
  readonly bits: 32 | 64;
  readonly bytes: 4 | 8;
  readonly sign: bigint;
  /** The value of a register, in the low bits. */
  readonly read: (emit: Emitter, register: Operand) => I64;
  readonly write: (emit: Emitter, register: Operand, value: I64) => void;
}

export const single: FloatFormat = {
  bits: 32,
  bytes: 4,
  sign: SIGN_32,
  read: (emit, register) => unbox(emit, emit.readF(register)),
  write: (emit, register, value) => {
    emit.writeF(register, box(emit, value));
  },
};

export const double: FloatFormat = {
  bits: 64,
  bytes: 8,
  sign: SIGN_64,
  read: (emit, register) => emit.readF(register),
  write: (emit, register, value) => {
    emit.writeF(register, value);
  },
};

/** Negates by the sign bit alone, as IEEE 754 negate does: NaNs too, and without exceptions. */
const negate = (emit: Emitter, format: FloatFormat, value: I64): I64 => emit.xor(value, emit.constant(format.sign));

export const loadFloat =
  (format: FloatFormat): Semantics =>
  (emit, operands) => {
    emit.requireFloat();
    format.write(emit, operands.rd, emit.bind(emit.load(format.bytes, 'unsigned', address(emit, operands))));
  };

/** Stores the low bits as they are: a value that is not NaN-boxed is not replaced. */
export const storeFloat =
  (format: FloatFormat): Semantics =>
  (emit, operands) => {
    emit.requireFloat();
    emit.store(format.bytes, address(emit, operands), emit.readF(operands.rs2));
  };

type Rounded = (emit: Emitter, operands: Operands, rounding: I32) => I64;

/** rd = f(...), in the rounding mode that the instruction names. */
const rounded =
  (format: FloatFormat, f: Rounded): Semantics =>
  (emit, operands) => {
    emit.requireFloat();
    format.write(emit, operands.rd, emit.bind(f(emit, operands, emit.roundingMode(operands.rm))));
  };

export const arithmetic = (format: FloatFormat, operation: 'add' | 'sub' | 'mul' | 'div'): Semantics =>
  rounded(format, (emit, { rs1, rs2 }, rounding) =>
    emit.float(`f${format.bits}_${operation}`, [format.read(emit, rs1), format.read(emit, rs2)], rounding),
  );

export const squareRoot = (format: FloatFormat): Semantics =>
  rounded(format, (emit, { rs1 }, rounding) => emit.float(`f${format.bits}_sqrt`, [format.read(emit, rs1)], rounding));

/** rs1 * rs2 + rs3 with one rounding, where the product, the addend or both are negated first. */
export const fusedMultiplyAdd = (format: FloatFormat, negated: { product: boolean; addend: boolean }): Semantics =>
  rounded(format, (emit, { rs1, rs2, rs3 }, rounding) => {
    const factor = format.read(emit, rs1);
    const addend = format.read(emit, rs3);
    return emit.float(
      `f${format.bits}_fma`,
      [
        negated.product ? negate(emit, format, factor) : factor,
        format.read(emit, rs2),
        negated.addend ? negate(emit, format, addend) : addend,
      ],
      rounding,
    );
  });

/** rs1 with another sign. */
export const signInjection =
  (format: FloatFormat, sign: (emit: Emitter, a: I64, b: I64) => I64): Semantics =>
  (emit, { rd, rs1, rs2 }) => {
    emit.requireFloat();
    const a = emit.bind(format.read(emit, rs1));
    const b = emit.bind(format.read(emit, rs2));
    const magnitude = emit.and(a, emit.constant(format.sign - 1n));
    format.write(emit, rd, emit.or(magnitude, emit.and(sign(emit, a, b), emit.constant(format.sign))));
  };

export const minimumOrMaximum =
  (format: FloatFormat, operation: 'min' | 'max'): Semantics =>
  (emit, { rd, rs1, rs2 }) => {
    emit.requireFloat();
    const result = emit.float(`f${format.bits}_${operation}`, [format.read(emit, rs1), format.read(emit, rs2)]);
    format.write(emit, rd, emit.bind(result));
  };

export const compare =
  (format: FloatFormat, operation: 'eq' | 'lt' | 'le'): Semantics =>
  (emit, { rd, rs1, rs2 }) => {
    emit.requireFloat();
    const result = emit.float(`f${format.bits}_${operation}`, [format.read(emit, rs1), format.read(emit, rs2)]);
    emit.writeX(rd, emit.bind(result));
  };

export const classify =
  (format: FloatFormat): Semantics =>
  (emit, { rd, rs1 }) => {
    emit.requireFloat();
    emit.writeX(rd, emit.bind(emit.float(`f${format.bits}_classify`, [format.read(emit, rs1)])));
  };

/** The integer types of conversions; 32-bit results are sign-extended, the unsigned ones too. */
export type IntegerType = 'i32' | 'u32' | 'i64' | 'u64';

export const toInteger =
  (format: FloatFormat, type: IntegerType): Semantics =>
  (emit, { rd, rs1, rm }) => {
    emit.requireFloat();
    const operation: FloatFunction = `f${format.bits}_to_${type}`;
    const result = emit.bind(emit.float(operation, [format.read(emit, rs1)], emit.roundingMode(rm)));
    emit.writeX(rd, type === 'i32' || type === 'u32' ? emit.signExtend(result, 32) : result);
  };

export const fromInteger = (format: FloatFormat, type: IntegerType): Semantics =>
  rounded(format, (emit, { rs1 }, rounding) =>
    emit.float(`${type}_to_f${format.bits}`, [integerArgument(emit, type, emit.readX(rs1))], rounding),
  );

function integerArgument(emit: Emitter, type: IntegerType, value: I64): I64 {
  if (type === 'i32') return emit.signExtend(value, 32);
  if (type === 'u32') return emit.zeroExtend(value, 32);
  return value;
}

/** fmv.x.w, fmv.x.d: the low bits as they are stored, sign-extended. */
export const moveToInteger =
  (format: FloatFormat): Semantics =>
  (emit, { rd, rs1 }) => {
    emit.requireFloat();
    const stored = emit.readF(rs1);
    emit.writeX(rd, format.bits === 32 ? emit.signExtend(stored, 32) : stored);
  };

/** fmv.w.x, fmv.d.x: the low bits of an integer register. */
export const moveFromInteger =
  (format: FloatFormat): Semantics =>
  (emit, { rd, rs1 }) => {
    emit.requireFloat();
    format.write(emit, rd, emit.readX(rs1));
  };

/** Converts between the formats. */
export const convert = (to: FloatFormat, from: FloatFormat, operation: 'f32_to_f64' | 'f64_to_f32'): Semantics =>
  rounded(to, (emit, { rs1 }, rounding) => emit.float(operation, [from.read(emit, rs1)], rounding));
