import type { CallFrameRow } from './call-frame-program.ts';

/** Where a frame's register is kept at present: in the hart, or where a callee saved it. */
export type RegisterHome =
  | { readonly kind: 'pc' }
  /** By DWARF number. */
  | { readonly kind: 'register'; readonly register: number }
  | { readonly kind: 'memory'; readonly address: bigint };

/** A hart, or a saved context, whose stack is to be told. Reading has no effects on the guest. */
export interface UnwindContext {
  readonly pc: bigint;
  /** The mode that the hart is in; absent in a context that was saved. */
  readonly privilege?: 'U' | 'S' | 'M';
  /** By DWARF number: x0-x31 are 0-31, f0-f31 32-63, CSR n is 4096 + n. */
  readRegister(register: number): bigint | undefined;
  /** All `length` bytes, or undefined. */
  readMemory(address: bigint, length: number): Uint8Array | undefined;
  /** Where a register can be written; undefined, or absent, where nobody knows. */
  registerHome?(register: number): RegisterHome | undefined;
}

/** What is known of the code that the stack goes through. */
export interface CodeInformation {
  /** Whether a function can be at this address. */
  isCode(address: bigint): boolean;
  callFrameRow(address: bigint): CallFrameRow | undefined;
  functionStart(address: bigint): bigint | undefined;
  /**
   * Where functions that left their frames to others by tail calls would stand between a caller, to which a call returns at
   * `returnAddress`, and the function at `callee`: behind their tail calls, the innermost first.
   */
  tailCallsBetween(returnAddress: bigint, callee: bigint): readonly bigint[];
}
