import type { SbiHart } from './hart.ts';

/** Standard error codes (SBI specification 2.0, table 1). */
export const SbiError = {
  success: 0n,
  failed: -1n,
  notSupported: -2n,
  invalidParameter: -3n,
  denied: -4n,
  invalidAddress: -5n,
  alreadyAvailable: -6n,
} as const;

/** What a call returns in a0 and a1. */
export interface SbiReturn {
  readonly error: (typeof SbiError)[keyof typeof SbiError];
  readonly value: bigint;
}

/** One call: who calls, which function of the extension, and a0 to a5 as unsigned 64-bit values. */
export interface SbiCall {
  readonly hart: SbiHart;
  readonly functionId: bigint;
  readonly argument: (index: 0 | 1 | 2 | 3 | 4 | 5) => bigint;
}

/** An SBI extension. `call` never throws, whatever the guest passes. */
export interface SbiExtension {
  readonly id: bigint;
  call(call: SbiCall): SbiReturn;
}

export function success(value = 0n): SbiReturn {
  return { error: SbiError.success, value };
}

export function failure(error: Exclude<SbiReturn['error'], 0n>): SbiReturn {
  return { error, value: 0n };
}
