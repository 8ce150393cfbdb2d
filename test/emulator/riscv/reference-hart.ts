import type { AtomicOperation, SystemOperation, Width } from '../../../emulator/riscv/emitter.ts';

/** Why an instruction was not carried out. */
export type TrapCause = 'illegal-instruction' | 'misaligned' | 'access-fault';

/** Thrown by the reference when an instruction traps. */
export class ReferenceTrap extends Error {
  constructor(
    readonly trap: TrapCause,
    readonly address: bigint | undefined,
  ) {
    super(address === undefined ? trap : `${trap} at 0x${address.toString(16)}`);
  }
}

/** Bytes by address. What was never stored reads as zero; addresses inside a hole fault. */
export class ReferenceMemory {
  readonly #bytes = new Map<bigint, bigint>();
  readonly #holes: { readonly from: bigint; readonly to: bigint }[] = [];

  /** Makes accesses to [from, to) fault. */
  punch(from: bigint, to: bigint): void {
    this.#holes.push({ from, to });
  }

  read(address: bigint, width: number): bigint {
    this.check(address, width);
    let value = 0n;
    for (let index = 0; index < width; index++) value |= this.#byte(address, index) << BigInt(8 * index);
    return value;
  }

  write(address: bigint, width: number, value: bigint): void {
    this.check(address, width);
    for (let index = 0; index < width; index++) {
      this.#bytes.set(BigInt.asUintN(64, address + BigInt(index)), (value >> BigInt(8 * index)) & 0xffn);
    }
  }

  #byte(address: bigint, index: number): bigint {
    return this.#bytes.get(BigInt.asUintN(64, address + BigInt(index))) ?? 0n;
  }

  /** Faults where any byte cannot be accessed. */
  check(address: bigint, width: number): void {
    for (const { from, to } of this.#holes) {
      if (address < to && address + BigInt(width) > from) throw new ReferenceTrap('access-fault', address);
    }
  }
}

/** A hart as the instructions see it: all values unsigned, 64 bits in a bigint. */
export class ReferenceHart {
  readonly x: bigint[] = Array.from({ length: 32 }, () => 0n);
  readonly f: bigint[] = Array.from({ length: 32 }, () => 0n);
  readonly memory = new ReferenceMemory();
  /** CSRs that exist, by number; those with both top bits set are read-only. */
  readonly csr = new Map<number, bigint>();
  pc = 0x8000_0000n;
  /** mstatus.FS is not Off. */
  floatOn = true;
  /** Accumulated exception flags: NV 16, DZ 8, OF 4, UF 2, NX 1. */
  fflags = 0;
  /** The dynamic rounding mode, frm; 5 to 7 are invalid. */
  frm = 0;
  reservation: { readonly address: bigint; readonly width: number } | undefined;
  /** Privileged and environment operations, in the order they were asked for. */
  readonly system: SystemOperation[] = [];
}

/** The new memory value of an atomic operation, both operands `8 * width` bits wide and unsigned. */
export function atomicResult(operation: AtomicOperation, width: Width, memory: bigint, source: bigint): bigint {
  const bits = 8 * width;
  const signed = (value: bigint): bigint => BigInt.asIntN(bits, value);
  switch (operation) {
    case 'swap':
      return source;
    case 'add':
      return BigInt.asUintN(bits, memory + source);
    case 'xor':
      return memory ^ source;
    case 'and':
      return memory & source;
    case 'or':
      return memory | source;
    case 'min':
      return signed(memory) < signed(source) ? memory : source;
    case 'max':
      return signed(memory) > signed(source) ? memory : source;
    case 'minu':
      return memory < source ? memory : source;
    case 'maxu':
      return memory > source ? memory : source;
  }
}
