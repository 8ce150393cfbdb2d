import type { QualifiedType, Type } from '../types/type.ts';
import { arrayOf, pointerTo, rustType, TYPE_WORDS, typeOfWords } from './c-types.ts';
import { ExpressionError, spanning } from './expression-error.ts';
import { numberLiteral } from './number-literal.ts';
import type { Syntax } from './syntax.ts';
import { TokenStream } from './token-stream.ts';
import type { Token } from './token.ts';
import type { TypeKeyword, TypeTable } from './type-table.ts';

type Qualifier = QualifiedType['qualifier'];

const QUALIFIERS: ReadonlyMap<string, Qualifier> = new Map([
  ['const', 'const'],
  ['volatile', 'volatile'],
  ['__volatile__', 'volatile'],
  ['restrict', 'restrict'],
  ['_Atomic', '_Atomic'],
]);
const KEYWORDS: ReadonlyMap<string, TypeKeyword> = new Map([
  ['struct', 'struct'],
  ['class', 'struct'],
  ['union', 'union'],
  ['enum', 'enum'],
]);
const TYPEOF: ReadonlySet<string> = new Set(['typeof', '__typeof__', '__typeof']);

/** The part of the parser that reads names of types. */
export abstract class TypeParser extends TokenStream {
  constructor(
    tokens: readonly Token[],
    protected readonly types: TypeTable,
  ) {
    super(tokens);
  }

  /** An expression of operators that bind more tightly than `power`. */
  protected abstract expression(power: number): Syntax;

  /** Whether a type's name begins at a token. */
  protected startsType(ahead: number): boolean {
    const token = this.tokenAt(this.at + ahead);
    if (token.kind !== 'name') return false;
    const { text } = token;
    if (KEYWORDS.has(text)) return this.tokenAt(this.at + ahead + 1).kind === 'name';
    if (TYPE_WORDS.has(text) || QUALIFIERS.has(text) || TYPEOF.has(text)) return !this.types.isVariable(text);
    if (this.types.isVariable(text)) return false;
    const path = [text];
    for (let at = ahead + 1; this.isAt('::', at); at += 2) path.push(this.tokenAt(this.at + at + 1).text);
    return this.plainType(path.join('::')) !== undefined;
  }

  private plainType(path: string): Type | undefined {
    return this.types.typeNamed('plain', path) ?? rustType(path);
  }

  /** A type without a declared name (C17, 6.7.7): `const struct page *`, `int (*)[4]`, or Rust's `*const T`. */
  protected typeName(): Type {
    const { token } = this;
    if (token.kind === 'punctuator' && (token.text === '*' || token.text === '&')) {
      this.next();
      if (this.token.text === 'const' || this.token.text === 'mut') this.next();
      return pointerTo(this.typeName());
    }
    return this.declarator(this.specifiers());
  }

  private specifiers(): Type {
    const start = this.token.span;
    const words: string[] = [];
    const qualifiers: Qualifier[] = [];
    let found: Type | undefined;
    for (;;) {
      const { token } = this;
      if (token.kind !== 'name') break;
      const qualifier = QUALIFIERS.get(token.text);
      if (qualifier !== undefined) {
        qualifiers.push(qualifier);
        this.next();
      } else if (TYPE_WORDS.has(token.text) && found === undefined) {
        words.push(token.text);
        this.next();
      } else if (found === undefined && words.length === 0) {
        found = this.specifier();
      } else {
        break;
      }
    }
    const type = found ?? typeOfWords(words);
    if (type === undefined) {
      if (words.length === 0) throw this.unexpected('the name of a type is expected here');
      throw new ExpressionError(`There is no type "${words.join(' ')}".`, spanning(start, this.lastSpan));
    }
    return qualifiers.reduce<Type>((inner, qualifier) => ({ kind: 'qualified', qualifier, target: () => inner }), type);
  }

  /** `struct page`, `size_t`, `core::fmt::Error`, `typeof(x)`. */
  private specifier(): Type {
    const first = this.next();
    if (TYPEOF.has(first.text)) {
      this.expect('(');
      const type = this.startsType(0) ? this.typeName() : this.types.typeOf(this.expression(0));
      this.expect(')');
      return type;
    }
    const keyword = KEYWORDS.get(first.text) ?? 'plain';
    if (keyword === 'plain') this.at--;
    const start = this.token.span;
    const path = this.path().join('::');
    const type = keyword === 'plain' ? this.plainType(path) : this.types.typeNamed(keyword, path);
    if (type !== undefined) return type;
    const shown = keyword === 'plain' ? path : `${first.text} ${path}`;
    throw new ExpressionError(`The program has no type "${shown}".`, spanning(start, this.lastSpan));
  }

  /** What stands behind the specifiers: stars, parentheses, and the lengths of arrays. */
  private declarator(base: Type): Type {
    let type = base;
    while (this.skip('*')) {
      type = pointerTo(type);
      for (let qualifier = this.qualifier(); qualifier !== undefined; qualifier = this.qualifier()) {
        const inner = type;
        const kind = qualifier;
        type = { kind: 'qualified', qualifier: kind, target: () => inner };
      }
    }
    // `(*)` before what it points to is known: the inside is read again then.
    let inside: number | undefined;
    if (this.isAt('(') && (this.isAt('*', 1) || this.isAt('(', 1))) {
      inside = this.at + 1;
      this.skipParentheses();
    }
    type = this.declaratorSuffix(type);
    if (inside === undefined) return type;
    const end = this.at;
    this.at = inside;
    const whole = this.declarator(type);
    this.expect(')');
    this.at = end;
    return whole;
  }

  private qualifier(): Qualifier | undefined {
    const { token } = this;
    const qualifier = token.kind === 'name' ? QUALIFIERS.get(token.text) : undefined;
    if (qualifier !== undefined) this.next();
    return qualifier;
  }

  private declaratorSuffix(type: Type): Type {
    if (this.skip('[')) {
      const count = this.next();
      const { value } = count.kind === 'number' ? numberLiteral(count.text, count.span) : { value: undefined };
      if (typeof value !== 'bigint' || value > 0x7fff_ffffn) {
        throw new ExpressionError('The length of an array type is a number.', count.span);
      }
      this.expect(']');
      return arrayOf(this.declaratorSuffix(type), Number(value));
    }
    if (this.isAt('(')) {
      const parameters = this.parameters();
      return {
        kind: 'function',
        result: () => type,
        parameters: () => parameters,
        isVariadic: false,
        isPrototyped: true,
      };
    }
    return type;
  }

  private parameters(): Type[] {
    this.expect('(');
    const parameters: Type[] = [];
    if (this.skip(')')) return parameters;
    do parameters.push(this.typeName());
    while (this.skip(','));
    this.expect(')');
    return parameters.length === 1 && parameters[0]?.kind === 'void' ? [] : parameters;
  }

  private skipParentheses(): void {
    let depth = 0;
    do {
      if (this.isAt('(')) depth++;
      if (this.isAt(')')) depth--;
      if (this.token.kind === 'end') throw this.unexpected('")" is expected here');
      this.next();
    } while (depth > 0);
  }
}
