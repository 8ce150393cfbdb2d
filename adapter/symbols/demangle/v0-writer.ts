import { NotAName, V0Reader } from './v0-reader.ts';

/** As rustc-demangle bounds it: how deep paths, types and constants may be within each other. */
const DEEPEST = 500;
/** Characters of a name. Back references can make a short symbol stand for an endless one. */
const LONGEST = 0x1_0000;
/** Paths, types and constants that are read for a name, those again that back references name. */
const MOST_READ = 0x1_0000;

/**
 * What the productions of the v0 mangling are written with: a text that grows while the symbol is read, parts of it again for
 * back references, and parts without being written. All throw NotAName beyond the bounds of a name.
 */
export abstract class V0Writer {
  protected readonly reader: V0Reader;
  private written = '';
  /** Within what is read, but not written. */
  private isSkipping = false;
  private depth = 0;
  private read = 0;
  /** Lifetimes that the binders around have named. */
  private boundLifetimes = 0;

  /** `text` is the symbol behind its `_R`. */
  constructor(text: string) {
    this.reader = new V0Reader(text);
  }

  get text(): string {
    return this.written;
  }

  /** What of the symbol was not read. */
  get rest(): string {
    return this.reader.rest;
  }

  protected tuple(item: () => void): void {
    this.write('(');
    const count = this.list(', ', item);
    this.write(count === 1 ? ',)' : ')');
  }

  /** Items up to an `E`; how many. */
  protected list(separator: string, item: () => void): number {
    let count = 0;
    for (; !this.reader.eat('E'); count++) {
      if (count > 0) this.write(separator);
      item();
    }
    return count;
  }

  /** What stands behind `[<binder>]`: `for<'a, 'b> ` names lifetimes in it. */
  protected bound(inner: () => void): void {
    const count = Number(this.reader.optionalBase62('G'));
    const outside = this.boundLifetimes;
    if (this.isSkipping) {
      inner();
      return;
    }
    if (count > LONGEST) throw new NotAName();
    this.boundLifetimes += count;
    const names = Array.from({ length: count }, (_, index) => lifetimeName(outside + index));
    if (count > 0) this.write(`for<${names.join(', ')}> `);
    inner();
    this.boundLifetimes = outside;
  }

  /** A lifetime that is not erased, with what stands around it. */
  protected ofLifetime(index: number, before: string, behind: string): void {
    if (index === 0) return;
    this.write(before);
    this.lifetime(index);
    this.write(behind);
  }

  /** `index` is 0 for one that is erased, else counts bound ones from the innermost out (de Bruijn). */
  protected lifetime(index: number): void {
    if (this.isSkipping) return;
    if (index > this.boundLifetimes) throw new NotAName();
    this.write(index === 0 ? "'_" : lifetimeName(this.boundLifetimes - index));
  }

  /** Reads again what stands further in front. */
  protected backReference<T>(target: () => T): T | undefined {
    const { reader } = this;
    const tag = reader.position - 1;
    const to = Number(reader.base62());
    if (to >= tag) throw new NotAName();
    if (this.isSkipping) return undefined;
    const behind = reader.position;
    reader.position = to;
    const result = target();
    reader.position = behind;
    return result;
  }

  protected skipped(inner: () => void): void {
    const before = this.isSkipping;
    this.isSkipping = true;
    inner();
    this.isSkipping = before;
  }

  protected within<T>(inner: () => T): T {
    if (++this.depth > DEEPEST || ++this.read > MOST_READ) throw new NotAName();
    const result = inner();
    this.depth--;
    return result;
  }

  protected write(text: string): void {
    if (this.isSkipping) return;
    this.written += text;
    if (this.written.length > LONGEST) throw new NotAName();
  }
}

function lifetimeName(depth: number): string {
  return depth < 26 ? `'${String.fromCharCode(0x61 + depth)}` : `'_${depth}`;
}
