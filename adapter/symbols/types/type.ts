import type { AttributeValue } from '../dwarf/attribute-value.ts';
import type { Unit } from '../dwarf/unit.ts';

/**
 * A type of the program, as its language's compiler described it (DWARF 5, chapter 5). What a type refers to is a
 * function, read when it is asked for: types of a kernel lead everywhere.
 */
export type Type =
  | VoidType
  | BaseType
  | PointerType
  | StructureType
  | ArrayType
  | EnumerationType
  | TypedefType
  | QualifiedType
  | FunctionType
  | UnknownType;

export interface VoidType {
  readonly kind: 'void';
}

/** How the bits of a base type are meant (DW_ATE). */
export type Encoding = 'signed' | 'unsigned' | 'boolean' | 'float' | 'character' | 'address' | 'other';

export interface BaseType {
  readonly kind: 'base';
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly encoding: Encoding;
  /** Of characters and integers. */
  readonly isSigned: boolean;
}

export interface PointerType {
  readonly kind: 'pointer';
  /** A reference is a pointer that is written without a star. */
  readonly sign: '*' | '&' | '&&';
  readonly size: number;
  readonly target: () => Type;
  /** In Rust, whose pointers differ in what they own: `&mut u8`, `*const u8`, `alloc::boxed::Box<u8>`. */
  readonly name?: string | undefined;
  readonly isRust?: true;
}

/** A structure, union or class; of Rust also an enum, which has variants. */
export interface StructureType {
  readonly kind: 'structure';
  /** As the language writes it: `struct shape` in C; undefined when it has no name. */
  readonly name: string | undefined;
  readonly keyword: 'struct' | 'union' | 'class';
  /** Undefined for one that is declared but not defined in the program. */
  readonly size: number | undefined;
  readonly members: () => readonly Member[];
  /** Of a Rust enum (DWARF 5, section 5.7.10); absent where there are none. */
  readonly variants?: () => VariantPart | undefined;
}

/** The alternatives of which an object is one. */
export interface VariantPart {
  /** Says which; undefined where there is but one. */
  readonly discriminant: Member | undefined;
  readonly variants: readonly Variant[];
}

export interface Variant {
  /** Of the discriminant, as its bits; undefined for the variant that all other values mean. */
  readonly value: bigint | undefined;
  readonly members: readonly Member[];
}

export interface Member {
  /** Undefined for an anonymous structure or union, whose members are used as if they were the outer one's. */
  readonly name: string | undefined;
  readonly type: Type;
  /** From the start of the structure. */
  readonly bitOffset: number;
  /** Of a bit-field; undefined for a member that has its type's size. */
  readonly bitSize: number | undefined;
}

/** How many elements: undefined for `[]`; told by the program's state for a variable-length array. */
export type ElementCount =
  | { readonly kind: 'fixed'; readonly count: number }
  | { readonly kind: 'unknown' }
  /** The attribute computes the last index. */
  | { readonly kind: 'computed'; readonly lastIndex: AttributeValue; readonly unit: Unit };

/** One dimension; an array of arrays has arrays as its elements. */
export interface ArrayType {
  readonly kind: 'array';
  readonly element: Type;
  readonly count: ElementCount;
  readonly isRust?: true;
}

export interface EnumerationType {
  readonly kind: 'enumeration';
  readonly name: string | undefined;
  readonly size: number;
  readonly isSigned: boolean;
  readonly enumerators: () => readonly Enumerator[];
}

export interface Enumerator {
  readonly name: string;
  readonly value: bigint;
}

export interface TypedefType {
  readonly kind: 'typedef';
  readonly name: string;
  readonly target: () => Type;
}

export interface QualifiedType {
  readonly kind: 'qualified';
  readonly qualifier: 'const' | 'volatile' | 'restrict' | '_Atomic';
  readonly target: () => Type;
}

export interface FunctionType {
  readonly kind: 'function';
  readonly result: () => Type;
  readonly parameters: () => readonly Type[];
  /** Takes further arguments of any type. */
  readonly isVariadic: boolean;
  /** Its parameters are declared: `(void)` and not `()`. */
  readonly isPrototyped: boolean;
  readonly isRust?: true;
}

/** A type that the reader does not know, or that is damaged. */
export interface UnknownType {
  readonly kind: 'unknown';
  readonly name: string;
  readonly size: number | undefined;
}

/** The type that a typedef or a qualified type stands for. */
export function strip(type: Type): Exclude<Type, TypedefType | QualifiedType> {
  let present = type;
  for (let hop = 0; hop < LONGEST_CHAIN; hop++) {
    if (present.kind !== 'typedef' && present.kind !== 'qualified') return present;
    present = present.target();
  }
  return { kind: 'unknown', name: 'a type that is its own typedef', size: undefined };
}

/** Bytes; undefined where the program's state must tell, or nobody knows. */
export function sizeOf(type: Type): number | undefined {
  const bare = strip(type);
  switch (bare.kind) {
    case 'array': {
      const element = sizeOf(bare.element);
      return element === undefined || bare.count.kind !== 'fixed' ? undefined : element * bare.count.count;
    }
    case 'void':
    case 'function':
      return undefined;
    default:
      return bare.size;
  }
}

const LONGEST_CHAIN = 64;
