import { decode } from '../emulator/riscv/decoder.ts';
import type { Format, Instruction } from '../emulator/riscv/instruction.ts';
import { instructions } from '../emulator/riscv/instructions.ts';

/** Writes machine code from the machine's own description of the ISA; what it writes is checked by decoding it again. */

/** Operand fields of an encoding; those left out are 0. `rd`, `rs1`, ... number integer or floating-point registers. */
export interface Fields {
  readonly rd?: number;
  readonly rs1?: number;
  readonly rs2?: number;
  readonly rs3?: number;
  readonly imm?: number;
  readonly rm?: number;
  readonly csr?: number;
}

const byName: ReadonlyMap<string, Instruction> = new Map(
  instructions.map((instruction) => [instruction.name, instruction]),
);

export function instructionNamed(name: string): Instruction {
  const instruction = byName.get(name);
  if (instruction === undefined) throw new Error(`no instruction is called ${name}`);
  return instruction;
}

/** The bits of an immediate in their places (The RISC-V Instruction Set Manual, Volume I, ch. 2.3). */
function immediateBits(format: Format, imm: number): number {
  switch (format) {
    case 'I':
    case 'load':
    case 'F-load':
      return (imm & 0xfff) << 20;
    case 'S':
    case 'F-store':
      return ((imm & 0xfe0) << 20) | ((imm & 0x1f) << 7);
    case 'B':
      return ((imm & 0x1000) << 19) | ((imm & 0x7e0) << 20) | ((imm & 0x1e) << 7) | ((imm & 0x800) >>> 4);
    case 'U':
      return imm & ~0xfff;
    case 'J':
      return ((imm & 0x10_0000) << 11) | ((imm & 0x7fe) << 20) | ((imm & 0x800) << 9) | (imm & 0xf_f000);
    case 'shift6':
      return (imm & 0x3f) << 20;
    case 'shift5':
      return (imm & 0x1f) << 20;
    case 'csr-imm':
      return (imm & 0x1f) << 15;
    case 'prefetch':
      return (imm & 0xfe0) << 20;
    case 'fence':
      return (imm & 0xff) << 20;
    case 'R':
    case 'R-unary':
    case 'csr':
    case 'atomic':
    case 'load-reserved':
    case 'address':
    case 'sfence':
    case 'none':
    case 'FR':
    case 'FR-rm':
    case 'FR4':
    case 'F-unary-rm':
    case 'F-compare':
    case 'F-to-x':
    case 'F-to-x-rm':
    case 'x-to-F':
    case 'x-to-F-rm':
      return 0;
  }
}

/** One instruction as an unsigned 32-bit number. */
export function encode(name: string, fields: Fields = {}): number {
  const instruction = instructionNamed(name);
  const { rd = 0, rs1 = 0, rs2 = 0, rs3 = 0, imm = 0, rm = 0, csr = 0 } = fields;
  const operands =
    (rd << 7) |
    (rs1 << 15) |
    (rs2 << 20) |
    (rs3 << 27) |
    (rm << 12) |
    (csr << 20) |
    immediateBits(instruction.format, imm);
  if ((operands & instruction.mask) !== 0) throw new RangeError(`${name} has no room for ${JSON.stringify(fields)}`);
  const bits = (instruction.match | operands) >>> 0;
  const decoded = decode(bits);
  if (decoded?.instruction !== instruction || decoded.imm !== imm) {
    throw new RangeError(`${name} with ${JSON.stringify(fields)} does not decode to itself`);
  }
  return bits;
}

/** A place in the code that branches name before or after it is known. */
export interface Label {
  /** Offset in bytes; -1 until placed. */
  offset: number;
}

/** Straight-line emission with labels. */
export class Assembler {
  private readonly words: number[] = [];
  private readonly fixups: { readonly at: number; readonly name: string; readonly fields: Fields; label: Label }[] = [];

  get size(): number {
    return this.words.length * 4;
  }

  label(): Label {
    return { offset: -1 };
  }

  place(label: Label): void {
    label.offset = this.size;
  }

  emit(name: string, fields: Fields = {}): void {
    this.words.push(encode(name, fields));
  }

  /** A word that is not one of the instructions. */
  data(word: number): void {
    this.words.push(word);
  }

  /** A branch or jal to a label. */
  branch(name: string, fields: Fields, label: Label): void {
    this.fixups.push({ at: this.words.length, name, fields, label });
    this.words.push(0);
  }

  /** Loads a constant of up to 32 bits, zero-extended, in a fixed number of instructions. */
  constant(rd: number, value: number): void {
    const low = (value << 20) >> 20;
    this.emit('lui', { rd, imm: (value - low) | 0 });
    this.emit('addiw', { rd, rs1: rd, imm: low });
    this.emit('slli', { rd, rs1: rd, imm: 32 });
    this.emit('srli', { rd, rs1: rd, imm: 32 });
  }

  finish(): Uint32Array {
    for (const { at, name, fields, label } of this.fixups) {
      if (label.offset < 0) throw new Error(`a label of ${name} was never placed`);
      this.words[at] = encode(name, { ...fields, imm: label.offset - at * 4 });
    }
    return Uint32Array.from(this.words);
  }
}
