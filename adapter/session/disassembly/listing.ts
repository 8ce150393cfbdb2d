import { disassemble } from '../../../emulator/riscv/disassembler.ts';

/** One line of a listing: an instruction, or two bytes that are none or cannot be read. */
export interface ListedInstruction {
  readonly address: bigint;
  /** 2 or 4 bytes; empty when they cannot be read. */
  readonly bytes: Uint8Array;
  readonly text: string;
  /** The two bytes at the address are no instruction. */
  readonly invalid: boolean;
}

/** What a listing is made from. */
export interface ListingSource {
  /** Bytes at an address, fewer when the rest cannot be read. */
  read(address: bigint, length: number): Uint8Array;
  /** The address of the symbol at or before an address. */
  symbolStart(address: bigint): bigint | undefined;
  /** `main+4`, or undefined. */
  symbolize(address: bigint): string | undefined;
}

/** A symbol farther back than this, in bytes, does not tell where instructions begin. */
const FARTHEST_SYMBOL = 0x10000n;
const LAST_ADDRESS = (1n << 64n) - 2n;

/**
 * Lists `count` instructions, beginning `first` instructions after `origin`; before it when `first` is negative. Always gives
 * as many as asked for, and one of them begins at `origin` if it is among them.
 */
export function listInstructions(
  source: ListingSource,
  origin: bigint,
  first: number,
  count: number,
): readonly ListedInstruction[] {
  const before = first < 0 ? listBefore(source, origin, -first) : [];
  const last = first + count;
  const from = last > 0 ? listFrom(source, origin, last) : [];
  return [...before, ...from.slice(Math.max(0, first))].slice(0, count);
}

function listFrom(source: ListingSource, origin: bigint, count: number): readonly ListedInstruction[] {
  const bytes = source.read(origin, 4 * count);
  const listed: ListedInstruction[] = [];
  for (let address = origin; listed.length < count;) {
    const one = instructionIn(source, bytes, origin, address);
    listed.push(one);
    address = BigInt.asUintN(64, address + lengthOf(one));
  }
  return listed;
}

/**
 * The `count` instructions before `origin`. Instructions have two lengths, so reading backwards is ambiguous: the code is read
 * forward from where an instruction is known to begin, the symbol before. Without one, from the distance at which most
 * instructions lead to `origin` exactly.
 */
function listBefore(source: ListingSource, origin: bigint, count: number): readonly ListedInstruction[] {
  const farthest = origin > 4n * BigInt(count) ? origin - 4n * BigInt(count) : 0n;
  const symbol = source.symbolStart(farthest);
  const starts = symbol !== undefined && farthest - symbol <= FARTHEST_SYMBOL ? [symbol] : [farthest, farthest + 2n];
  const listings = starts.map((start) => listBetween(source, start, origin));
  const best = listings.reduce((a, b) => (invalidIn(b) < invalidIn(a) ? b : a));
  return padded(best.slice(-count), count, origin);
}

/** Addresses before the first one do not exist; the listing shows the place of the missing ones as unreadable. */
function padded(listed: readonly ListedInstruction[], count: number, origin: bigint): readonly ListedInstruction[] {
  const missing = count - listed.length;
  if (missing <= 0) return listed;
  const end = listed[0]?.address ?? origin;
  const filler = Array.from({ length: missing }, (_, index) =>
    unreadable(BigInt.asUintN(64, end - 2n * BigInt(missing - index))),
  );
  return [...filler, ...listed];
}

function listBetween(source: ListingSource, start: bigint, end: bigint): readonly ListedInstruction[] {
  const bytes = source.read(start, Number(end - start));
  const listed: ListedInstruction[] = [];
  for (let address = start; address < end;) {
    const one = instructionIn(source, bytes, start, address);
    // An instruction that reaches over the end, or over the beginning of another symbol, was none.
    const middle = address + 2n;
    const straddles = lengthOf(one) === 4n && (middle === end || source.symbolStart(middle) === middle);
    listed.push(straddles ? dataAt(bytes.subarray(Number(address - start)), address) : one);
    address += straddles ? 2n : lengthOf(one);
  }
  return listed;
}

function instructionIn(source: ListingSource, bytes: Uint8Array, start: bigint, address: bigint): ListedInstruction {
  const offset = Number(address - start);
  const rest = bytes.subarray(offset, offset + 4);
  if (offset < 0 || rest.length < 2 || address > LAST_ADDRESS) return unreadable(address);
  const isLong = ((rest[0] ?? 0) & 3) === 3;
  if (isLong && rest.length < 4) return dataAt(rest, address);
  const bits = rest.reduceRight((value, byte) => ((value << 8) | byte) >>> 0, 0);
  const decoded = disassemble(isLong ? bits : bits & 0xffff, address, {
    symbolize: (target) => source.symbolize(target),
  });
  return {
    address,
    bytes: rest.subarray(0, decoded.length),
    text: decoded.text,
    invalid: decoded.instruction === undefined,
  };
}

function dataAt(bytes: Uint8Array, address: bigint): ListedInstruction {
  const parcel = bytes.subarray(0, 2);
  const value = (parcel[0] ?? 0) | ((parcel[1] ?? 0) << 8);
  return { address, bytes: parcel, text: `.half 0x${value.toString(16).padStart(4, '0')}`, invalid: true };
}

function unreadable(address: bigint): ListedInstruction {
  return { address, bytes: new Uint8Array(0), text: '??', invalid: true };
}

function lengthOf({ bytes }: ListedInstruction): bigint {
  return bytes.length === 4 ? 4n : 2n;
}

function invalidIn(listed: readonly ListedInstruction[]): number {
  return listed.filter((one) => one.invalid).length;
}
