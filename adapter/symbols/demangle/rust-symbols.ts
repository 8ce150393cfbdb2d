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
   * The symbols of a path, which may leave out its first parts, such as the crate's name, and the generic arguments at its end:
   * then they are those of all instances.
   */
  named(path: string): ElfSymbol[] {
    const alike = this.byLastPart.get(lastPart(withoutArguments(path))) ?? [];
    const isMeant = (name: string): boolean => name === path || name.endsWith(`::${path}`);
    return alike.filter(({ name }) => isMeant(name) || isMeant(withoutArguments(name))).map(({ symbol }) => symbol);
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
