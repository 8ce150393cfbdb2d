import { ExpressionError, type Span } from './expression-error.ts';

/** A piece of an expression's text (C17, 6.4, with additions for Rust and for debuggers). */
export type Token = TokenContent & {
  readonly span: Span;
  /** Macros that must not be expanded in it again: it came from them. */
  readonly hidden?: ReadonlySet<string>;
};

export type TokenContent =
  /** As written: prefixes and suffixes are the parser's matter. */
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'character'; readonly bytes: readonly number[]; readonly text: string }
  | { readonly kind: 'string'; readonly bytes: readonly number[]; readonly text: string }
  | { readonly kind: 'name'; readonly text: string }
  /** `$name`, without the dollar. */
  | { readonly kind: 'register'; readonly text: string }
  /** The source file before `::`; its text ends without the colons. */
  | { readonly kind: 'file'; readonly text: string }
  | { readonly kind: 'punctuator'; readonly text: string }
  | { readonly kind: 'end'; readonly text: '' };

/** The longest first: the first that fits is taken. */
const PUNCTUATORS = [
  '<<=', '>>=', '...', '..', '->', '++', '--', '<<', '>>', '<=', '>=', '==', '!=', '&&', '||', '::', '+=', '-=', '*=',
  '/=', '%=', '&=', '|=', '^=', '##', '+', '-', '*', '/', '%', '&', '|', '^', '~', '!', '<', '>', '=', '?', ':', ',',
  '.', '(', ')', '[', ']', '{', '}', '@', ';', '#',
]; // prettier-ignore

const SPACE = /\s+/y;
/** A number as the preprocessor knows it, but `1..2` is two numbers and a range, and `.0` after an operand a member. */
const NUMBER =
  /(?:0[xX][\da-fA-F']*(?:\.(?!\.)[\da-fA-F]*)?(?:[pP][+-]?\d+)?|\d[\d']*(?:\.(?![._A-Za-z])\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)\w*/y;
const MEMBER_NUMBER = /\d+/y;
const NAME = /[A-Za-z_]\w*/y;
const REGISTER = /\$([A-Za-z_]\w*)/y;
const FILE = /([\w-]+(?:\.\w+)+)::/y;
const QUOTED_FILE = /'([^'\n]{2,})'::/y;
const CHARACTER = /(?:[LuU]|u8)?'((?:[^'\\\n]|\\.)+)'/y;
const STRING = /(?:[LuU]|u8)?"((?:[^"\\\n]|\\.)*)"/y;

/** The tokens of a text, the last one of kind `end`. Throws ExpressionError at what is no token. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const match = (pattern: RegExp, at: number): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text) ?? undefined;
  };
  for (let at = 0; at < text.length;) {
    const space = match(SPACE, at);
    if (space !== undefined) {
      at += space[0].length;
      continue;
    }
    const found = tokenAt(text, at, tokens.at(-1), match);
    tokens.push(found);
    at = found.span.end;
  }
  tokens.push({ kind: 'end', text: '', span: { start: text.length, end: text.length + 1 } });
  return tokens;
}

function tokenAt(
  text: string,
  at: number,
  previous: Token | undefined,
  match: (pattern: RegExp, at: number) => RegExpExecArray | undefined,
): Token {
  const token = (content: TokenContent, length: number): Token => ({
    ...content,
    span: { start: at, end: at + length },
  });
  const isMember = previous?.kind === 'punctuator' && previous.text === '.';
  if (isMember) {
    const number = match(MEMBER_NUMBER, at);
    if (number !== undefined) return token({ kind: 'name', text: number[0] }, number[0].length);
  }
  const file = match(FILE, at) ?? match(QUOTED_FILE, at);
  if (file !== undefined && !isMember) return token({ kind: 'file', text: file[1] ?? '' }, file[0].length);
  const character = match(CHARACTER, at);
  if (character !== undefined) {
    const bytes = unescape(character[1] ?? '', { start: at, end: at + character[0].length });
    return token({ kind: 'character', bytes, text: character[0] }, character[0].length);
  }
  const string = match(STRING, at);
  if (string !== undefined) {
    const bytes = unescape(string[1] ?? '', { start: at, end: at + string[0].length });
    return token({ kind: 'string', bytes, text: string[0] }, string[0].length);
  }
  const endsOperand = previous?.kind === 'name' || (previous?.kind === 'punctuator' && /^[)\]]$/.test(previous.text));
  if (!(text[at] === '.' && endsOperand)) {
    const number = match(NUMBER, at);
    if (number !== undefined) return token({ kind: 'number', text: number[0] }, number[0].length);
  }
  const name = match(NAME, at);
  if (name !== undefined) return token({ kind: 'name', text: name[0] }, name[0].length);
  const register = match(REGISTER, at);
  if (register !== undefined) return token({ kind: 'register', text: register[1] ?? '' }, register[0].length);
  const punctuator = PUNCTUATORS.find((one) => text.startsWith(one, at));
  if (punctuator !== undefined) return token({ kind: 'punctuator', text: punctuator }, punctuator.length);
  const span = { start: at, end: at + 1 };
  if (text[at] === '"' || text[at] === "'") throw new ExpressionError('This quotation has no end.', span);
  throw new ExpressionError(`"${text[at] ?? ''}" has no meaning in an expression.`, span);
}

const ESCAPES: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['b', 8],
  ['e', 27],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
]);

/** The bytes that the inside of a quotation stands for, in UTF-8 (C17, 6.4.4.4). */
function unescape(inside: string, span: Span): number[] {
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  for (const [part, octal, hexadecimal, simple] of inside.matchAll(/\\([0-7]{1,3})|\\x([\da-fA-F]+)|\\(.)|[^\\]+/gs)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8) & 0xff);
    else if (hexadecimal !== undefined) bytes.push(Number.parseInt(hexadecimal.slice(-2), 16));
    else if (simple !== undefined) {
      const byte = ESCAPES.get(simple) ?? (/[\\'"?]/.test(simple) ? simple.charCodeAt(0) : undefined);
      if (byte === undefined) throw new ExpressionError(`There is no escape "\\${simple}".`, span);
      bytes.push(byte);
    } else bytes.push(...encoder.encode(part));
  }
  return bytes;
}
