/**
 * C, compressed instructions of RV64, each as the instruction it stands for (The RISC-V Instruction Set Manual,
 * Volume I, ch. "C"). Of two that match the same bits the one that names more of them is meant; reserved encodings
 * match none.
 */
import { immediate, register } from './compressed.ts';
import type { CompressedField, CompressedInstruction } from './compressed.ts';
import type { Instruction } from './instruction.ts';
import type { OperandSyntax } from './operand-syntax.ts';
import { rv64d } from './rv64d.ts';
import { rv64i } from './rv64i.ts';

const byName = new Map([...rv64i, ...rv64d].map((instruction) => [instruction.name, instruction]));

function base(name: string): Instruction {
  const instruction = byName.get(name);
  if (instruction === undefined) throw new Error(`No base instruction is called ${name}.`);
  return instruction;
}

/** Bits 1 to 0 (the quadrant) and 15 to 13. */
const FUNCT3 = 0xe003;
const FUNCT4 = 0xf003;
/** With bits 11 and 10. */
const FUNCT3_FUNCT2 = 0xec03;
/** CA: bits 15 to 10, 6 and 5. */
const FUNCT6_FUNCT2 = 0xfc63;

/** Bits 11 to 7: rd or rs1. */
const RD = 0x0f80;
/** Bits 6 to 2: rs2. */
const RS2 = 0x007c;
/** The immediate of CI. */
const IMMEDIATE6 = 0x107c;
/** The immediate of CIW. */
const IMMEDIATE8 = 0x1fe0;

interface Place {
  readonly match: number;
  readonly mask: number;
  readonly nonzero?: readonly number[];
  readonly hint?: true;
}

interface Operands {
  readonly rd?: CompressedField;
  readonly rs1?: CompressedField;
  readonly rs2?: CompressedField;
  readonly imm?: CompressedField;
}

function compressed(
  name: string,
  syntax: readonly OperandSyntax[],
  place: Place,
  expansion: string,
  operands: Operands,
): CompressedInstruction {
  return {
    name,
    syntax,
    match: place.match,
    mask: place.mask,
    nonzero: place.nonzero ?? [],
    hint: place.hint ?? false,
    expansion: base(expansion),
    rd: operands.rd ?? register.x0,
    rs1: operands.rs1 ?? register.x0,
    rs2: operands.rs2 ?? register.x0,
    imm: operands.imm ?? immediate.zero,
  };
}

const { at7, at2, short7, short2, x0, x1, x2 } = register;

const quadrant0 = [
  compressed('c.addi4spn', ['rd', 'rs1', 'imm'], { match: 0x0000, mask: FUNCT3, nonzero: [IMMEDIATE8] }, 'addi', {
    rd: short2,
    rs1: x2,
    imm: immediate.stackAddress,
  }),
  compressed('c.fld', ['fd', 'memory'], { match: 0x2000, mask: FUNCT3 }, 'fld', {
    rd: short2,
    rs1: short7,
    imm: immediate.doubleword,
  }),
  compressed('c.lw', ['rd', 'memory'], { match: 0x4000, mask: FUNCT3 }, 'lw', {
    rd: short2,
    rs1: short7,
    imm: immediate.word,
  }),
  compressed('c.ld', ['rd', 'memory'], { match: 0x6000, mask: FUNCT3 }, 'ld', {
    rd: short2,
    rs1: short7,
    imm: immediate.doubleword,
  }),
  compressed('c.fsd', ['fs2', 'memory'], { match: 0xa000, mask: FUNCT3 }, 'fsd', {
    rs1: short7,
    rs2: short2,
    imm: immediate.doubleword,
  }),
  compressed('c.sw', ['rs2', 'memory'], { match: 0xc000, mask: FUNCT3 }, 'sw', {
    rs1: short7,
    rs2: short2,
    imm: immediate.word,
  }),
  compressed('c.sd', ['rs2', 'memory'], { match: 0xe000, mask: FUNCT3 }, 'sd', {
    rs1: short7,
    rs2: short2,
    imm: immediate.doubleword,
  }),
];

/** c.sub and the like: rd' = rd' op rs2'. */
const shortRegisters = { rd: short7, rs1: short7, rs2: short2 };

const quadrant1 = [
  compressed('c.nop', [], { match: 0x0001, mask: FUNCT3 | RD | IMMEDIATE6 }, 'addi', {}),
  compressed('c.addi', ['rd', 'imm'], { match: 0x0001, mask: FUNCT3, nonzero: [RD] }, 'addi', {
    rd: at7,
    rs1: at7,
    imm: immediate.signed6,
  }),
  compressed('c.addiw', ['rd', 'imm'], { match: 0x2001, mask: FUNCT3, nonzero: [RD] }, 'addiw', {
    rd: at7,
    rs1: at7,
    imm: immediate.signed6,
  }),
  compressed('c.li', ['rd', 'imm'], { match: 0x4001, mask: FUNCT3 }, 'addi', {
    rd: at7,
    rs1: x0,
    imm: immediate.signed6,
  }),
  compressed('c.addi16sp', ['rd', 'imm'], { match: 0x6101, mask: FUNCT3 | RD, nonzero: [IMMEDIATE6] }, 'addi', {
    rd: x2,
    rs1: x2,
    imm: immediate.stackAdjustment,
  }),
  // With rd = x2, c.addi16sp.
  compressed('c.lui', ['rd', 'upper'], { match: 0x6001, mask: FUNCT3, nonzero: [IMMEDIATE6] }, 'lui', {
    rd: at7,
    imm: immediate.upper,
  }),
  compressed('c.srli', ['rd', 'shift'], { match: 0x8001, mask: FUNCT3_FUNCT2 }, 'srli', {
    rd: short7,
    rs1: short7,
    imm: immediate.unsigned6,
  }),
  compressed('c.srai', ['rd', 'shift'], { match: 0x8401, mask: FUNCT3_FUNCT2 }, 'srai', {
    rd: short7,
    rs1: short7,
    imm: immediate.unsigned6,
  }),
  compressed('c.andi', ['rd', 'imm'], { match: 0x8801, mask: FUNCT3_FUNCT2 }, 'andi', {
    rd: short7,
    rs1: short7,
    imm: immediate.signed6,
  }),
  compressed('c.sub', ['rd', 'rs2'], { match: 0x8c01, mask: FUNCT6_FUNCT2 }, 'sub', shortRegisters),
  compressed('c.xor', ['rd', 'rs2'], { match: 0x8c21, mask: FUNCT6_FUNCT2 }, 'xor', shortRegisters),
  compressed('c.or', ['rd', 'rs2'], { match: 0x8c41, mask: FUNCT6_FUNCT2 }, 'or', shortRegisters),
  compressed('c.and', ['rd', 'rs2'], { match: 0x8c61, mask: FUNCT6_FUNCT2 }, 'and', shortRegisters),
  compressed('c.subw', ['rd', 'rs2'], { match: 0x9c01, mask: FUNCT6_FUNCT2 }, 'subw', shortRegisters),
  compressed('c.addw', ['rd', 'rs2'], { match: 0x9c21, mask: FUNCT6_FUNCT2 }, 'addw', shortRegisters),
  compressed('c.j', ['target'], { match: 0xa001, mask: FUNCT3 }, 'jal', { rd: x0, imm: immediate.jump }),
  compressed('c.beqz', ['rs1', 'target'], { match: 0xc001, mask: FUNCT3 }, 'beq', {
    rs1: short7,
    rs2: x0,
    imm: immediate.branch,
  }),
  compressed('c.bnez', ['rs1', 'target'], { match: 0xe001, mask: FUNCT3 }, 'bne', {
    rs1: short7,
    rs2: x0,
    imm: immediate.branch,
  }),
];

const quadrant2 = [
  compressed('c.slli', ['rd', 'shift'], { match: 0x0002, mask: FUNCT3 }, 'slli', {
    rd: at7,
    rs1: at7,
    imm: immediate.unsigned6,
  }),
  compressed('c.fldsp', ['fd', 'memory'], { match: 0x2002, mask: FUNCT3 }, 'fld', {
    rd: at7,
    rs1: x2,
    imm: immediate.stackLoadDoubleword,
  }),
  compressed('c.lwsp', ['rd', 'memory'], { match: 0x4002, mask: FUNCT3, nonzero: [RD] }, 'lw', {
    rd: at7,
    rs1: x2,
    imm: immediate.stackLoadWord,
  }),
  compressed('c.ldsp', ['rd', 'memory'], { match: 0x6002, mask: FUNCT3, nonzero: [RD] }, 'ld', {
    rd: at7,
    rs1: x2,
    imm: immediate.stackLoadDoubleword,
  }),
  compressed('c.jr', ['rs1'], { match: 0x8002, mask: FUNCT4 | RS2, nonzero: [RD] }, 'jalr', { rd: x0, rs1: at7 }),
  compressed('c.mv', ['rd', 'rs2'], { match: 0x8002, mask: FUNCT4, nonzero: [RS2] }, 'add', {
    rd: at7,
    rs1: x0,
    rs2: at2,
  }),
  compressed('c.ebreak', [], { match: 0x9002, mask: FUNCT4 | RD | RS2 }, 'ebreak', {}),
  compressed('c.jalr', ['rs1'], { match: 0x9002, mask: FUNCT4 | RS2, nonzero: [RD] }, 'jalr', { rd: x1, rs1: at7 }),
  compressed('c.add', ['rd', 'rs2'], { match: 0x9002, mask: FUNCT4, nonzero: [RS2] }, 'add', {
    rd: at7,
    rs1: at7,
    rs2: at2,
  }),
  compressed('c.fsdsp', ['fs2', 'memory'], { match: 0xa002, mask: FUNCT3 }, 'fsd', {
    rs1: x2,
    rs2: at2,
    imm: immediate.stackStoreDoubleword,
  }),
  compressed('c.swsp', ['rs2', 'memory'], { match: 0xc002, mask: FUNCT3 }, 'sw', {
    rs1: x2,
    rs2: at2,
    imm: immediate.stackStoreWord,
  }),
  compressed('c.sdsp', ['rs2', 'memory'], { match: 0xe002, mask: FUNCT3 }, 'sd', {
    rs1: x2,
    rs2: at2,
    imm: immediate.stackStoreDoubleword,
  }),
];

/** Encodings of the above that change nothing. c.addi with an immediate of zero is one too, but is not told apart. */
const hints = [
  compressed('c.nop', ['imm'], { match: 0x0001, mask: FUNCT3 | RD, nonzero: [IMMEDIATE6], hint: true }, 'addi', {
    imm: immediate.signed6,
  }),
  compressed('c.li', ['rd', 'imm'], { match: 0x4001, mask: FUNCT3 | RD, hint: true }, 'addi', {
    imm: immediate.signed6,
  }),
  compressed('c.lui', ['rd', 'upper'], { match: 0x6001, mask: FUNCT3 | RD, nonzero: [IMMEDIATE6], hint: true }, 'lui', {
    imm: immediate.upper,
  }),
  compressed(
    'c.slli',
    ['rd', 'shift'],
    { match: 0x0002, mask: FUNCT3 | RD, nonzero: [IMMEDIATE6], hint: true },
    'slli',
    {
      imm: immediate.unsigned6,
    },
  ),
  compressed('c.mv', ['rd', 'rs2'], { match: 0x8002, mask: FUNCT4 | RD, nonzero: [RS2], hint: true }, 'add', {
    rs2: at2,
  }),
  compressed('c.add', ['rd', 'rs2'], { match: 0x9002, mask: FUNCT4 | RD, nonzero: [RS2], hint: true }, 'add', {
    rs2: at2,
  }),
  // On RV128 these shift by 64.
  compressed('c.slli64', ['rd'], { match: 0x0002, mask: FUNCT3 | IMMEDIATE6, hint: true }, 'slli', {
    rd: at7,
    rs1: at7,
  }),
  compressed('c.srli64', ['rd'], { match: 0x8001, mask: FUNCT3_FUNCT2 | IMMEDIATE6, hint: true }, 'srli', {
    rd: short7,
    rs1: short7,
  }),
  compressed('c.srai64', ['rd'], { match: 0x8401, mask: FUNCT3_FUNCT2 | IMMEDIATE6, hint: true }, 'srai', {
    rd: short7,
    rs1: short7,
  }),
];

export const rv64c: readonly CompressedInstruction[] = [...quadrant0, ...quadrant1, ...quadrant2, ...hints];
