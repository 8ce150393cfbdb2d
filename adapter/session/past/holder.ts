import { csrName } from '../../../emulator/riscv/csr.ts';
import { floatRegisterName, integerRegisterName } from '../../../emulator/riscv/registers.ts';
import type { HartView } from '../../../emulator/machine/machine.ts';
import { formatAddress } from '../address.ts';

/** A register, by its kind and number. */
export interface RegisterHolder {
  readonly kind: 'x' | 'f' | 'csr';
  readonly number: number;
}

/** Bytes of physical memory. */
export interface MemoryHolder {
  readonly kind: 'memory';
  readonly address: bigint;
  readonly length: number;
}

/** What can hold a value, at any moment and whatever runs. */
export type Holder = RegisterHolder | MemoryHolder;

/** A part of a value, and what holds it: `count` bits of the value from bit `at` on are those of the holder from `from` on. */
export interface HeldBits {
  readonly holder: Holder;
  readonly at: number;
  readonly from: number;
  readonly count: number;
}

/** `a0`, `fa0`, `sepc`, or `0x80201000 (physical)`. */
export function holderName(holder: Holder): string {
  switch (holder.kind) {
    case 'x':
      return integerRegisterName(holder.number);
    case 'f':
      return floatRegisterName(holder.number);
    case 'csr':
      return csrName(holder.number) ?? `CSR ${formatAddress(BigInt(holder.number))}`;
    case 'memory':
      return `memory at physical ${formatAddress(holder.address)}`;
  }
}

/** What a register holds now. */
export function readRegister(hart: HartView, { kind, number }: RegisterHolder): bigint {
  switch (kind) {
    case 'x':
      return hart.readX(number);
    case 'f':
      return hart.readF(number);
    case 'csr':
      return hart.readCsr(number) ?? 0n;
  }
}
