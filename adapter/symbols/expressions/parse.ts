import type { Type } from '../types/type.ts';
import { CHAR, INT, pointerTo, typeOfWords, UNSIGNED_LONG } from './c-types.ts';
import { ExpressionError, spanning, type Span } from './expression-error.ts';
import { expandMacros } from './macros.ts';
import { numberLiteral } from './number-literal.ts';
import { TypeParser } from './parse-type.ts';
import type { ArithmeticOperator, BinaryOperator, Syntax, SyntaxOrType, UnaryOperator } from './syntax.ts';
import { tokenize, type Token } from './token.ts';
import type { TypeTable } from './type-table.ts';

/**
 * Parses an expression of C (C17, 6.5), with Rust's paths, casts and literals and with the debugger's own additions. Types are
 * resolved at once. Throws ExpressionError.
 */
export function parseExpression(text: string, types: TypeTable): Syntax {
  const tokens = expandMacros(tokenize(text), (name) => (types.isVariable(name) ? undefined : types.macro(name)));
  return new Parser(text, tokens, types).whole();
}

/** How tightly an operator binds; the larger the tighter. Between those of C stand `@`, as in gdb, and Rust's `as`. */
const BINARY: ReadonlyMap<string, number> = new Map([
  [',', 1],
  ['||', 4],
  ['&&', 5],
  ['|', 6],
  ['^', 7],
  ['&', 8],
  ['==', 9],
  ['!=', 9],
  ['<', 10],
  ['<=', 10],
  ['>', 10],
  ['>=', 10],
  ['<<', 11],
  ['>>', 11],
  ['@', 12],
  ['+', 13],
  ['-', 13],
  ['*', 14],
  ['/', 14],
  ['%', 14],
]);
const ASSIGNMENT = 2;
const CONDITIONAL = 3;
const AS = 15;
const PREFIX = 16;

const ASSIGNMENTS: ReadonlySet<string> = new Set(
  ['=', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '<<=', '>>='], // prettier-ignore
);
const UNARY: ReadonlySet<string> = new Set(['-', '+', '!', '~', '*', '&']);
/** Parentheses and operators within each other. */
const DEEPEST = 200;

class Parser extends TypeParser {
  private depth = 0;

  constructor(
    private readonly text: string,
    tokens: readonly Token[],
    types: TypeTable,
  ) {
    super(tokens, types);
  }

  whole(): Syntax {
    const first = this.token;
    if (first.kind === 'end') throw new ExpressionError('There is no expression.', first.span);
    const expression = this.expression(0);
    if (this.token.kind !== 'end') throw this.unexpected();
    return expression;
  }

  /** An expression of operators that bind more tightly than `power`. */
  protected override expression(power: number): Syntax {
    if (++this.depth > DEEPEST) throw new ExpressionError('The expression is nested too deeply.', this.token.span);
    let left = this.prefix();
    for (;;) {
      const grown = this.infix(left, power);
      if (grown === undefined) break;
      left = grown;
    }
    this.depth--;
    return left;
  }

  private infix(left: Syntax, power: number): Syntax | undefined {
    const { token } = this;
    if (token.kind === 'name' && token.text === 'as' && power < AS) {
      this.next();
      const type = this.typeName();
      return { kind: 'cast', type, operand: left, span: spanning(left.span, this.lastSpan) };
    }
    if (token.kind !== 'punctuator') return undefined;
    const { text } = token;
    if (ASSIGNMENTS.has(text) && power < ASSIGNMENT) {
      this.next();
      const right = this.expression(ASSIGNMENT - 1);
      return assignment(left, token, right, spanning(left.span, right.span));
    }
    if (text === '?' && power < CONDITIONAL) {
      this.next();
      const whenTrue = this.isAt(':') ? left : this.expression(0);
      this.expect(':');
      const whenFalse = this.expression(CONDITIONAL - 1);
      return { kind: 'conditional', condition: left, whenTrue, whenFalse, span: spanning(left.span, whenFalse.span) };
    }
    const binding = BINARY.get(text);
    if (binding === undefined || binding <= power) return undefined;
    this.next();
    const right = this.expression(binding);
    const span = spanning(left.span, right.span);
    if (text === '@') return { kind: 'repeat', first: left, count: right, span };
    return { kind: 'binary', operator: text as BinaryOperator, left, right, span };
  }

  private prefix(): Syntax {
    const { token } = this;
    if (token.kind === 'punctuator') {
      if (UNARY.has(token.text)) {
        this.next();
        // Rust's `&mut`.
        if (token.text === '&' && this.token.kind === 'name' && this.token.text === 'mut') this.next();
        const operand = this.expression(PREFIX);
        const span = spanning(token.span, operand.span);
        return { kind: 'unary', operator: token.text as UnaryOperator, operand, span };
      }
      if (token.text === '++' || token.text === '--') {
        this.next();
        const target = this.expression(PREFIX);
        return assignment(target, token, one(token.span), spanning(token.span, target.span));
      }
      if (token.text === '(' && this.startsType(1)) return this.cast();
      if (token.text === '{' && this.startsType(1)) return this.objectAt();
    }
    return this.postfix(this.primary());
  }

  private cast(): Syntax {
    const { span } = this.next();
    const type = this.typeName();
    this.expect(')');
    if (this.isAt('{'))
      throw this.unexpected('a compound literal has no place in memory; an expression is expected here');
    const operand = this.expression(PREFIX);
    return { kind: 'cast', type, operand, span: spanning(span, operand.span) };
  }

  /** gdb's `{type} address`: the object of that type at an address. */
  private objectAt(): Syntax {
    const { span: start } = this.next();
    const type = pointerTo(this.typeName());
    this.expect('}');
    const address = this.expression(PREFIX);
    const span = spanning(start, address.span);
    return { kind: 'unary', operator: '*', operand: { kind: 'cast', type, operand: address, span }, span };
  }

  private postfix(operand: Syntax): Syntax {
    let object = operand;
    for (;;) {
      const { token } = this;
      if (this.skip('[')) {
        object = this.subscript(object);
      } else if (this.skip('.') || this.skip('->')) {
        const name = this.next();
        if (name.kind !== 'name') {
          this.at--;
          throw this.unexpected('the name of a member is expected here');
        }
        const span = spanning(object.span, name.span);
        object = { kind: 'member', object, name: name.text, nameSpan: name.span, isArrow: token.text === '->', span };
      } else if (this.isAt('(')) {
        this.parenthesized();
        object = { kind: 'call', callee: object, span: spanning(object.span, this.lastSpan) };
      } else if (this.isAt('++') || this.isAt('--')) {
        this.next();
        object = assignment(object, token, one(token.span), spanning(object.span, token.span));
      } else {
        return object;
      }
    }
  }

  /** Behind the `[`. */
  private subscript(object: Syntax): Syntax {
    const from = this.expression(0);
    if (!this.skip('..')) {
      this.expect(']');
      return { kind: 'index', object, index: from, span: spanning(object.span, this.lastSpan) };
    }
    const to = this.expression(0);
    this.expect(']');
    return { kind: 'slice', object, from, to, span: spanning(object.span, this.lastSpan) };
  }

  /** Arguments of a call, which are only looked over. */
  private parenthesized(): void {
    this.expect('(');
    if (this.skip(')')) return;
    this.expression(0);
    this.expect(')');
  }

  private primary(): Syntax {
    const token = this.next();
    const { span } = token;
    switch (token.kind) {
      case 'number':
        return { ...numberLiteral(token.text, span), span };
      case 'character':
        return this.character(token.bytes, token.text, span);
      case 'string': {
        const bytes = [...token.bytes];
        for (let more = this.token; more.kind === 'string'; more = this.token) {
          bytes.push(...more.bytes);
          this.next();
        }
        return { kind: 'string', bytes, span: spanning(span, this.lastSpan) };
      }
      case 'register':
        if (token.text === 'changed' && this.isAt('(')) return this.changed(span);
        if (token.text.startsWith('lx_') && this.isAt('(')) return this.fromKernelScripts(token.text, span);
        return { kind: 'register', name: token.text, span };
      case 'file': {
        const path = this.path();
        return { kind: 'name', path, file: token.text, span: spanning(span, this.lastSpan) };
      }
      case 'name':
        return this.named(token.text, span);
      case 'punctuator':
        if (token.text === '(') {
          if (this.isAt('{')) throw this.unexpected();
          const inner = this.expression(0);
          this.expect(')');
          // What stands in parentheses is no larger for messages, but a parenthesis closes what `*` and `&` apply to.
          return inner;
        }
        this.at--;
        throw this.unexpected();
      case 'end':
        this.at--;
        throw this.unexpected();
    }
  }

  private named(name: string, span: Span): Syntax {
    switch (name) {
      case 'sizeof':
        return this.measure('sizeof', span);
      case 'alignof':
      case '_Alignof':
      case '__alignof__':
        return this.measure('alignof', span);
      case 'offsetof':
      case '__builtin_offsetof':
        if (!this.isAt('(')) break;
        return this.offsetOf(span);
      case 'container_of':
      case 'list_entry':
      case 'hlist_entry':
      case 'rb_entry':
        if (!this.isAt('(')) break;
        return this.containerOf(span);
      case 'list_first_entry':
      case 'list_last_entry':
        if (!this.isAt('(')) break;
        return this.containerOf(span, name === 'list_first_entry' ? 'next' : 'prev');
      case 'per_cpu':
      case 'per_cpu_ptr':
        if (!this.isAt('(') || this.types.isVariable(name)) break;
        return this.perCpu(span, { isPointer: name === 'per_cpu_ptr', hasCpu: true });
      case 'this_cpu':
      case 'this_cpu_ptr':
      case 'raw_cpu_ptr':
        if (!this.isAt('(') || this.types.isVariable(name)) break;
        return this.perCpu(span, { isPointer: name !== 'this_cpu', hasCpu: false });
      case 'current':
        if (this.types.isVariable(name) || this.types.typeNamed('struct', 'task_struct') === undefined) break;
        return { kind: 'current-task', span };
      case 'NULL':
        if (this.types.isVariable(name)) break;
        return {
          kind: 'cast',
          type: pointerTo({ kind: 'void' }),
          operand: { kind: 'integer', value: 0n, type: INT, span },
          span,
        };
      case 'phys':
        if (!this.isAt('(') || this.types.isVariable(name)) break;
        return this.physical(span);
      case 'true':
      case 'false':
        if (!this.types.isVariable(name)) {
          return { kind: 'integer', value: name === 'true' ? 1n : 0n, type: typeOfWords(['_Bool']) ?? INT, span };
        }
    }
    this.at--;
    const path = this.path();
    const [only = '', ...more] = path;
    if (more.length === 0 && this.isEntryBehind(only)) {
      this.next();
      this.next();
      return { kind: 'on-entry', name: only, nameSpan: span, span: spanning(span, this.lastSpan) };
    }
    return { kind: 'name', path, file: undefined, span: spanning(span, this.lastSpan) };
  }

  /** Whether gdb's `@entry` stands behind a name. What is no parameter may be repeated as often as a variable `entry` says. */
  private isEntryBehind(name: string): boolean {
    const word = this.isAt('@') ? this.tokenAt(this.at + 1) : undefined;
    if (word?.kind !== 'name' || word.text !== 'entry') return false;
    return this.types.isParameter(name) || !this.types.isVariable('entry');
  }

  private character(bytes: readonly number[], text: string, span: Span): Syntax {
    const [byte, ...more] = bytes;
    if (byte !== undefined && more.length === 0) return { kind: 'integer', value: BigInt(byte), type: CHAR, span };
    // In quotation marks gdb's people write names that would be no tokens.
    return { kind: 'name', path: text.slice(1, -1).split('::'), file: undefined, span };
  }

  private measure(kind: 'sizeof' | 'alignof', start: Span): Syntax {
    let of: SyntaxOrType;
    if (this.isAt('(') && this.startsType(1)) {
      this.next();
      of = { kind: 'type', type: this.typeName() };
      this.expect(')');
    } else {
      of = { kind: 'expression', expression: this.expression(PREFIX) };
    }
    return { kind, of, span: spanning(start, this.lastSpan) };
  }

  private offsetOf(start: Span): Syntax {
    this.expect('(');
    const type = this.typeName();
    this.expect(',');
    const designator = this.expression(1);
    this.expect(')');
    return { kind: 'offsetof', type, designator, span: spanning(start, this.lastSpan) };
  }

  /** `link`: the member of what the pointer points to that leads to the object's own. */
  private containerOf(start: Span, link?: 'next' | 'prev'): Syntax {
    this.expect('(');
    let pointer = this.expression(1);
    const { span } = pointer;
    if (link !== undefined)
      pointer = { kind: 'member', object: pointer, name: link, nameSpan: span, isArrow: true, span };
    this.expect(',');
    const type = this.typeName();
    this.expect(',');
    const designator = this.expression(1);
    this.expect(')');
    return { kind: 'container-of', pointer, type, designator, span: spanning(start, this.lastSpan) };
  }

  /** Behind the name: of a variable or a pointer to one, and of a CPU where one is named. */
  private perCpu(start: Span, { isPointer, hasCpu }: { isPointer: boolean; hasCpu: boolean }): Syntax {
    this.expect('(');
    const given = this.expression(1);
    let cpu: Syntax | undefined;
    if (hasCpu) {
      this.expect(',');
      cpu = this.expression(1);
    }
    this.expect(')');
    const span = spanning(start, this.lastSpan);
    const pointer: Syntax = isPointer ? given : { kind: 'unary', operator: '&', operand: given, span: given.span };
    const there: Syntax = { kind: 'per-cpu', pointer, cpu, span };
    return isPointer ? there : { kind: 'unary', operator: '*', operand: there, span };
  }

  /** The functions that the kernel's own scripts give to gdb, as far as they are values. */
  private fromKernelScripts(name: string, start: Span): Syntax {
    this.expect('(');
    if (name === 'lx_current') {
      this.expect(')');
      const span = spanning(start, this.lastSpan);
      return { kind: 'unary', operator: '*', operand: { kind: 'current-task', span }, span };
    }
    if (name !== 'lx_per_cpu') {
      throw new ExpressionError(
        `There is no "$${name}"; "$lx_current()" and "$lx_per_cpu(name, cpu)" are there.`,
        start,
      );
    }
    let variable = this.expression(1);
    if (variable.kind === 'string') {
      const path = [String.fromCharCode(...variable.bytes)];
      variable = { kind: 'name', path, file: undefined, span: variable.span };
    }
    const cpu = this.skip(',') ? this.expression(1) : undefined;
    this.expect(')');
    const span = spanning(start, this.lastSpan);
    const pointer: Syntax = { kind: 'unary', operator: '&', operand: variable, span: variable.span };
    return { kind: 'unary', operator: '*', operand: { kind: 'per-cpu', pointer, cpu, span }, span };
  }

  private physical(start: Span): Syntax {
    this.expect('(');
    let type: Type = UNSIGNED_LONG;
    if (this.startsType(0)) {
      type = this.typeName();
      this.expect(',');
    }
    const address = this.expression(1);
    this.expect(')');
    return { kind: 'physical', type, address, span: spanning(start, this.lastSpan) };
  }

  private changed(start: Span): Syntax {
    this.expect('(');
    const of = this.expression(0);
    this.expect(')');
    return {
      kind: 'changed',
      of,
      text: this.text.slice(of.span.start, of.span.end),
      span: spanning(start, this.lastSpan),
    };
  }
}

/** What `++` and `--` add and subtract. */
const one = (span: Span): Syntax => ({ kind: 'integer', value: 1n, type: INT, span });

function assignment(target: Syntax, token: Token, value: Syntax, span: Span): Syntax {
  const operator = /^(<<|>>|[-+*/%&|^])/.exec(token.text)?.[0] as ArithmeticOperator | undefined;
  return { kind: 'assignment', target, operator, value, operatorSpan: token.span, span };
}
