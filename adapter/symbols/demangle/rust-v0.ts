import { NotAName } from './v0-reader.ts';
import { V0Printer } from './v0-printer.ts';

/**
 * The path that a symbol of Rust's v0 mangling (RFC 2603) stands for, as rustc-demangle's `{:#}` writes it: without the hashes
 * that tell crates apart and the types of constants. Of what the compiler adds to a clone `.cold` is kept and `.llvm.123` left
 * out. Undefined for any other name, and for a damaged one.
 */
export function rustV0Name(symbol: string): string | undefined {
  // A digit here is the version of an encoding that is yet to come.
  if (!/^_R[A-Z][\x21-\x7e]*$/.test(symbol)) return undefined;
  try {
    const printer = new V0Printer(symbol.slice(2));
    printer.symbol();
    const suffix = printer.rest.replace(/\.llvm\.[\dA-F@]+(?=\.|$)/, '');
    return suffix === '' || suffix.startsWith('.') ? printer.text + suffix : undefined;
  } catch (error) {
    if (error instanceof NotAName) return undefined;
    throw error;
  }
}
