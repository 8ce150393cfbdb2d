import { ExpressionError, type Span } from './expression-error.ts';
import type { Token } from './token.ts';

/** Tokens as a parser goes through them. */
export class TokenStream {
  protected at = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  protected get token(): Token {
    return this.tokenAt(this.at);
  }

  protected tokenAt(at: number): Token {
    const token = this.tokens[Math.min(at, this.tokens.length - 1)];
    if (token === undefined) throw new Error('A list of tokens without an end.');
    return token;
  }

  protected next(): Token {
    const { token } = this;
    this.at++;
    return token;
  }

  protected get lastSpan(): Span {
    return this.tokenAt(Math.max(0, this.at - 1)).span;
  }

  protected isAt(text: string, ahead = 0): boolean {
    const token = this.tokenAt(this.at + ahead);
    return token.kind === 'punctuator' && token.text === text;
  }

  protected skip(text: string): boolean {
    if (!this.isAt(text)) return false;
    this.at++;
    return true;
  }

  protected expect(text: string): void {
    if (!this.skip(text)) throw this.unexpected(`"${text}" is expected here`);
  }

  protected unexpected(wanted?: string): ExpressionError {
    const { token } = this;
    if (token.kind === 'end') {
      return new ExpressionError(
        `The expression ends too early${wanted === undefined ? '' : `: ${wanted}`}.`,
        token.span,
      );
    }
    if (token.hidden !== undefined) {
      const names = [...token.hidden].join(', ');
      return new ExpressionError(`The macro ${names} is no expression: "${token.text}" stands in it.`, token.span);
    }
    return new ExpressionError(
      wanted === undefined ? `"${token.text}" is not expected here.` : `${wanted}, not "${token.text}".`,
      token.span,
    );
  }

  /** `a::b::c`. */
  protected path(): string[] {
    this.skip('::');
    const path: string[] = [];
    do {
      const token = this.next();
      if (token.kind !== 'name') {
        this.at--;
        throw this.unexpected('a name is expected here');
      }
      path.push(token.text);
    } while (this.skip('::'));
    return path;
  }
}
