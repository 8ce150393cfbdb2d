import type { BaseType, Encoding, Type } from '../types/type.ts';

/** The base types of C under the RISC-V LP64D ABI, where plain `char` is unsigned. */
function base(name: string, size: number, encoding: Encoding, isSigned: boolean): BaseType {
  return { kind: 'base', name, size, encoding, isSigned };
}

export const CHAR = base('char', 1, 'character', false);
export const INT = base('int', 4, 'signed', true);
export const UNSIGNED_INT = base('unsigned int', 4, 'unsigned', false);
export const LONG = base('long', 8, 'signed', true);
export const UNSIGNED_LONG = base('unsigned long', 8, 'unsigned', false);
export const LONG_LONG = base('long long', 8, 'signed', true);
export const UNSIGNED_LONG_LONG = base('unsigned long long', 8, 'unsigned', false);
export const INT128 = base('__int128', 16, 'signed', true);
export const UNSIGNED_INT128 = base('unsigned __int128', 16, 'unsigned', false);
export const FLOAT = base('float', 4, 'float', true);
export const DOUBLE = base('double', 8, 'float', true);
export const LONG_DOUBLE = base('long double', 16, 'float', true);
const BOOL = base('_Bool', 1, 'boolean', false);
const SHORT = base('short', 2, 'signed', true);
const UNSIGNED_SHORT = base('unsigned short', 2, 'unsigned', false);
const SIGNED_CHAR = base('signed char', 1, 'character', true);
const UNSIGNED_CHAR = base('unsigned char', 1, 'character', false);

/** The words that base types are made of (C17, 6.7.2), in any order. */
export const TYPE_WORDS: ReadonlySet<string> = new Set([
  'void', 'char', 'short', 'int', 'long', 'float', 'double', 'signed', 'unsigned', '_Bool', 'bool', '__int128',
]); // prettier-ignore

/** The type that a list of words means; undefined where they mean none together. */
export function typeOfWords(words: readonly string[]): Type | undefined {
  return WORDS.get([...words].sort().join(' '));
}

const WORDS: ReadonlyMap<string, Type> = new Map<string, Type>(
  (
    [
      [{ kind: 'void' }, 'void'],
      [BOOL, '_Bool', 'bool'],
      [CHAR, 'char'],
      [SIGNED_CHAR, 'signed char'],
      [UNSIGNED_CHAR, 'unsigned char'],
      [SHORT, 'short', 'short int', 'signed short', 'signed short int'],
      [UNSIGNED_SHORT, 'unsigned short', 'unsigned short int'],
      [INT, 'int', 'signed', 'signed int'],
      [UNSIGNED_INT, 'unsigned', 'unsigned int'],
      [LONG, 'long', 'long int', 'signed long', 'signed long int'],
      [UNSIGNED_LONG, 'unsigned long', 'unsigned long int'],
      [LONG_LONG, 'long long', 'long long int', 'signed long long', 'signed long long int'],
      [UNSIGNED_LONG_LONG, 'unsigned long long', 'unsigned long long int'],
      [INT128, '__int128', 'signed __int128'],
      [UNSIGNED_INT128, 'unsigned __int128'],
      [FLOAT, 'float'],
      [DOUBLE, 'double'],
      [LONG_DOUBLE, 'long double'],
    ] as const
  ).flatMap(([type, ...names]) => names.map((name): [string, Type] => [name.split(' ').sort().join(' '), type])),
);

/** Rust's primitive types, for casts with `as` and the suffixes of literals. */
const RUST: ReadonlyMap<string, BaseType> = new Map(
  [
    base('i8', 1, 'signed', true),
    base('u8', 1, 'unsigned', false),
    base('i16', 2, 'signed', true),
    base('u16', 2, 'unsigned', false),
    base('i32', 4, 'signed', true),
    base('u32', 4, 'unsigned', false),
    base('i64', 8, 'signed', true),
    base('u64', 8, 'unsigned', false),
    base('i128', 16, 'signed', true),
    base('u128', 16, 'unsigned', false),
    base('isize', 8, 'signed', true),
    base('usize', 8, 'unsigned', false),
    base('f32', 4, 'float', true),
    base('f64', 8, 'float', true),
  ].map((type) => [type.name, type]),
);

export function rustType(name: string): BaseType | undefined {
  return RUST.get(name);
}

export function pointerTo(target: Type): Type {
  return { kind: 'pointer', sign: '*', size: 8, target: () => target };
}

export function arrayOf(element: Type, count: number): Type {
  return { kind: 'array', element, count: { kind: 'fixed', count } };
}
