import { decode } from '../../emulator/riscv/decoder.ts';
import type { DecodedInstruction, Instruction } from '../../emulator/riscv/instruction.ts';
import { instructions } from '../../emulator/riscv/instructions.ts';
import { encode } from '../assembler.ts';
import type { Random } from '../random.ts';

/**
 * Random code that goes on: mostly instructions that cannot trap, put into loops, calls and stores to code, among them
 * whatever bits may mean. The keeper (test/guests/torture/keeper.c) runs it, and brings it back from wherever it ends.
 */

/** Where the keeper expects things in RAM. */
export const SEED = 0x8000_f000;
export const SOUP = 0x8001_0000;
export const SOUP_SIZE = 0x1_0000;
export const DATA = 0x8002_0000;
export const DATA_SIZE = 0x1_0000;

const [ra, sp, gp, tp, s0, s1] = [1, 2, 3, 4, 8, 9];
const [t0, s10, s11] = [5, 26, 27];
/** Registers that the keeper points at memory, and the counters of loops: tame instructions leave them alone. */
const bases = [sp, gp, tp, s0, s1];
const kept = [...bases, s10, s11];

const memoryFormats: readonly Instruction['format'][] = [
  'load',
  'S',
  'F-load',
  'F-store',
  'atomic',
  'load-reserved',
  'address',
];
const writesInteger: readonly Instruction['format'][] = [
  'R',
  'R-unary',
  'I',
  'shift6',
  'shift5',
  'load',
  'U',
  'J',
  'csr',
  'csr-imm',
  'atomic',
  'load-reserved',
  'F-compare',
  'F-to-x',
  'F-to-x-rm',
];
const wildExtensions: readonly Instruction['extension'][] = ['privileged', 'Svinval', 'Zicsr', 'Zifencei'];

const isJump = ({ format, name }: Instruction): boolean => format === 'B' || format === 'J' || name === 'jalr';
const isMemory = ({ format, name }: Instruction): boolean => memoryFormats.includes(format) && name !== 'jalr';
const isTame = (instruction: Instruction): boolean =>
  !isJump(instruction) && !wildExtensions.includes(instruction.extension) && !/^e(call|break)$/.test(instruction.name);

const tame = instructions.filter(isTame);
const tameMemory = tame.filter(isMemory);
const tameArithmetic = tame.filter((instruction) => !isMemory(instruction));
const wild = instructions.filter(({ extension }) => wildExtensions.includes(extension));
const floating = tameArithmetic.filter(({ extension }) => extension === 'F' || extension === 'D');
const integer = tameArithmetic.filter(({ extension }) => extension !== 'F' && extension !== 'D');

const writesKept = ({ rd, instruction: { format } }: DecodedInstruction): boolean =>
  writesInteger.includes(format) && kept.includes(rd);

export class Soup {
  readonly bytes = new Uint8Array(SOUP_SIZE);
  readonly #view = new DataView(this.bytes.buffer);
  readonly #random: Random;
  /** The part of pieces, in percent, that may do anything. */
  readonly #wildness: number;
  #at = 0;

  constructor(random: Random) {
    this.#random = random;
    this.#wildness = random.pick([2, 5, 5, 15, 40]);
    while (this.#at < SOUP_SIZE) this.#piece(3);
  }

  #piece(depth: number): void {
    const random = this.#random;
    if (random.below(100) < this.#wildness) {
      this.#wild();
      return;
    }
    switch (random.below(8)) {
      case 0:
      case 1:
        this.#loop(depth);
        break;
      case 2:
        this.#branch();
        break;
      case 3:
        this.#call();
        break;
      case 4:
        this.#storeToCode();
        break;
      default:
        this.#straight(1 + random.below(16));
    }
  }

  #straight(count: number): void {
    for (; count > 0; count--) this.#tame();
  }

  #tame(): void {
    const random = this.#random;
    for (;;) {
      if (random.once(3)) {
        const bits = random.bits32() & 0xffff;
        const decoded = (bits & 3) === 3 ? undefined : decode(bits);
        if (decoded === undefined || !isTame(decoded.instruction) || writesKept(decoded)) continue;
        if (isMemory(decoded.instruction) && !bases.includes(decoded.rs1)) continue;
        this.#parcel(bits);
        return;
      }
      const from = random.pick([tameMemory, tameMemory, floating, integer, integer]);
      const instruction = random.pick(from);
      let bits = (instruction.match | (random.bits32() & ~instruction.mask)) >>> 0;
      if (isMemory(instruction)) bits = ((bits & ~0xf_8000) | (random.pick(bases) << 15)) >>> 0;
      const decoded = decode(bits);
      if (decoded?.instruction !== instruction || writesKept(decoded)) continue;
      // Mostly near the base: a page holds what is accessed together.
      if (isMemory(instruction) && Math.abs(decoded.imm) > 256 && !random.once(8)) continue;
      this.#word(bits);
      return;
    }
  }

  /** Counts a register down that nothing tame writes. Inner loops have the other one. */
  #loop(depth: number): void {
    const random = this.#random;
    const counter = depth % 2 === 0 ? s10 : s11;
    this.#word(encode('addi', { rd: counter, imm: 1 + random.below(random.pick([4, 40, 2000])) }));
    const head = this.#at;
    if (depth > 0 && random.once(3)) this.#loop(depth - 1);
    this.#straight(1 + random.below(12));
    if (random.once(3)) this.#branch();
    this.#word(encode('addi', { rd: counter, rs1: counter, imm: -1 }));
    const back = head - this.#at;
    if (back >= -4096) this.#word(encode('bne', { rs1: counter, imm: back }));
  }

  /** Forward or a little back, now and then into the middle of an instruction. */
  #branch(): void {
    const random = this.#random;
    const distance = (2 + 2 * random.below(24)) * (random.once(5) ? -1 : 1);
    const imm = random.once(4) ? distance + 2 : distance;
    const name = random.pick(['beq', 'bne', 'blt', 'bge', 'bltu', 'bgeu']);
    this.#word(encode(name, { rs1: random.below(32), rs2: random.below(32), imm }));
  }

  #call(): void {
    const random = this.#random;
    switch (random.below(4)) {
      case 0:
        this.#word(encode('jalr', { rd: random.pick([0, ra]), rs1: ra }));
        break;
      case 1:
        // To an address that is not known before it is there.
        this.#word(encode('auipc', { rd: t0, imm: (random.below(3) - 1) << 12 }));
        this.#word(encode('jalr', { rd: ra, rs1: t0, imm: random.below(4096) - 2048 }));
        break;
      default: {
        const imm = random.once(8) ? random.below(SOUP_SIZE / 2) * 2 - this.#at : 2 * (random.below(512) - 256);
        this.#word(encode('jal', { rd: random.pick([0, ra]), imm }));
      }
    }
  }

  /** Writes some register over code just ahead or behind; what is behind may be the loop that runs. */
  #storeToCode(): void {
    const random = this.#random;
    const source = random.pick([t0, 6, 7, 10, 28]);
    if (random.once(2)) {
      // What is written is code too.
      this.#word(encode('auipc', { rd: source }));
      this.#word(encode('lw', { rd: source, rs1: source, imm: 4 * (random.below(64) - 32) }));
    }
    this.#word(encode('auipc', { rd: 31 }));
    const name = random.pick(['sb', 'sh', 'sw', 'sd', 'fsd']);
    this.#word(encode(name, { rs1: 31, rs2: source, imm: random.below(96) - 32 }));
    if (random.once(3)) this.#word(encode('fence.i'));
  }

  #wild(): void {
    const random = this.#random;
    switch (random.below(4)) {
      case 0:
        this.#word(random.bits32());
        break;
      case 1:
        this.#parcel(random.bits32() & 0xffff);
        break;
      case 2: {
        const instruction = random.pick(wild);
        this.#word((instruction.match | (random.bits32() & ~instruction.mask)) >>> 0);
        break;
      }
      default: {
        const instruction = random.pick(instructions);
        this.#word((instruction.match | (random.bits32() & ~instruction.mask)) >>> 0);
      }
    }
  }

  #word(bits: number): void {
    this.#parcel(bits & 0xffff);
    this.#parcel(bits >>> 16);
  }

  #parcel(bits: number): void {
    if (this.#at < SOUP_SIZE) this.#view.setUint16(this.#at, bits, true);
    this.#at += 2;
  }
}
