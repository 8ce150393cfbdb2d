import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { guestCache } from './linux.ts';
import path from 'node:path';

const script = fileURLToPath(new URL('rust/build.sh', import.meta.url));

/** Debian's rustc, and the source of the libraries that have to be compiled for the machine. */
const needed = ['/usr/bin/rustc', '/usr/lib/rustlib/src/rust/library/core/src/lib.rs', '/usr/bin/llc-14'];

/** How a program in Rust is compiled. */
export interface RustOptions {
  readonly optimization: 0 | 2;
  readonly dwarf: 4 | 5;
}

/** Skips the running test or suite, with a word on stderr, where programs in Rust cannot be built. */
export function requireRust(context: Mocha.Context): void {
  const missing = needed.filter((file) => !existsSync(file));
  if (missing.length === 0) return;
  const title = context.currentTest?.fullTitle() ?? context.test?.fullTitle() ?? 'a test';
  console.error(`SKIPPED ${title}: no ${missing.join(', ')}; install Debian's rustc, rust-src and llvm-14`);
  context.skip();
}

/** Builds a program of `rust/`, by its name, into an ELF file; `more` are further options of rustc. */
export function buildRust(
  name: string,
  elf: string,
  { optimization, dwarf }: RustOptions,
  more: readonly string[] = [],
): void {
  const source = fileURLToPath(new URL(`rust/${name}.rs`, import.meta.url));
  execFileSync(script, [source, elf, '-C', `opt-level=${optimization}`, ...more], {
    env: { ...process.env, RETROGRADE_CACHE: path.dirname(guestCache), DWARF: String(dwarf) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
