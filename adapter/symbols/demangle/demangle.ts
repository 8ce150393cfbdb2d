import { legacyRustName } from './rust-legacy.ts';
import { rustV0Name } from './rust-v0.ts';

/**
 * The path that a symbol of Rust stands for, in either of Rust's manglings, without the hashes that tell crates apart:
 * `_RNvCs1234_4core3add` is `core::add`. Any other name, and a damaged one, is given back as it is.
 */
export function demangled(symbol: string): string {
  return legacyRustName(symbol) ?? rustV0Name(symbol) ?? symbol;
}
