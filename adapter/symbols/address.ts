/**
 * A guest address inside the symbol reader: the 64 bits taken as a signed integer, in a number. Kernel addresses
 * (0xffffffff80000000) are small negative numbers and stay exact, so that millions of them sort, subtract and sit in a
 * Float64Array without a bigint each. An address beyond 2^53 of either end, where no canonical Sv39 or Sv48 address
 * lies, is NaN, which no comparison and therefore no range accepts.
 */
export type Address = number;

/** Bounds of an address range: start inclusive, end exclusive. Empty unless start < end. */
export interface AddressRange {
  readonly start: Address;
  readonly end: Address;
}

/** The address that a hart holds in a register, as the reader keeps it. */
export function toAddress(value: bigint): Address {
  const signed = Number(BigInt.asIntN(64, value));
  return Number.isSafeInteger(signed) ? signed : Number.NaN;
}

/** The address as a hart holds it: unsigned, 64 bits. Must not be NaN. */
export function fromAddress(address: Address): bigint {
  return BigInt.asUintN(64, BigInt(address));
}

export function contains(ranges: readonly AddressRange[], address: Address): boolean {
  return ranges.some((range) => range.start <= address && address < range.end);
}
