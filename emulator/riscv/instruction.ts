import type { Emitter, Operands } from './emitter.ts';

/** Instruction formats: which operands an encoding carries, and where (The RISC-V Instruction Set Manual, ch. 2 and 27). */
export type Format =
  | 'R' // rd, rs1, rs2
  | 'R-unary' // rd, rs1
  | 'I' // rd, rs1, imm
  | 'shift6' // rd, rs1, imm: shamt[5:0]
  | 'shift5' // rd, rs1, imm: shamt[4:0]
  | 'load' // rd, imm(rs1)
  | 'S' // rs2, imm(rs1)
  | 'B' // rs1, rs2, imm
  | 'U' // rd, imm (already shifted left by 12)
  | 'J' // rd, imm
  | 'csr' // rd, csr, rs1
  | 'csr-imm' // rd, csr, imm: zimm[4:0]
  | 'atomic' // rd, rs2, (rs1)
  | 'load-reserved' // rd, (rs1)
  | 'address' // (rs1), as the cbo instructions are written
  | 'prefetch' // imm(rs1)
  | 'fence' // pred, succ in imm
  | 'sfence' // rs1, rs2
  | 'none'
  | 'FR' // fd, fs1, fs2
  | 'FR-rm' // fd, fs1, fs2, rm
  | 'FR4' // fd, fs1, fs2, fs3, rm
  | 'F-unary-rm' // fd, fs1, rm
  | 'F-load' // fd, imm(rs1)
  | 'F-store' // fs2, imm(rs1)
  | 'F-compare' // rd, fs1, fs2
  | 'F-to-x' // rd, fs1
  | 'F-to-x-rm' // rd, fs1, rm
  | 'x-to-F' // fd, rs1
  | 'x-to-F-rm'; // fd, rs1, rm

/** The extension an instruction belongs to, as the ISA manual names it. */
export type Extension =
  | 'I'
  | 'M'
  | 'A'
  | 'F'
  | 'D'
  | 'C'
  | 'Zicsr'
  | 'Zifencei'
  | 'Zba'
  | 'Zbb'
  | 'Zbs'
  | 'Zicond'
  | 'Zicbom'
  | 'Zicboz'
  | 'Zicbop'
  | 'Zihintpause'
  | 'Svinval'
  | 'privileged';

/** One instruction: the single place where its encoding, text and meaning are written. */
export interface Instruction {
  /** Mnemonic as GNU binutils spells it. */
  readonly name: string;
  readonly extension: Extension;
  readonly format: Format;
  /** Bits that identify it: an encoding is this instruction when `(bits & mask) === match`. Unsigned 32-bit numbers. */
  readonly match: number;
  readonly mask: number;
  /** One line for people: what it does. */
  readonly description: string;
  /** Its meaning. See Emitter for the rules. */
  readonly semantics: (emit: Emitter, operands: Operands) => void;
}

/** A decoded instruction. Registers are 0 to 31; absent operands are 0. Compressed ones appear as what they expand to. */
export interface DecodedInstruction {
  readonly instruction: Instruction;
  /** Bytes in memory: 2 or 4. */
  readonly length: 2 | 4;
  /** The compressed mnemonic (`c.addi`) when length is 2. */
  readonly compressedName: string | undefined;
  readonly rd: number;
  readonly rs1: number;
  readonly rs2: number;
  readonly rs3: number;
  /** Sign-extended to 32 bits; for U-type already shifted. */
  readonly imm: number;
  readonly rm: number;
  readonly csr: number;
}
