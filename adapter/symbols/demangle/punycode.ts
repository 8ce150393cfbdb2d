/** Bootstring's parameters for Punycode (RFC 3492, section 5). */
const BASE = 36;
const TMIN = 1;
const TMAX = 26;
const SKEW = 38;
const DAMP = 700;
const INITIAL_BIAS = 72;
const INITIAL_N = 0x80;

/** Longer identifiers are not decoded: each code point is inserted into those before. */
const LONGEST = 1024;

/**
 * The identifier that Rust wrote as its ASCII characters and, behind them, where to insert which others (RFC 3492; digits are
 * a-z and 0-9, in lower case). Undefined when the text is damaged or longer than any name.
 */
export function decodePunycode(ascii: string, insertions: string): string | undefined {
  if (ascii.length + insertions.length > LONGEST) return undefined;
  const points = Array.from(ascii, (character) => character.codePointAt(0) ?? 0);
  let n = INITIAL_N;
  let bias = INITIAL_BIAS;
  let i = 0;
  for (let at = 0; at < insertions.length;) {
    const before = i;
    for (let weight = 1, k = BASE; ; k += BASE) {
      const digit = digitOf(insertions[at++] ?? '');
      if (digit === undefined) return undefined;
      i += digit * weight;
      const threshold = Math.min(Math.max(k - bias, TMIN), TMAX);
      if (digit < threshold) break;
      weight *= BASE - threshold;
      if (!Number.isSafeInteger(weight * BASE)) return undefined;
    }
    const length = points.length + 1;
    bias = adapted(i - before, length, before === 0);
    n += Math.floor(i / length);
    i %= length;
    if (n > 0x10_ffff || (n >= 0xd800 && n < 0xe000)) return undefined;
    points.splice(i++, 0, n);
  }
  return String.fromCodePoint(...points);
}

function digitOf(character: string): number | undefined {
  if (/^[a-z]$/.test(character)) return character.charCodeAt(0) - 0x61;
  return /^\d$/.test(character) ? Number(character) + 26 : undefined;
}

/** RFC 3492, section 6.1. */
function adapted(delta: number, length: number, isFirst: boolean): number {
  let rest = isFirst ? Math.floor(delta / DAMP) : Math.floor(delta / 2);
  rest += Math.floor(rest / length);
  let k = 0;
  for (; rest > ((BASE - TMIN) * TMAX) / 2; k += BASE) rest = Math.floor(rest / (BASE - TMIN));
  return k + Math.floor(((BASE - TMIN + 1) * rest) / (rest + SKEW));
}
