/** The instructions that F and D have in common, written once for both formats. */
import { define } from './define.ts';
import type { Definition } from './define.ts';
import { byFunct12, byFunct3, byFunct7, byFunct7WithRounding, fused, opcode, unaryWithRounding } from './encoding.ts';
import {
  arithmetic,
  classify,
  compare,
  fromInteger,
  fusedMultiplyAdd,
  loadFloat,
  minimumOrMaximum,
  moveFromInteger,
  moveToInteger,
  signInjection,
  squareRoot,
  storeFloat,
  toInteger,
} from './float-semantics.ts';
import type { FloatFormat, IntegerType } from './float-semantics.ts';

/** How a format is named and encoded. */
export interface FloatExtension {
  readonly format: FloatFormat;
  /** The suffix of mnemonics. */
  readonly suffix: 's' | 'd';
  /** The suffix of moves, which carry bits rather than values. */
  readonly bitsSuffix: 'w' | 'd';
  readonly load: string;
  readonly store: string;
  /** The fmt field: bits 26 and 25. */
  readonly fmt: 0 | 1;
  /** funct3 of its loads and stores. */
  readonly width: 2 | 3;
  readonly what: string;
}

/** Integer types of conversions: mnemonic part and rs2 field. */
const integers: readonly { suffix: string; type: IntegerType; rs2: number; what: string }[] = [
  { suffix: 'w', type: 'i32', rs2: 0, what: 'a signed 32-bit integer' },
  { suffix: 'wu', type: 'u32', rs2: 1, what: 'an unsigned 32-bit integer' },
  { suffix: 'l', type: 'i64', rs2: 2, what: 'a signed 64-bit integer' },
  { suffix: 'lu', type: 'u64', rs2: 3, what: 'an unsigned 64-bit integer' },
];

export function floatInstructions(extension: FloatExtension): readonly Definition[] {
  const { format, suffix, bitsSuffix, fmt, width, what } = extension;
  const rounding = (funct5: number) => byFunct7WithRounding('FR-rm', (funct5 << 2) | fmt);
  const funct7 = (funct5: number): number => (funct5 << 2) | fmt;

  const memory = [
    define(extension.load, byFunct3('F-load', opcode.loadFp, width), `Loads a ${what}.`, loadFloat(format)),
    define(extension.store, byFunct3('F-store', opcode.storeFp, width), `Stores a ${what}.`, storeFloat(format)),
  ];

  const multiplyAdd = [
    define(
      `fmadd.${suffix}`,
      fused(opcode.madd, fmt),
      'rs1 * rs2 + rs3, rounded once.',
      fusedMultiplyAdd(format, { product: false, addend: false }),
    ),
    define(
      `fmsub.${suffix}`,
      fused(opcode.msub, fmt),
      'rs1 * rs2 - rs3, rounded once.',
      fusedMultiplyAdd(format, { product: false, addend: true }),
    ),
    define(
      `fnmsub.${suffix}`,
      fused(opcode.nmsub, fmt),
      '-(rs1 * rs2) + rs3, rounded once.',
      fusedMultiplyAdd(format, { product: true, addend: false }),
    ),
    define(
      `fnmadd.${suffix}`,
      fused(opcode.nmadd, fmt),
      '-(rs1 * rs2) - rs3, rounded once.',
      fusedMultiplyAdd(format, { product: true, addend: true }),
    ),
  ];

  const computation = [
    define(`fadd.${suffix}`, rounding(0x00), 'Adds.', arithmetic(format, 'add')),
    define(`fsub.${suffix}`, rounding(0x01), 'Subtracts rs2 from rs1.', arithmetic(format, 'sub')),
    define(`fmul.${suffix}`, rounding(0x02), 'Multiplies.', arithmetic(format, 'mul')),
    define(`fdiv.${suffix}`, rounding(0x03), 'Divides rs1 by rs2.', arithmetic(format, 'div')),
    define(`fsqrt.${suffix}`, unaryWithRounding('F-unary-rm', funct7(0x0b), 0), 'Square root.', squareRoot(format)),
    define(
      `fmin.${suffix}`,
      byFunct7('FR', opcode.opFp, 0, funct7(0x05)),
      'The lesser; of a number and a NaN, the number.',
      minimumOrMaximum(format, 'min'),
    ),
    define(
      `fmax.${suffix}`,
      byFunct7('FR', opcode.opFp, 1, funct7(0x05)),
      'The greater; of a number and a NaN, the number.',
      minimumOrMaximum(format, 'max'),
    ),
  ];

  const signs = [
    define(
      `fsgnj.${suffix}`,
      byFunct7('FR', opcode.opFp, 0, funct7(0x04)),
      'rs1 with the sign of rs2.',
      signInjection(format, (_emit, _a, b) => b),
    ),
    define(
      `fsgnjn.${suffix}`,
      byFunct7('FR', opcode.opFp, 1, funct7(0x04)),
      'rs1 with the opposite of the sign of rs2.',
      signInjection(format, (emit, _a, b) => emit.not(b)),
    ),
    define(
      `fsgnjx.${suffix}`,
      byFunct7('FR', opcode.opFp, 2, funct7(0x04)),
      'rs1 with its sign flipped if rs2 is negative.',
      signInjection(format, (emit, a, b) => emit.xor(a, b)),
    ),
  ];

  const comparisons = [
    define(
      `feq.${suffix}`,
      byFunct7('F-compare', opcode.opFp, 2, funct7(0x14)),
      '1 if equal, else 0; quiet NaNs raise nothing.',
      compare(format, 'eq'),
    ),
    define(
      `flt.${suffix}`,
      byFunct7('F-compare', opcode.opFp, 1, funct7(0x14)),
      '1 if rs1 < rs2, else 0; a NaN is an invalid operation.',
      compare(format, 'lt'),
    ),
    define(
      `fle.${suffix}`,
      byFunct7('F-compare', opcode.opFp, 0, funct7(0x14)),
      '1 if rs1 <= rs2, else 0; a NaN is an invalid operation.',
      compare(format, 'le'),
    ),
    define(
      `fclass.${suffix}`,
      byFunct12('F-to-x', opcode.opFp, 1, funct7(0x1c) << 5),
      'One of ten bits: -inf, -normal, -subnormal, -0, +0, +subnormal, +normal, +inf, signaling NaN, quiet NaN.',
      classify(format),
    ),
  ];

  const moves = [
    define(
      `fmv.x.${bitsSuffix}`,
      byFunct12('F-to-x', opcode.opFp, 0, funct7(0x1c) << 5),
      `Moves the bits of a ${what} to an integer register, sign-extended.`,
      moveToInteger(format),
    ),
    define(
      `fmv.${bitsSuffix}.x`,
      byFunct12('x-to-F', opcode.opFp, 0, funct7(0x1e) << 5),
      `Moves the low bits of an integer register to a ${what}.`,
      moveFromInteger(format),
    ),
  ];

  const conversions = integers.flatMap((integer) => [
    define(
      `fcvt.${integer.suffix}.${suffix}`,
      unaryWithRounding('F-to-x-rm', funct7(0x18), integer.rs2),
      `Converts to ${integer.what}, saturating; NaN gives the greatest value.`,
      toInteger(format, integer.type),
    ),
    define(
      `fcvt.${suffix}.${integer.suffix}`,
      unaryWithRounding('x-to-F-rm', funct7(0x1a), integer.rs2),
      `Converts from ${integer.what}.`,
      fromInteger(format, integer.type),
    ),
  ]);

  return [...memory, ...multiplyAdd, ...computation, ...signs, ...comparisons, ...moves, ...conversions];
}
