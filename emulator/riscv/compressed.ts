import type { Instruction } from './instruction.ts';
import type { OperandSyntax } from './operand-syntax.ts';

/** Reads one operand of a 16-bit encoding. */
export type CompressedField = (bits: number) => number;

/** One compressed instruction, written as the base instruction it stands for. */
export interface CompressedInstruction {
  /** Mnemonic as the manual spells it: `c.addi`. */
  readonly name: string;
  /** Its own operands as they are written; values are those of the expansion. */
  readonly syntax: readonly OperandSyntax[];
  /** An encoding is this instruction when `(bits & mask) === match` and no field of `nonzero` is zero. */
  readonly match: number;
  readonly mask: number;
  /** Bit fields, as masks, of which none may be zero: such encodings are reserved or another instruction's. */
  readonly nonzero: readonly number[];
  /** It changes nothing, and is written by its own name rather than as its expansion. */
  readonly hint: boolean;
  readonly expansion: Instruction;
  /** The operands of the expansion; those left out are x0 or 0. */
  readonly rd: CompressedField;
  readonly rs1: CompressedField;
  readonly rs2: CompressedField;
  readonly imm: CompressedField;
}

/** Takes the bits of a field that starts at bit `from` and is `width` bits wide, and puts them at bit `to`. */
function scatter(bits: number, from: number, width: number, to: number): number {
  return ((bits >>> from) & ((1 << width) - 1)) << to;
}

/** Sign-extends a value of `width` bits. */
function signExtend(value: number, width: number): number {
  return (value << (32 - width)) >> (32 - width);
}

/** Register operands of the compressed formats. */
export const register = {
  /** Bits 11 to 7: rd, rs1, or both. */
  at7: (bits: number): number => (bits >>> 7) & 0x1f,
  /** Bits 6 to 2: rs2. */
  at2: (bits: number): number => (bits >>> 2) & 0x1f,
  /** Bits 9 to 7: one of x8 to x15. */
  short7: (bits: number): number => 8 + ((bits >>> 7) & 7),
  /** Bits 4 to 2: one of x8 to x15. */
  short2: (bits: number): number => 8 + ((bits >>> 2) & 7),
  x0: (): number => 0,
  x1: (): number => 1,
  x2: (): number => 2,
} as const;

/** Immediates of the compressed formats. Offsets are in bytes. */
export const immediate = {
  zero: (): number => 0,
  /** CI, signed: imm[5|4:0] in bits 12 and 6 to 2. */
  signed6: (bits: number): number => signExtend(scatter(bits, 12, 1, 5) | scatter(bits, 2, 5, 0), 6),
  /** CI, unsigned: a shift amount. */
  unsigned6: (bits: number): number => scatter(bits, 12, 1, 5) | scatter(bits, 2, 5, 0),
  /** c.lui: imm[17|16:12]. */
  upper: (bits: number): number => signExtend(scatter(bits, 12, 1, 17) | scatter(bits, 2, 5, 12), 18),
  /** c.addi16sp: imm[9|4|6|8:7|5]. */
  stackAdjustment: (bits: number): number =>
    signExtend(
      scatter(bits, 12, 1, 9) |
        scatter(bits, 6, 1, 4) |
        scatter(bits, 5, 1, 6) |
        scatter(bits, 3, 2, 7) |
        scatter(bits, 2, 1, 5),
      10,
    ),
  /** c.addi4spn: imm[5:4|9:6|2|3]. */
  stackAddress: (bits: number): number =>
    scatter(bits, 11, 2, 4) | scatter(bits, 7, 4, 6) | scatter(bits, 6, 1, 2) | scatter(bits, 5, 1, 3),
  /** CL and CS, 32-bit: imm[5:3|2|6]. */
  word: (bits: number): number => scatter(bits, 10, 3, 3) | scatter(bits, 6, 1, 2) | scatter(bits, 5, 1, 6),
  /** CL and CS, 64-bit: imm[5:3|7:6]. */
  doubleword: (bits: number): number => scatter(bits, 10, 3, 3) | scatter(bits, 5, 2, 6),
  /** c.lwsp: imm[5|4:2|7:6]. */
  stackLoadWord: (bits: number): number => scatter(bits, 12, 1, 5) | scatter(bits, 4, 3, 2) | scatter(bits, 2, 2, 6),
  /** c.ldsp: imm[5|4:3|8:6]. */
  stackLoadDoubleword: (bits: number): number =>
    scatter(bits, 12, 1, 5) | scatter(bits, 5, 2, 3) | scatter(bits, 2, 3, 6),
  /** c.swsp: imm[5:2|7:6]. */
  stackStoreWord: (bits: number): number => scatter(bits, 9, 4, 2) | scatter(bits, 7, 2, 6),
  /** c.sdsp: imm[5:3|8:6]. */
  stackStoreDoubleword: (bits: number): number => scatter(bits, 10, 3, 3) | scatter(bits, 7, 3, 6),
  /** CB: imm[8|4:3|7:6|2:1|5]. */
  branch: (bits: number): number =>
    signExtend(
      scatter(bits, 12, 1, 8) |
        scatter(bits, 10, 2, 3) |
        scatter(bits, 5, 2, 6) |
        scatter(bits, 3, 2, 1) |
        scatter(bits, 2, 1, 5),
      9,
    ),
  /** CJ: imm[11|4|9:8|10|6|7|3:1|5]. */
  jump: (bits: number): number =>
    signExtend(
      scatter(bits, 12, 1, 11) |
        scatter(bits, 11, 1, 4) |
        scatter(bits, 9, 2, 8) |
        scatter(bits, 8, 1, 10) |
        scatter(bits, 7, 1, 6) |
        scatter(bits, 6, 1, 7) |
        scatter(bits, 3, 3, 1) |
        scatter(bits, 2, 1, 5),
      12,
    ),
} as const;
