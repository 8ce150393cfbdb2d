import { RequestFailure } from '../failure.ts';

/**
 * Expressions of the debug console over registers, symbols, memory and 64-bit integers. Precedence and associativity are
 * C's; everything is unsigned. The expressions of C with types are another matter (adapter/symbols).
 */
export type Expression =
  | { readonly kind: 'number'; readonly value: bigint }
  /** A register, CSR or symbol. `column` counts from 0. */
  | { readonly kind: 'name'; readonly name: string; readonly column: number }
  | { readonly kind: 'address-of'; readonly name: string; readonly column: number }
  | { readonly kind: 'load'; readonly width: LoadWidth; readonly address: Expression; readonly column: number }
  | { readonly kind: 'unary'; readonly operator: '-' | '~'; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly column: number;
    };

/** Bytes that a load reads. */
export type LoadWidth = 1 | 2 | 4 | 8;

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>';

const PRECEDENCE: Readonly<Record<BinaryOperator, number>> = {
  '|': 1,
  '^': 2,
  '&': 3,
  '<<': 4,
  '>>': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '%': 6,
};

const WIDTHS: Readonly<Record<string, LoadWidth>> = { u8: 1, u16: 2, u32: 4, u64: 8 };

interface Token {
  readonly text: string;
  readonly column: number;
}

/** Deeper nesting than this is nobody's expression; it bounds the parser's recursion. */
const DEEPEST_NESTING = 200;

/** Throws a RequestFailure that names the column, counted from 1. */
export function parseExpression(text: string): Expression {
  return new Parser(text).parse();
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #position = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokensOf(text);
  }

  parse(): Expression {
    if (this.#tokens.length === 0) throw new RequestFailure('There is no expression.');
    const expression = this.#binary(0);
    const rest = this.#tokens[this.#position];
    if (rest !== undefined) this.#fail(`"${rest.text}" is not expected here`, rest.column);
    return expression;
  }

  #binary(above: number): Expression {
    let left = this.#unary();
    for (;;) {
      const token = this.#tokens[this.#position];
      const operator = token && binaryOperator(token.text);
      if (token === undefined || operator === undefined || PRECEDENCE[operator] <= above) return left;
      this.#position++;
      const right = this.#binary(PRECEDENCE[operator]);
      left = { kind: 'binary', operator, left, right, column: token.column };
    }
  }

  #unary(): Expression {
    if (++this.#depth > DEEPEST_NESTING) this.#fail('the expression is nested too deeply', 0);
    try {
      const token = this.#next();
      switch (token.text) {
        case '-':
        case '~':
          return { kind: 'unary', operator: token.text, operand: this.#unary() };
        case '*':
          return this.#load(token);
        case '&': {
          const name = this.#next();
          if (!isName(name.text)) this.#fail('"&" wants the name of a symbol', name.column);
          return { kind: 'address-of', name: name.text, column: name.column };
        }
        case '(': {
          const inner = this.#binary(0);
          const close = this.#next();
          if (close.text !== ')') this.#fail('a ")" is missing', close.column);
          return inner;
        }
        default:
          return this.#primary(token);
      }
    } finally {
      this.#depth--;
    }
  }

  #load(star: Token): Expression {
    const ahead = this.#tokens[this.#position];
    const width = ahead === undefined ? undefined : WIDTHS[ahead.text];
    if (width !== undefined) this.#position++;
    return { kind: 'load', width: width ?? 8, address: this.#unary(), column: star.column };
  }

  #primary({ text, column }: Token): Expression {
    if (/^\d/.test(text)) {
      if (!/^(0x[0-9a-f]+|\d+)$/i.test(text)) this.#fail(`"${text}" is no number`, column);
      const value = BigInt(text);
      if (value >= 1n << 64n) this.#fail(`"${text}" does not fit 64 bits`, column);
      return { kind: 'number', value };
    }
    if (!isName(text)) this.#fail(`"${text}" is not expected here`, column);
    return { kind: 'name', name: text, column };
  }

  #next(): Token {
    const token = this.#tokens[this.#position];
    if (token === undefined) this.#fail('the expression ends too early', this.#text.length);
    this.#position++;
    return token;
  }

  #fail(reason: string, column: number): never {
    throw new RequestFailure(`In "${this.#text}", column ${column + 1}: ${reason}.`);
  }
}

function binaryOperator(text: string): BinaryOperator | undefined {
  return Object.hasOwn(PRECEDENCE, text) ? (text as BinaryOperator) : undefined;
}

function isName(text: string): boolean {
  return /^[$A-Za-z_.]/.test(text);
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(/\s+|[$A-Za-z_.][\w.$]*|\d\w*|<<|>>|./gu)) {
    if (match[0].trim() !== '') tokens.push({ text: match[0], column: match.index });
  }
  return tokens;
}
