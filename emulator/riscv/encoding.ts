import type { Format } from './instruction.ts';

/** Where an instruction stands in the encoding space, and how its operands are laid out. */
export interface Encoding {
  readonly format: Format;
  /** Unsigned 32-bit. */
  readonly match: number;
  /** Unsigned 32-bit. */
  readonly mask: number;
}

/** Major opcodes, bits 6 to 0, by the manual's names (Volume I, "RV32/64G Instruction Set Listings"). */
export const opcode = {
  load: 0x03,
  loadFp: 0x07,
  miscMem: 0x0f,
  opImm: 0x13,
  auipc: 0x17,
  opImm32: 0x1b,
  store: 0x23,
  storeFp: 0x27,
  amo: 0x2f,
  op: 0x33,
  lui: 0x37,
  op32: 0x3b,
  madd: 0x43,
  msub: 0x47,
  nmsub: 0x4b,
  nmadd: 0x4f,
  opFp: 0x53,
  branch: 0x63,
  jalr: 0x67,
  jal: 0x6f,
  system: 0x73,
} as const;

const OPCODE = 0x7f;
const RD = 0x1f << 7;
const FUNCT3 = 0x7 << 12;
const RS1 = 0x1f << 15;
const RS2 = 0x1f << 20;
const FUNCT7 = 0x7f << 25;
/** Like FUNCT7 without bit 25, which belongs to a six-bit shift amount. */
const FUNCT6 = 0x3f << 26;
/** Like FUNCT7 without the aq and rl bits. */
const FUNCT5 = 0x1f << 27;
/** Bits 26 and 25: the format of floating-point operands. */
const FMT = 0x3 << 25;
const ALL = 0xffffffff;

function encoding(format: Format, match: number, mask: number): Encoding {
  return { format, match: match >>> 0, mask: mask >>> 0 };
}

/** No operands: all 32 bits are given. */
export const exactly = (bits: number): Encoding => encoding('none', bits, ALL);

/** Identified by opcode alone. */
export const byOpcode = (format: Format, major: number): Encoding => encoding(format, major, OPCODE);

/** Identified by opcode and funct3. */
export const byFunct3 = (format: Format, major: number, funct3: number): Encoding =>
  encoding(format, major | (funct3 << 12), OPCODE | FUNCT3);

/** Identified by opcode, funct3 and funct7. */
export const byFunct7 = (format: Format, major: number, funct3: number, funct7: number): Encoding =>
  encoding(format, major | (funct3 << 12) | (funct7 << 25), OPCODE | FUNCT3 | FUNCT7);

/** A shift or bit index by a six-bit immediate: identified by opcode, funct3 and bits 31 to 26. */
export const byFunct6 = (format: Format, major: number, funct3: number, funct6: number): Encoding =>
  encoding(format, major | (funct3 << 12) | (funct6 << 26), OPCODE | FUNCT3 | FUNCT6);

/** An operation on one register: the other source field selects the operation. */
export const byFunct12 = (format: Format, major: number, funct3: number, funct12: number): Encoding =>
  encoding(format, major | (funct3 << 12) | (funct12 << 20), OPCODE | FUNCT3 | FUNCT7 | RS2);

/** An atomic: any aq and rl bits. */
export const atomic = (funct5: number, funct3: 2 | 3): Encoding =>
  encoding('atomic', opcode.amo | (funct3 << 12) | (funct5 << 27), OPCODE | FUNCT3 | FUNCT5);

/** lr.w and lr.d: an atomic whose rs2 field is zero. */
export const loadReserved = (funct5: number, funct3: 2 | 3): Encoding =>
  encoding('load-reserved', opcode.amo | (funct3 << 12) | (funct5 << 27), OPCODE | FUNCT3 | FUNCT5 | RS2);

/** cbo.*: rd is zero, the immediate selects the operation. */
export const cacheBlock = (funct12: number): Encoding =>
  encoding('address', opcode.miscMem | (2 << 12) | (funct12 << 20), OPCODE | FUNCT3 | FUNCT7 | RS2 | RD);

/** prefetch.*: an ori to x0 whose rs2 field selects the kind, and whose immediate's low five bits (rd) are zero. */
export const prefetch = (kind: number): Encoding =>
  encoding('prefetch', opcode.opImm | (6 << 12) | (kind << 20), OPCODE | FUNCT3 | RS2 | RD);

/** sfence.vma and sinval.vma: two sources, rd is zero. */
export const addressFence = (funct7: number): Encoding =>
  encoding('sfence', opcode.system | (funct7 << 25), OPCODE | FUNCT3 | FUNCT7 | RD);

/** A privileged instruction without operands, selected by its upper twelve bits. */
export const privileged = (funct12: number): Encoding =>
  encoding('none', opcode.system | (funct12 << 20), OPCODE | FUNCT3 | FUNCT7 | RS2 | RS1 | RD);

/** Floating-point, where funct3 is the rounding mode. */
export const byFunct7WithRounding = (format: Format, funct7: number): Encoding =>
  encoding(format, opcode.opFp | (funct7 << 25), OPCODE | FUNCT7);

/** Floating-point on one source, where funct3 is the rounding mode and rs2 selects the operation. */
export const unaryWithRounding = (format: Format, funct7: number, rs2: number): Encoding =>
  encoding(format, opcode.opFp | (funct7 << 25) | (rs2 << 20), OPCODE | FUNCT7 | RS2);

/** Fused multiply-add: three sources; fmt is 0 for single, 1 for double. */
export const fused = (major: number, fmt: 0 | 1): Encoding => encoding('FR4', major | (fmt << 25), OPCODE | FMT);
