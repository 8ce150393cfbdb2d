import { NotAName, type V0Reader } from './v0-reader.ts';

/** Literals of constants in the v0 mangling (`<const-data>`), as Rust writes them. Without the types, whose tags were read. */

/** Its digits, without a sign; in hexadecimal when it is wider than 64 bits. */
export function integerLiteral(reader: V0Reader): string {
  const nibbles = significant(reader);
  return nibbles.length > 16 ? `0x${nibbles}` : String(BigInt(`0x0${nibbles}`));
}

export function booleanLiteral(reader: V0Reader): string {
  const value = smallNumber(reader);
  if (value > 1) throw new NotAName();
  return value === 1 ? 'true' : 'false';
}

export function characterLiteral(reader: V0Reader): string {
  const value = smallNumber(reader);
  if (value > 0x10_ffff || (value >= 0xd800 && value < 0xe000)) throw new NotAName();
  return quoted(String.fromCodePoint(value), "'");
}

/** Mangled as its bytes in UTF-8, two digits each. */
export function stringLiteral(reader: V0Reader): string {
  const nibbles = reader.nibbles();
  if (nibbles.length % 2 !== 0) throw new NotAName();
  const bytes = Uint8Array.from(nibbles.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
  try {
    return quoted(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), '"');
  } catch {
    throw new NotAName();
  }
}

function smallNumber(reader: V0Reader): number {
  const nibbles = significant(reader);
  if (nibbles.length > 8) throw new NotAName();
  return Number(`0x0${nibbles}`);
}

function significant(reader: V0Reader): string {
  return reader.nibbles().replace(/^0+/, '');
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\0', '\\0'],
  ['\t', '\\t'],
  ['\r', '\\r'],
  ['\n', '\\n'],
  ['\\', '\\\\'],
]);

/** As Rust's `escape_debug` writes it. */
function quoted(text: string, quote: '"' | "'"): string {
  const characters = Array.from(text, (character) => {
    if (character === quote) return `\\${quote}`;
    const isShown = character === ' ' || !/[\p{C}\p{Z}\p{Grapheme_Extend}]/u.test(character);
    return ESCAPES.get(character) ?? (isShown ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
  });
  return `${quote}${characters.join('')}${quote}`;
}
