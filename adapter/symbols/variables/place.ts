import { littleEndian, type Location, type SimpleLocation } from '../dwarf/expression.ts';
import type { RegisterHome, UnwindContext } from '../frames/unwind-context.ts';

/** Bits that were read, or why they cannot be. */
export type Contents =
  { readonly kind: 'bits'; readonly value: bigint } | { readonly kind: 'unavailable'; readonly reason: string };

/** Where an object's bits are: in memory, in registers, made up by the compiler, partly so, or nowhere. */
export type Place =
  /** `isPhysical`: the address is one behind the hart's translation. */
  | { readonly kind: 'memory'; readonly address: bigint; readonly isPhysical?: true }
  /** Bytes that stand for the object; a bit of `known` says whether that of `value` is. `home`: what they were read from. */
  | { readonly kind: 'value'; readonly value: bigint; readonly known: bigint; readonly home?: Home }
  | { readonly kind: 'unavailable'; readonly reason: string };

/** A register that a value lies in: `shift` is the number of its lowest bit there. */
export interface Home {
  readonly at: RegisterHome;
  readonly shift: number;
  /** The register as it was read. */
  readonly whole: bigint;
}

export const OPTIMIZED_OUT: Place = { kind: 'unavailable', reason: 'optimized out' };

/** Registers and memory; physical memory too, where somebody asked for it. */
export interface PlaceContext extends UnwindContext {
  readonly readPhysical?: (address: bigint, length: number) => Uint8Array | undefined;
}

/** Reads the memory that a place is in; undefined when any byte cannot be read. */
export function readMemoryOf(
  place: Place,
  context: PlaceContext,
  address: bigint,
  length: number,
): Uint8Array | undefined {
  const isPhysical = place.kind === 'memory' && place.isPhysical === true;
  return isPhysical ? context.readPhysical?.(address, length) : context.readMemory(address, length);
}

/** The bits of an object that a DWARF location describes; `size` is the object's, in bytes. */
export function placeOf(location: Location, size: number, context: UnwindContext): Place {
  if (location.kind !== 'pieces') return simplePlace(location, context);
  const [first] = location.pieces;
  // One piece that is all of it is as good as none.
  if (first?.location.kind === 'memory' && first.bitSize >= size * 8) return simplePlace(first.location, context);
  let value = 0n;
  let known = 0n;
  let at = 0n;
  let reason = 'optimized out';
  for (const { location: part, bitSize, bitOffset } of location.pieces) {
    const contents = readBits(simplePlace(part, context), bitOffset, bitSize, context);
    if (contents.kind === 'bits') {
      value |= contents.value << at;
      known |= mask(bitSize) << at;
    } else {
      reason = contents.reason;
    }
    at += BigInt(bitSize);
  }
  return known === 0n ? { kind: 'unavailable', reason } : { kind: 'value', value, known };
}

function simplePlace(location: SimpleLocation, context: UnwindContext): Place {
  switch (location.kind) {
    case 'memory':
      return location;
    case 'register': {
      const value = context.readRegister(location.register);
      if (value === undefined) return { kind: 'unavailable', reason: 'in a register that the callee did not save' };
      return { kind: 'value', value, known: mask(64), ...homeOf(location.register, value, context) };
    }
    case 'value':
      return { kind: 'value', value: location.value, known: mask(64) };
    case 'implicit':
      return { kind: 'value', value: littleEndian(location.bytes), known: mask(location.bytes.length * 8) };
    case 'implicit-pointer':
      return { kind: 'unavailable', reason: 'points to what was optimized out' };
    case 'optimized-out':
      return OPTIMIZED_OUT;
  }
}

/** The part of a place that says where a register of the frame can be written. */
export function homeOf(register: number, whole: bigint, context: UnwindContext): { readonly home?: Home } {
  const at = context.registerHome?.(register);
  return at === undefined ? {} : { home: { at, shift: 0, whole } };
}

/** Reads bits of the object at a place: `bitOffset` counts from the object's start. At most a few words. */
export function readBits(place: Place, bitOffset: number, bitSize: number, context: PlaceContext): Contents {
  switch (place.kind) {
    case 'unavailable':
      return place;
    case 'value': {
      const wanted = mask(bitSize);
      const known = (place.known >> BigInt(bitOffset)) & wanted;
      if (known !== wanted) return { kind: 'unavailable', reason: 'optimized out' };
      return { kind: 'bits', value: (place.value >> BigInt(bitOffset)) & wanted };
    }
    case 'memory': {
      const first = Math.floor(bitOffset / 8);
      const length = Math.ceil((bitOffset + bitSize) / 8) - first;
      const address = BigInt.asUintN(64, place.address + BigInt(first));
      const bytes = readMemoryOf(place, context, address, length);
      if (bytes === undefined) return { kind: 'unavailable', reason: `no memory at 0x${address.toString(16)}` };
      return { kind: 'bits', value: (littleEndian(bytes) >> BigInt(bitOffset - first * 8)) & mask(bitSize) };
    }
  }
}

/** The place of a part that begins at a whole byte of the object. */
export function partOf(place: Place, byteOffset: number): Place {
  switch (place.kind) {
    case 'unavailable':
      return place;
    case 'memory':
      return { ...place, address: BigInt.asUintN(64, place.address + BigInt(byteOffset)) };
    case 'value': {
      const shift = BigInt(byteOffset * 8);
      const home = place.home && { ...place.home, shift: place.home.shift + byteOffset * 8 };
      return { kind: 'value', value: place.value >> shift, known: place.known >> shift, ...(home && { home }) };
    }
  }
}

function mask(bits: number): bigint {
  return (1n << BigInt(bits)) - 1n;
}
