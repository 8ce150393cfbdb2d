import { decodePunycode } from './punycode.ts';

/** The text is no name of the v0 mangling, or one that asks for more than any name needs. */
export class NotAName extends Error {}

/** What the hash of a crate may be. */
const LARGEST = (1n << 64n) - 1n;

/** Reads the terminals of Rust's v0 mangling (RFC 2603): tags, numbers and identifiers. Everything throws NotAName. */
export class V0Reader {
  /** What is read next: a place in `text`, which back references count in. */
  position = 0;

  /** `text` is the symbol behind its `_R`. */
  constructor(private readonly text: string) {}

  get rest(): string {
    return this.text.slice(this.position);
  }

  peek(): string {
    return this.text[this.position] ?? '';
  }

  next(): string {
    const character = this.peek();
    if (character === '') throw new NotAName();
    this.position++;
    return character;
  }

  /** Whether the next character is this one, which then is read. */
  eat(character: string): boolean {
    const isNext = this.peek() === character;
    if (isNext) this.position++;
    return isNext;
  }

  expect(character: string): void {
    if (!this.eat(character)) throw new NotAName();
  }

  /** `<base-62-number>`: `_` is 0, and digits before it one less than the number. */
  base62(): bigint {
    if (this.eat('_')) return 0n;
    let value = 0n;
    while (!this.eat('_')) {
      value = value * 62n + digit62(this.next());
      if (value >= LARGEST) throw new NotAName();
    }
    return value + 1n;
  }

  /** A number that is 0 when its tag is not there: `<disambiguator>` (s), `<binder>` (G). */
  optionalBase62(tag: string): bigint {
    return this.eat(tag) ? this.base62() + 1n : 0n;
  }

  /** `<undisambiguated-identifier>`: its length, and its bytes, in Punycode behind a `u`. */
  identifier(): string {
    const isPunycode = this.eat('u');
    const digits = /^(?:0|[1-9]\d{0,8})/.exec(this.text.slice(this.position, this.position + 9))?.[0];
    if (digits === undefined) throw new NotAName();
    this.position += digits.length;
    // Where the name itself begins with a digit or this.
    this.eat('_');
    const end = this.position + Number(digits);
    if (end > this.text.length) throw new NotAName();
    const name = this.text.slice(this.position, end);
    this.position = end;
    if (!isPunycode) return name;
    const split = name.lastIndexOf('_');
    const decoded =
      split === name.length - 1 ? undefined : decodePunycode(name.slice(0, Math.max(split, 0)), name.slice(split + 1));
    if (decoded === undefined) throw new NotAName();
    return decoded;
  }

  /** The digits of `<const-data>`: hexadecimal, up to its `_`. */
  nibbles(): string {
    const start = this.position;
    while (!this.eat('_')) if (!/^[\da-f]$/.test(this.next())) throw new NotAName();
    return this.text.slice(start, this.position - 1);
  }
}

function digit62(character: string): bigint {
  const digit = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'.indexOf(character);
  if (digit < 0) throw new NotAName();
  return BigInt(digit);
}
