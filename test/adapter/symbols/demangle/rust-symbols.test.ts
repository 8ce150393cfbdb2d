import assert from 'node:assert/strict';
import { RustSymbols } from '../../../../adapter/symbols/demangle/rust-symbols.ts';
import type { ElfSymbol } from '../../../../adapter/symbols/elf/symbol-table.ts';

const NAMES = {
  push: '_RNvMs_NtC5alloc3vecINtB4_3VechE4push',
  fmt: '_RNvXs_NtC5alloc3vecINtB4_3VecmENtNtC4core3fmt5Debug3fmt',
  read: '_RINvNtC4core3ptr4readhEC1a',
  readPointer: '_RINvNtC4core3ptr4readFhEmEC1a',
  closure: '_RNCNvC1a3run0',
  cold: '_RNvC1a3run.cold',
  legacy: '_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE',
  c: 'read',
} as const;

type Key = keyof typeof NAMES;

describe('the symbols of Rust by their paths', () => {
  const symbols = new RustSymbols(
    Object.values(NAMES).map((name, address): ElfSymbol => {
      return { name, address, size: 4, type: 'function', binding: 'local', section: 1, file: undefined };
    }),
  );
  const cases: readonly (readonly [path: string, symbols: readonly Key[]])[] = [
    ['<alloc::vec::Vec<u8>>::push', ['push']],
    ['alloc::vec::Vec::push', ['push']],
    ['Vec::push', ['push']],
    ['push', ['push']],
    ['<alloc::vec::Vec<u32> as core::fmt::Debug>::fmt', ['fmt']],
    ['Vec::fmt', ['fmt']],
    ['core::ptr::read::<u8>', ['read']],
    ['core::ptr::read::<fn(u8) -> u32>', ['readPointer']],
    ['core::ptr::read', ['read', 'readPointer']],
    ['ptr::read', ['read', 'readPointer']],
    ['a::run::{closure#0}', ['closure']],
    ['a::run', []],
    ['Write::write_fmt', ['legacy']],
    ['tr::read', []],
    ['ec::push', []],
    ['', []],
    ['>', []],
    ['<', []],
  ];
  for (const [path, expected] of cases) {
    it(`"${path}" means ${expected.length === 0 ? 'none' : expected.join(' and ')}`, () => {
      assert.deepEqual(
        symbols.named(path).map(({ name }) => name),
        expected.map((key) => NAMES[key]),
      );
    });
  }
});
