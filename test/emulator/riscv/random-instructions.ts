/** Random instructions and operands, weighted to the edges, for running the same step on two implementations. */
import { decode } from '../../../emulator/riscv/decoder.ts';
import type { DecodedInstruction, Instruction } from '../../../emulator/riscv/instruction.ts';
import { instructions } from '../../../emulator/riscv/instructions.ts';
import { rv64c } from '../../../emulator/riscv/rv64c.ts';

const integerEdges: readonly bigint[] = [
  0n,
  1n,
  2n,
  -1n,
  -2n,
  63n,
  64n,
  0x7fn,
  0x80n,
  0x7fffn,
  0x8000n,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  0x100000000n,
  -0x80000000n,
  -0x80000001n,
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 63n + 1n,
].map((value) => BigInt.asUintN(64, value));

const singleEdges: readonly bigint[] = [
  0x00000000n,
  0x80000000n,
  0x00000001n,
  0x007fffffn,
  0x00800000n,
  0x3f000000n,
  0x3f800000n,
  0xbf800000n,
  0x3fc00000n,
  0x4b000001n,
  0x4effffffn,
  0x4f000000n,
  0xcf000000n,
  0x4f800000n,
  0x5f000000n,
  0xdf000000n,
  0x5f800000n,
  0x7f7fffffn,
  0x7f800000n,
  0xff800000n,
  0x7f800001n,
  0x7fc00000n,
  0xffc12345n,
];

const doubleEdges: readonly bigint[] = [
  0x0000000000000000n,
  0x8000000000000000n,
  0x0000000000000001n,
  0x000fffffffffffffn,
  0x0010000000000000n,
  0x3fe0000000000000n,
  0x3ff0000000000000n,
  0xbff0000000000000n,
  0x3ff8000000000000n,
  0x36a0000000000000n,
  0x380fffffffffffffn,
  0x47efffffe0000000n,
  0x41dfffffffc00000n,
  0x41e0000000000000n,
  0xc1e0000000000000n,
  0x41f0000000000000n,
  0x43e0000000000000n,
  0xc3e0000000000000n,
  0x43f0000000000000n,
  0x7fefffffffffffffn,
  0x7ff0000000000000n,
  0xfff0000000000000n,
  0x7ff0000000000001n,
  0x7ff8000000000000n,
];

const BOX = 0xffffffff00000000n;

export class RandomInstructions {
  readonly #next: () => number;

  /** @param next a stream of unsigned 32-bit numbers. */
  constructor(next: () => number) {
    this.#next = next;
  }

  /** A whole number from 0 to `bound - 1`. */
  below(bound: number): number {
    return this.#next() % bound;
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  one<T>(items: readonly [T, ...T[]] | readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('nothing to choose from');
    return item;
  }

  bits64(): bigint {
    return (BigInt(this.#next()) << 32n) | BigInt(this.#next());
  }

  /** An integer register's value. */
  integer(): bigint {
    return this.chance(50) ? this.one(integerEdges) : this.bits64() >> BigInt(this.below(64));
  }

  /** A floating-point register's value: doubles, boxed singles and singles that are not boxed. */
  float(): bigint {
    const exponent = BigInt(this.below(80));
    switch (this.below(8)) {
      case 0:
      case 1:
        return this.one(doubleEdges);
      case 2:
      case 3:
        return BOX | this.one(singleEdges);
      case 4:
        return BOX | BigInt(this.#next());
      case 5:
        // Exponents near each other, so that sums cancel.
        return (this.bits64() & 0x800fffffffffffffn) | ((1023n - 40n + exponent) << 52n);
      case 6:
        return BOX | BigInt((this.#next() & 0x807fffff) >>> 0) | ((127n - 40n + exponent) << 23n);
      default:
        return this.bits64();
    }
  }

  /** Bits of one of the instructions, in its own or a compressed encoding, with random operands. */
  encoding(of: readonly Instruction[]): number {
    const instruction = this.one(of);
    if (this.chance(15)) {
      const compressed = rv64c.filter(({ expansion }) => expansion === instruction);
      const entry = compressed.length === 0 ? undefined : this.one(compressed);
      const bits = entry === undefined ? 0 : (entry.match | (this.#next() & ~entry.mask)) & 0xffff;
      // With some operands the bits mean another instruction: c.add without any is c.ebreak.
      if (decode(bits)?.instruction === instruction) return bits;
    }
    return (instruction.match | (this.#next() & ~instruction.mask)) >>> 0;
  }
}

/** Whether an operand field names an integer or a floating-point register in a format. */
export const readsFloat = ({ instruction: { format } }: DecodedInstruction): boolean => /^F[R-]/.test(format);

/** Everything that computes, jumps or accesses memory: what is not privileged and touches no CSR. */
export const unprivileged: readonly Instruction[] = instructions.filter(
  ({ extension, name }) =>
    !['privileged', 'Svinval', 'Zicsr', 'Zifencei'].includes(extension) && !['ecall', 'ebreak'].includes(name),
);
