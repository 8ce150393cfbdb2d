/**
 * C, compressed instructions of RV64, each as the instruction it stands for (The RISC-V Instruction Set Manual,
 * Volume I, ch. "C"). Encodings that are hints are carried out, to no effect; reserved ones match nothing.
 */
import { immediate, register } from './compressed.ts';
import type { CompressedField, CompressedInstruction } from './compressed.ts';
import type { Instruction } from './instruction.ts';
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
}

interface Operands {
  readonly rd?: CompressedField;
  readonly rs1?: CompressedField;
  readonly rs2?: CompressedField;
  readonly imm?: CompressedField;
}

function compressed(name: string, place: Place, expansion: string, operands: Operands): CompressedInstruction {
  return {
    name,
    match: place.match,
    mask: place.mask,
    nonzero: place.nonzero ?? [],
    expansion: base(expansion),
    rd: operands.rd ?? register.x0,
    rs1: operands.rs1 ?? register.x0,
    rs2: operands.rs2 ?? register.x0,
    imm: operands.imm ?? immediate.zero,
  };
}

const { at7, at2, short7, short2, x0, x1, x2 } = register;

const quadrant0 = [
  compressed('c.addi4spn', { match: 0x0000, mask: FUNCT3, nonzero: [IMMEDIATE8] }, 'addi', {
    rd: short2,
    rs1: x2,
    imm: immediate.stackAddress,
  }),
  compressed('c.fld', { match: 0x2000, mask: FUNCT3 }, 'fld', { rd: short2, rs1: short7, imm: immediate.doubleword }),
  compressed('c.lw', { match: 0x4000, mask: FUNCT3 }, 'lw', { rd: short2, rs1: short7, imm: immediate.word }),
  compressed('c.ld', { match: 0x6000, mask: FUNCT3 }, 'ld', { rd: short2, rs1: short7, imm: immediate.doubleword }),
  compressed('c.fsd', { match: 0xa000, mask: FUNCT3 }, 'fsd', { rs1: short7, rs2: short2, imm: immediate.doubleword }),
  compressed('c.sw', { match: 0xc000, mask: FUNCT3 }, 'sw', { rs1: short7, rs2: short2, imm: immediate.word }),
  compressed('c.sd', { match: 0xe000, mask: FUNCT3 }, 'sd', { rs1: short7, rs2: short2, imm: immediate.doubleword }),
];

/** c.sub and the like: rd' = rd' op rs2'. */
const shortRegisters = { rd: short7, rs1: short7, rs2: short2 };

const quadrant1 = [
  // A nop with an immediate is a hint.
  compressed('c.nop', { match: 0x0001, mask: FUNCT3 | RD }, 'addi', { imm: immediate.signed6 }),
  // With an immediate of zero, a hint.
  compressed('c.addi', { match: 0x0001, mask: FUNCT3, nonzero: [RD] }, 'addi', {
    rd: at7,
    rs1: at7,
    imm: immediate.signed6,
  }),
  compressed('c.addiw', { match: 0x2001, mask: FUNCT3, nonzero: [RD] }, 'addiw', {
    rd: at7,
    rs1: at7,
    imm: immediate.signed6,
  }),
  compressed('c.li', { match: 0x4001, mask: FUNCT3 }, 'addi', { rd: at7, rs1: x0, imm: immediate.signed6 }),
  compressed('c.addi16sp', { match: 0x6101, mask: FUNCT3 | RD, nonzero: [IMMEDIATE6] }, 'addi', {
    rd: x2,
    rs1: x2,
    imm: immediate.stackAdjustment,
  }),
  // With rd = x2, c.addi16sp.
  compressed('c.lui', { match: 0x6001, mask: FUNCT3, nonzero: [IMMEDIATE6] }, 'lui', { rd: at7, imm: immediate.upper }),
  compressed('c.srli', { match: 0x8001, mask: FUNCT3_FUNCT2 }, 'srli', {
    rd: short7,
    rs1: short7,
    imm: immediate.unsigned6,
  }),
  compressed('c.srai', { match: 0x8401, mask: FUNCT3_FUNCT2 }, 'srai', {
    rd: short7,
    rs1: short7,
    imm: immediate.unsigned6,
  }),
  compressed('c.andi', { match: 0x8801, mask: FUNCT3_FUNCT2 }, 'andi', {
    rd: short7,
    rs1: short7,
    imm: immediate.signed6,
  }),
  compressed('c.sub', { match: 0x8c01, mask: FUNCT6_FUNCT2 }, 'sub', shortRegisters),
  compressed('c.xor', { match: 0x8c21, mask: FUNCT6_FUNCT2 }, 'xor', shortRegisters),
  compressed('c.or', { match: 0x8c41, mask: FUNCT6_FUNCT2 }, 'or', shortRegisters),
  compressed('c.and', { match: 0x8c61, mask: FUNCT6_FUNCT2 }, 'and', shortRegisters),
  compressed('c.subw', { match: 0x9c01, mask: FUNCT6_FUNCT2 }, 'subw', shortRegisters),
  compressed('c.addw', { match: 0x9c21, mask: FUNCT6_FUNCT2 }, 'addw', shortRegisters),
  compressed('c.j', { match: 0xa001, mask: FUNCT3 }, 'jal', { rd: x0, imm: immediate.jump }),
  compressed('c.beqz', { match: 0xc001, mask: FUNCT3 }, 'beq', { rs1: short7, rs2: x0, imm: immediate.branch }),
  compressed('c.bnez', { match: 0xe001, mask: FUNCT3 }, 'bne', { rs1: short7, rs2: x0, imm: immediate.branch }),
];

const quadrant2 = [
  compressed('c.slli', { match: 0x0002, mask: FUNCT3 }, 'slli', { rd: at7, rs1: at7, imm: immediate.unsigned6 }),
  compressed('c.fldsp', { match: 0x2002, mask: FUNCT3 }, 'fld', {
    rd: at7,
    rs1: x2,
    imm: immediate.stackLoadDoubleword,
  }),
  compressed('c.lwsp', { match: 0x4002, mask: FUNCT3, nonzero: [RD] }, 'lw', {
    rd: at7,
    rs1: x2,
    imm: immediate.stackLoadWord,
  }),
  compressed('c.ldsp', { match: 0x6002, mask: FUNCT3, nonzero: [RD] }, 'ld', {
    rd: at7,
    rs1: x2,
    imm: immediate.stackLoadDoubleword,
  }),
  compressed('c.jr', { match: 0x8002, mask: FUNCT4 | RS2, nonzero: [RD] }, 'jalr', { rd: x0, rs1: at7 }),
  compressed('c.mv', { match: 0x8002, mask: FUNCT4, nonzero: [RS2] }, 'add', { rd: at7, rs1: x0, rs2: at2 }),
  compressed('c.ebreak', { match: 0x9002, mask: FUNCT4 | RD | RS2 }, 'ebreak', {}),
  compressed('c.jalr', { match: 0x9002, mask: FUNCT4 | RS2, nonzero: [RD] }, 'jalr', { rd: x1, rs1: at7 }),
  compressed('c.add', { match: 0x9002, mask: FUNCT4, nonzero: [RS2] }, 'add', { rd: at7, rs1: at7, rs2: at2 }),
  compressed('c.fsdsp', { match: 0xa002, mask: FUNCT3 }, 'fsd', {
    rs1: x2,
    rs2: at2,
    imm: immediate.stackStoreDoubleword,
  }),
  compressed('c.swsp', { match: 0xc002, mask: FUNCT3 }, 'sw', { rs1: x2, rs2: at2, imm: immediate.stackStoreWord }),
  compressed('c.sdsp', { match: 0xe002, mask: FUNCT3 }, 'sd', {
    rs1: x2,
    rs2: at2,
    imm: immediate.stackStoreDoubleword,
  }),
];

export const rv64c: readonly CompressedInstruction[] = [...quadrant0, ...quadrant1, ...quadrant2];
