import type { Clock, Device, InterruptLine, StateReader, StateWriter } from '../device.ts';
import { CLINT } from '../memory-map.ts';

const MSIP = 0x0;
const MTIMECMP = 0x4000;
const MTIME = 0xbff8;

/** A register of 64 bits. */
export interface Comparator {
  get(): bigint;
  set(value: bigint): void;
}

export interface ClintConnections {
  /** Machine software interrupt pin of each hart. */
  readonly msip: readonly InterruptLine[];
  readonly clock: Clock;
  /** mtimecmp of each hart, which the engine keeps: it compares it with mtime, and lets the guest write it. */
  readonly comparators: readonly Comparator[];
  /** mtimecmp or mtime was written: every deadline must be computed again. */
  readonly onTimerChange: () => void;
  /**
   * mtimecmp at power-on. The specification leaves it open: it is 0 in QEMU, so that MTIP is pending until it is first
   * written, and firmware sets it to 2^64 - 1 before it starts a kernel.
   */
  readonly initialMtimecmp: bigint;
}

/**
 * Core-local interruptor (SiFive CLINT; the RISC-V ACLINT specification's MSWI and MTIMER devices). Machine timer
 * interrupts are not wires here: the engine compares `mtimecmp` with `mtime`, so that they come at an exact step.
 */
export class Clint implements Device {
  readonly name = 'clint';
  readonly region = CLINT;
  readonly #msipLines: readonly InterruptLine[];
  readonly #clock: Clock;
  readonly #onTimerChange: () => void;
  readonly #initialMtimecmp: bigint;
  readonly #msip: boolean[];
  readonly #mtimecmp: readonly Comparator[];
  /** mtime minus the clock, modulo 2^64. */
  #offset = 0n;

  constructor(connections: ClintConnections) {
    this.#msipLines = connections.msip;
    this.#clock = connections.clock;
    this.#onTimerChange = connections.onTimerChange;
    this.#initialMtimecmp = connections.initialMtimecmp;
    this.#msip = connections.msip.map(() => false);
    this.#mtimecmp = connections.comparators;
  }

  /** What the `time` CSR and the mtime register read now. */
  mtime(): bigint {
    return BigInt.asUintN(64, this.#clock.ticks() + this.#offset);
  }

  /** mtime minus the clock's ticks, modulo 2^64: zero unless the guest wrote mtime. */
  get mtimeOffset(): bigint {
    return this.#offset;
  }

  msip(hart: number): boolean {
    return this.#msip[hart] ?? false;
  }

  read(offset: number): number {
    return this.peek(offset);
  }

  peek(offset: number): number {
    if (offset >= MTIME) return half(this.mtime(), offset - MTIME);
    if (offset >= MTIMECMP) {
      const value = this.#mtimecmp[(offset - MTIMECMP) >> 3];
      return value === undefined ? 0 : half(value.get(), offset & 4);
    }
    return this.msip((offset - MSIP) >> 2) ? 1 : 0;
  }

  write(offset: number, _width: 1 | 2 | 4, value: number): void {
    if (offset >= MTIME) {
      this.#offset = BigInt.asUintN(64, withHalf(this.mtime(), offset - MTIME, value) - this.#clock.ticks());
      this.#onTimerChange();
    } else if (offset >= MTIMECMP) {
      const hart = (offset - MTIMECMP) >> 3;
      const comparator = this.#mtimecmp[hart];
      if (!comparator) return;
      comparator.set(withHalf(comparator.get(), offset & 4, value));
      this.#onTimerChange();
    } else {
      const hart = (offset - MSIP) >> 2;
      if (hart >= this.#msip.length) return;
      this.#msip[hart] = (value & 1) === 1;
      this.#msipLines[hart]?.set((value & 1) === 1);
    }
  }

  reset(): void {
    this.#msip.fill(false);
    for (const comparator of this.#mtimecmp) comparator.set(this.#initialMtimecmp);
    this.#offset = 0n;
    this.#drive();
  }

  save(writer: StateWriter): void {
    writer.u64(this.#offset);
    for (const comparator of this.#mtimecmp) writer.u64(comparator.get());
    for (const value of this.#msip) writer.boolean(value);
  }

  restore(reader: StateReader): void {
    this.#offset = reader.u64();
    for (const comparator of this.#mtimecmp) comparator.set(reader.u64());
    for (let hart = 0; hart < this.#msip.length; hart++) this.#msip[hart] = reader.boolean();
    this.#drive();
  }

  #drive(): void {
    for (const [hart, line] of this.#msipLines.entries()) line.set(this.msip(hart));
    this.#onTimerChange();
  }
}

function half(value: bigint, byteOffset: number): number {
  return Number(BigInt.asUintN(32, byteOffset === 0 ? value : value >> 32n));
}

function withHalf(old: bigint, byteOffset: number, value: number): bigint {
  return byteOffset === 0
    ? (old & 0xffff_ffff_0000_0000n) | BigInt(value)
    : (old & 0xffff_ffffn) | (BigInt(value) << 32n);
}
