/** What stands for characters that a linker's names may not have (Rust, "legacy" mangling). */
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['SP', '@'],
  ['BP', '*'],
  ['RF', '&'],
  ['LT', '<'],
  ['GT', '>'],
  ['LP', '('],
  ['RP', ')'],
  ['C', ','],
]);

/** The last part of a path: a hash that tells copies of a function apart. */
const HASH = /^h[\da-f]{16}$/;

/**
 * The path that a symbol of Rust's "legacy" mangling stands for: `_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE` is
 * `core::fmt::Write::write_fmt`. Undefined for any other name. What the compiler adds to a clone (`.llvm.123`) is left out.
 */
export function legacyRustName(symbol: string): string | undefined {
  const parts = symbol.startsWith('_ZN') ? pathOf(symbol, 3) : undefined;
  if (parts === undefined || !HASH.test(parts.at(-1) ?? '')) return undefined;
  return parts.slice(0, -1).map(unescaped).join('::');
}

/** The parts of a path, each behind its length; undefined when it does not end as it must. */
function pathOf(symbol: string, start: number): string[] | undefined {
  const parts: string[] = [];
  for (let at = start; symbol[at] !== 'E';) {
    const digits = /^\d+/.exec(symbol.slice(at, at + 6))?.[0];
    if (digits === undefined) return undefined;
    const end = at + digits.length + Number(digits);
    if (end >= symbol.length) return undefined;
    parts.push(symbol.slice(at + digits.length, end));
    at = end;
  }
  return parts;
}

function unescaped(part: string): string {
  // A name may not begin with what an escape begins with.
  return part
    .replace(/^_(?=\$)/, '')
    .replaceAll('..', '::')
    .replace(/\$(?:u([\da-f]{1,6})|([A-Z]{1,2}))\$/g, (whole, code: string | undefined, name: string | undefined) => {
      if (code !== undefined) return String.fromCodePoint(Math.min(Number.parseInt(code, 16), 0x10ffff));
      return ESCAPES.get(name ?? '') ?? whole;
    });
}
