import type { ElfSymbol } from '../elf/symbol-table.ts';
import { demangled } from './demangle.ts';

interface NamedSymbol {
  readonly symbol: ElfSymbol;
  readonly name: string;
}

/** The symbols of Rust by the paths that they stand for, for functions and variables that nothing else describes. */
export class RustSymbols {
  /** By the last part of their paths. */
  private readonly byLastPart = new Map<string, NamedSymbol[]>();

  constructor(symbols: Iterable<ElfSymbol>) {
    for (const symbol of symbols) {
      const name = demangled(symbol.name);
      if (name === symbol.name) continue;
      const part = lastPart(withoutArguments(name));
      const alike = this.byLastPart.get(part) ?? [];
      this.byLastPart.set(part, alike);
      alike.push({ symbol, name });
    }
  }

  /**
   * The symbols of a path, which may leave out its first parts, such as the crate's name, and generic arguments, those at its end or
   * all: then they are those of all instances. What a type implements may be named as it is called, `Vec::push`.
   */
  named(path: string): ElfSymbol[] {
    const alike = this.byLastPart.get(lastPart(withoutArguments(path))) ?? [];
    const isMeant = (name: string): boolean => name === path || name.endsWith(`::${path}`);
    return alike
      .filter(({ name }) => isMeant(name) || isMeant(withoutArguments(name)) || isMeant(asCalled(name)))
      .map(({ symbol }) => symbol);
  }
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf(':') + 1);
}

/** A path without the generic arguments of its last part: `core::ptr::read::<u8>` is `core::ptr::read`. */
function withoutArguments(path: string): string {
  if (!path.endsWith('>')) return path;
  let depth = 0;
  for (let at = path.length - 1; at > 1; at--) {
    // The arrow of a function's type closes nothing.
    if (path[at] === '>' && path[at - 1] !== '-') depth++;
    if (path[at] === '<' && --depth === 0) return path.startsWith('::', at - 2) ? path.slice(0, at - 2) : path;
  }
  return path;
}

/**
 * A path as a call is written, without any generic arguments: `<alloc::vec::Vec<u32> as core::fmt::Debug>::fmt` is
 * `alloc::vec::Vec::fmt`.
 */
function asCalled(path: string): string {
  if (!path.startsWith('<')) return withoutAnyArguments(path);
  const end = closingBracket(path, 0);
  const [type = ''] = splitAt(path.slice(1, end), ' as ');
  return asCalled(type) + withoutAnyArguments(path.slice(end + 1));
}

function withoutAnyArguments(path: string): string {
  const open = path.indexOf('<');
  if (open < 0) return path;
  const before = path.slice(0, open);
  return (
    (before.endsWith('::') ? before.slice(0, -2) : before) +
    withoutAnyArguments(path.slice(closingBracket(path, open) + 1))
  );
}

/** What stands before and behind a separator that is in no brackets. */
function splitAt(path: string, separator: string): readonly string[] {
  for (let at = 0; at < path.length; at++) {
    if (path[at] === '<') at = closingBracket(path, at);
    else if (path.startsWith(separator, at)) return [path.slice(0, at), path.slice(at + separator.length)];
  }
  return [path];
}

/** Where the bracket that opens at a place is closed; the end of a path that does not. */
function closingBracket(path: string, open: number): number {
  let depth = 0;
  for (let at = open; at < path.length; at++) {
    if (path[at] === '<') depth++;
    // The arrow of a function's type closes nothing.
    else if (path[at] === '>' && path[at - 1] !== '-' && --depth === 0) return at;
  }
  return path.length;
}
