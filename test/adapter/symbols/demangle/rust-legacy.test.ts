import assert from 'node:assert/strict';
import { demangled } from '../../../../adapter/symbols/demangle/demangle.ts';

describe('a symbol of Rust in the legacy mangling', () => {
  const cases = [
    ['_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE', 'core::fmt::Write::write_fmt'],
    [
      '_ZN5alloc5slice64_$LT$impl$u20$alloc..borrow..ToOwned$u20$for$u20$$u5b$T$u5d$$GT$8to_owned17h924ef2e3764da56eE',
      'alloc::slice::<impl alloc::borrow::ToOwned for [T]>::to_owned',
    ],
    [
      '_ZN60_$LT$alloc..string..String$u20$as$u20$core..clone..Clone$GT$5clone17hf0f0f0f0f0f0f0f0E.llvm.42',
      '<alloc::string::String as core::clone::Clone>::clone',
    ],
    ['_ZN3foo3barEv', '_ZN3foo3barEv'],
    ['_ZN99zE', '_ZN99zE'],
    ['_ZN', '_ZN'],
    ['main', 'main'],
  ] as const;
  for (const [symbol, name] of cases) {
    it(`${symbol} is ${name}`, () => {
      assert.equal(demangled(symbol), name);
    });
  }
});
