/** A 64-bit address as people and memory references have it: `0x80200000`. */
export function formatAddress(address: bigint): string {
  return `0x${BigInt.asUintN(64, address).toString(16)}`;
}

/** A 64-bit register's value, all sixteen digits. */
export function formatRegister(value: bigint): string {
  return `0x${BigInt.asUintN(64, value).toString(16).padStart(16, '0')}`;
}

/** Parses `0x...` or decimal digits as an unsigned 64-bit number; undefined for anything else. */
export function parseAddress(text: string): bigint | undefined {
  if (!/^(0x[0-9a-f]+|\d+)$/i.test(text)) return undefined;
  const value = BigInt(text);
  return value < 1n << 64n ? value : undefined;
}
