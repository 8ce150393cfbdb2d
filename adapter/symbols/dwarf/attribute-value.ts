import type { Address } from '../address.ts';

/**
 * The value of an attribute as its form gives it, before anything is looked up elsewhere: a string may still lie in
 * another section, an address in a table (DWARF 5, section 7.5.5: classes and forms).
 */
export type AttributeValue =
  | { readonly kind: 'address'; readonly address: Address }
  /** Into the unit's part of .debug_addr. */
  | { readonly kind: 'address-index'; readonly index: number }
  /**
   * `size` is the bytes of a fixed-size form, whose sign only the attribute's meaning tells (held unsigned here), or 0
   * for LEB128 and implicit constants, whose sign is known.
   */
  | { readonly kind: 'constant'; readonly value: bigint; readonly size: number }
  | { readonly kind: 'string'; readonly section: StringSection; readonly offset: number }
  /** Of the supplementary file's .debug_str. */
  | { readonly kind: 'supplementary-string'; readonly offset: number }
  /** Among the values themselves, without its terminator. */
  | { readonly kind: 'inline-string'; readonly bytes: Uint8Array }
  /** Into the unit's part of .debug_str_offsets. */
  | { readonly kind: 'string-index'; readonly index: number }
  /** To an entry, in the numbering of entry-space.ts. */
  | { readonly kind: 'reference'; readonly offset: number }
  /** To a type unit that was not found. */
  | { readonly kind: 'signature'; readonly signature: bigint }
  /** To an entry of a supplementary file that was not found. */
  | { readonly kind: 'supplementary'; readonly offset: number }
  /** A block of bytes or a DWARF expression. */
  | { readonly kind: 'block'; readonly bytes: Uint8Array }
  | { readonly kind: 'flag'; readonly value: boolean }
  /** Into the section that the attribute is about: lines, ranges, locations, macros. */
  | { readonly kind: 'section-offset'; readonly offset: number }
  /** Into the unit's table of range lists or location lists. */
  | { readonly kind: 'list-index'; readonly index: number };

export type StringSection = '.debug_str' | '.debug_line_str';

/** The value of a constant as a number; undefined when it is none or does not fit. */
export function toNumber(value: AttributeValue | undefined): number | undefined {
  if (value?.kind !== 'constant') return undefined;
  const number = Number(value.value);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** The value of a constant whose sign is the meaning's: fixed-size forms taken as two's complement. */
export function toSigned(value: AttributeValue | undefined): bigint | undefined {
  if (value?.kind !== 'constant') return undefined;
  return value.size === 0 ? value.value : BigInt.asIntN(value.size * 8, value.value);
}

/** An offset into another section; before DWARF 4 a constant of 4 or 8 bytes said the same. */
export function toSectionOffset(value: AttributeValue | undefined): number | undefined {
  if (value?.kind === 'section-offset') return value.offset;
  return value?.kind === 'constant' && value.size >= 4 ? toNumber(value) : undefined;
}
