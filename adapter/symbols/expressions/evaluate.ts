import { sizeOf, strip, type PointerType, type StructureType, type Type } from '../types/type.ts';
import { typeName } from '../types/type-name.ts';
import { renderingOf } from '../variables/render/registry.ts';
import { Value } from '../variables/value.ts';
import { compare, computeBinary, computeUnary, convert } from './arithmetic.ts';
import { arrayOf, CHAR, INT, pointerTo, typeOfWords, UNSIGNED_LONG } from './c-types.ts';
import type { ExpressionEnvironment } from './environment.ts';
import { ExpressionError, type Span } from './expression-error.ts';
import { alignmentOf, byteOffsetIn } from './layout.ts';
import { currentCpu, currentTask, perCpuOffset } from './linux.ts';
import { parseExpression } from './parse.ts';
import { bitsOf, isTrue, scalarOf, type Scalar } from './scalar.ts';
import type { BinaryOperator, Syntax, SyntaxOrType } from './syntax.ts';
import type { TypeTable } from './type-table.ts';

/** Elements of a slice that are made at most. */
const LARGEST_SLICE = 2 ** 31;

/** Parses an expression and evaluates it. Throws ExpressionError. */
export function evaluate(text: string, environment: ExpressionEnvironment): Value {
  const evaluator = new Evaluator(text, environment);
  return evaluator.evaluate(evaluator.parse());
}

/** Gives the expressions of one text their values in an environment. */
export class Evaluator {
  /** More than 0 within `sizeof` and its like, where no value matters. */
  private unevaluated = 0;

  constructor(
    private readonly text: string,
    private readonly environment: ExpressionEnvironment,
  ) {}

  parse(): Syntax {
    const { types } = this.environment;
    const table: TypeTable = {
      typeNamed: (keyword, path) => types.typeNamed(keyword, path),
      isVariable: (name) => types.isVariable(name),
      isParameter: (name) => types.isParameter(name),
      macro: (name) => types.macro(name),
      typeOf: (syntax) => this.typeOf(syntax),
    };
    return parseExpression(this.text, table);
  }

  evaluate(syntax: Syntax): Value {
    const { span } = syntax;
    switch (syntax.kind) {
      case 'integer':
        return this.result({ kind: 'integer', type: syntax.type, value: syntax.value }, span);
      case 'float': {
        const type = strip(syntax.type);
        if (type.kind !== 'base') throw new Error('A number of a type that is none.');
        return this.result({ kind: 'float', type, value: syntax.value }, span);
      }
      case 'string':
        return this.string(syntax.bytes, span);
      case 'name':
        return this.name(syntax.path, syntax.file, span);
      case 'on-entry':
        return this.valueOnEntry(syntax.name, syntax.nameSpan);
      case 'register':
        return this.register(syntax.name, span);
      case 'member':
        return this.member(syntax);
      case 'index':
        return this.element(this.evaluate(syntax.object), syntax.object, this.scalar(syntax.index), span);
      case 'slice':
        return this.slice(syntax.object, this.integer(syntax.from), this.integer(syntax.to), span);
      case 'repeat':
        return this.repeat(syntax.first, this.integer(syntax.count), span);
      case 'unary':
        if (syntax.operator === '&') return this.address(syntax.operand, span);
        if (syntax.operator === '*') return this.dereference(syntax.operand, span);
        return this.result(computeUnary(syntax.operator, this.scalar(syntax.operand), span), span);
      case 'binary':
        return this.binary(syntax.operator, syntax.left, syntax.right, span);
      case 'conditional':
        return this.evaluate(this.isTrue(syntax.condition) ? syntax.whenTrue : syntax.whenFalse);
      case 'assignment':
        throw new ExpressionError(
          'Nothing is assigned here: an assignment stands alone, in the debug console. To compare, write "==".',
          syntax.operatorSpan,
        );
      case 'cast':
        return this.cast(syntax.type, syntax.operand, span);
      case 'sizeof':
        return this.size(this.measure(syntax.of, span), span);
      case 'alignof':
        return this.size(alignmentOf(this.typeOfEither(syntax.of)), span);
      case 'offsetof':
        return this.size(this.offset(syntax.type, syntax.designator), span);
      case 'container-of': {
        const pointer = this.scalar(syntax.pointer);
        if (pointer.kind !== 'pointer') throw new ExpressionError('container_of wants a pointer.', syntax.pointer.span);
        const value = BigInt.asUintN(64, pointer.value - BigInt(this.offset(syntax.type, syntax.designator)));
        return this.result({ kind: 'pointer', type: pointerType(syntax.type), value }, span);
      }
      case 'per-cpu': {
        const pointer = this.scalar(syntax.pointer);
        if (pointer.kind !== 'pointer') throw new ExpressionError('A pointer is expected here.', syntax.pointer.span);
        const cpu = syntax.cpu === undefined ? currentCpu(this.currentTask(span), span) : this.integer(syntax.cpu);
        const offset = perCpuOffset(this.environment, cpu, syntax.cpu?.span ?? span);
        return this.result({ ...pointer, value: BigInt.asUintN(64, pointer.value + offset) }, span);
      }
      case 'current-task': {
        const { address, type } = currentTask(this.environment, span);
        return this.result({ kind: 'pointer', type: pointerType(type), value: address }, span);
      }
      case 'physical': {
        const address = bitsOf(this.scalar(syntax.address));
        const place = { kind: 'memory', address, isPhysical: true } as const;
        return new Value(this.textOf(span), syntax.type, place, this.environment.context, this.textOf(span));
      }
      case 'changed': {
        const value = this.evaluate(syntax.of);
        const changed = this.environment.changed(syntax.text, value, span);
        return this.result({ kind: 'integer', type: typeOfWords(['_Bool']) ?? INT, value: changed ? 1n : 0n }, span);
      }
      case 'call':
        throw new ExpressionError('A function of the guest cannot be called: history is only looked at.', span);
    }
  }

  /** The number that an expression is. */
  scalar(syntax: Syntax): Scalar {
    return scalarOf(this.evaluate(syntax), syntax.span, this.unevaluated > 0);
  }

  isTrue(syntax: Syntax): boolean {
    return isTrue(this.scalar(syntax));
  }

  private currentTask(span: Span): Value {
    const { address, type } = currentTask(this.environment, span);
    return new Value('current', type, { kind: 'memory', address }, this.environment.context, '*current');
  }

  private integer(syntax: Syntax): bigint {
    const scalar = this.scalar(syntax);
    if (scalar.kind === 'integer') return scalar.value;
    throw new ExpressionError('An integer is expected here.', syntax.span);
  }

  private textOf({ start, end }: Span): string {
    return this.text.slice(start, end);
  }

  private result(scalar: Scalar, span: Span): Value {
    const size = sizeOf(scalar.type) ?? 8;
    const place = { kind: 'value', value: bitsOf(scalar), known: (1n << BigInt(size * 8)) - 1n } as const;
    const text = this.textOf(span);
    return new Value(text, scalar.type, place, this.environment.context, asOperand(text));
  }

  private size(bytes: number, span: Span): Value {
    return this.result({ kind: 'integer', type: UNSIGNED_LONG, value: BigInt(bytes) }, span);
  }

  /** A string literal: characters that are nowhere in the guest. */
  private string(bytes: readonly number[], span: Span): Value {
    let value = 0n;
    for (const byte of [...bytes].reverse()) value = (value << 8n) | BigInt(byte);
    const size = bytes.length + 1;
    const place = { kind: 'value', value, known: (1n << BigInt(size * 8)) - 1n } as const;
    const text = this.textOf(span);
    return new Value(text, arrayOf(CHAR, size), place, this.environment.context, text);
  }

  private name(path: readonly string[], file: string | undefined, span: Span): Value {
    const [only] = path;
    const found = this.environment.name(path, file);
    if (found !== undefined) return found;
    // Where nothing of the program has the name, `a0` needs no dollar.
    const register = path.length === 1 && file === undefined ? this.environment.register(only ?? '') : undefined;
    if (register !== undefined) return register;
    const where = file === undefined ? '' : ` in ${file}`;
    throw new ExpressionError(
      `There is no "${path.join('::')}"${where}: no variable, function, enumerator or register.`,
      span,
    );
  }

  private valueOnEntry(name: string, span: Span): Value {
    const value = this.environment.valueOnEntry(name);
    if (value !== undefined) return value;
    // Where there is nothing of the name, that is what is wrong.
    this.name([name], undefined, span);
    throw new ExpressionError(`"@entry" is for parameters of the function, and "${name}" is none.`, span);
  }

  private register(name: string, span: Span): Value {
    const value = this.environment.register(name);
    if (value === undefined) {
      throw new ExpressionError(
        `There is no register "$${name}". $counter is the moment, $time the guest's clock.`,
        span,
      );
    }
    return value;
  }

  private member({ object, name, nameSpan, isArrow }: Extract<Syntax, { kind: 'member' }>): Value {
    if (object.kind === 'register') {
      const field = this.environment.registerField(object.name, name);
      if (field !== undefined) return field;
    }
    let value = this.evaluate(object);
    const bare = strip(value.type);
    // As gdb has it, `.` and `->` mean the same where only one of them makes sense.
    if (bare.kind === 'pointer' || (isArrow && bare.kind !== 'structure')) {
      const pointer = scalarOf(value, object.span, this.unevaluated > 0);
      if (pointer.kind !== 'pointer') {
        throw new ExpressionError(`${this.textOf(object.span)} is no pointer: cast it to one first.`, object.span);
      }
      value = value.target(pointer.type, pointer.value);
    }
    const structure = strip(value.type);
    if (structure.kind !== 'structure') {
      throw new ExpressionError(`A value of type ${typeName(value.type)} has no members.`, nameSpan);
    }
    const found = value.memberNamed(name) ?? tupleField(value, name);
    if (found !== undefined) return found;
    throw new ExpressionError(noMember(structure, typeName(value.type), name), nameSpan);
  }

  private element(object: Value, syntax: Syntax, index: Scalar, span: Span): Value {
    let base = scalarIfPointer(object, syntax.span, this.unevaluated > 0);
    let position = index;
    const bare = strip(object.type);
    if (bare.kind === 'array' && object.address === undefined && index.kind === 'integer') {
      return object.elementAt(bare, Number(index.value));
    }
    // `2[p]` is C, too.
    if (base === undefined && index.kind === 'pointer') {
      base = index;
      position = this.scalar(syntax);
    }
    const elements = base === undefined ? sliceParts(object) : undefined;
    if (elements !== undefined) base = scalarOf(elements.data, syntax.span, this.unevaluated > 0);
    const part =
      base === undefined && position.kind === 'integer' ? this.part(object, position.value, span) : undefined;
    if (part !== undefined) return part;
    if (base?.kind !== 'pointer') {
      throw new ExpressionError(`A value of type ${typeName(object.type)} has no elements.`, span);
    }
    if (position.kind !== 'integer') throw new ExpressionError('An index is an integer.', span);
    const there = computeBinary('+', base, position, span);
    if (there.kind !== 'pointer') throw new Error('A pointer and a number are no pointer.');
    return object.target(there.type, there.value, `${asOperand(object.expression)}[${position.value}]`);
  }

  /** An element of what is shown as a list: Rust's Vec, Linux's list_head. Undefined for what is not. */
  private part(object: Value, index: bigint, span: Span): Value | undefined {
    const rendering = renderingOf(object, (keyword, path) => this.environment.types.typeNamed(keyword, path));
    if (rendering === undefined || rendering.count === 0) return undefined;
    const [found] = index < 0n || index > LARGEST_SLICE ? [] : rendering.list(Number(index), 1);
    if (found !== undefined) return found;
    throw new ExpressionError(`There is no element ${index}: ${rendering.count} are there, counted from 0.`, span);
  }

  private slice(object: Syntax, from: bigint, to: bigint, span: Span): Value {
    const first = this.element(this.evaluate(object), object, { kind: 'integer', type: INT, value: from }, span);
    return this.run(first, to - from, span);
  }

  private repeat(syntax: Syntax, count: bigint, span: Span): Value {
    const first = this.evaluate(syntax);
    const bare = strip(first.type);
    // Of a pointer that is no object in memory itself, people mean what it points to.
    if (first.place.kind !== 'memory' && bare.kind === 'pointer') {
      const pointer = scalarOf(first, syntax.span, this.unevaluated > 0);
      return this.run(first.target(bare, pointer.kind === 'pointer' ? pointer.value : 0n), count, span);
    }
    return this.run(first, count, span);
  }

  /** The array of `count` objects from the first on. */
  private run(first: Value, count: bigint, span: Span): Value {
    if (count < 1n || count > LARGEST_SLICE) {
      throw new ExpressionError(`${count} elements cannot be shown: at least 1, at most ${LARGEST_SLICE}.`, span);
    }
    if (first.place.kind !== 'memory') {
      throw new ExpressionError(`${first.expression} is not in memory, so nothing follows it there.`, span);
    }
    return new Value(
      this.textOf(span),
      arrayOf(first.type, Number(count)),
      first.place,
      first.context,
      this.textOf(span),
    );
  }

  private address(syntax: Syntax, span: Span): Value {
    const value = this.evaluate(syntax);
    const { place } = value;
    if (place.kind === 'memory' && !place.isPhysical && value.bitSize === undefined) {
      return this.result({ kind: 'pointer', type: pointerType(value.type), value: place.address }, span);
    }
    const bare = strip(value.type);
    if (bare.kind === 'pointer' && bare.sign !== '*') {
      return this.result(
        { kind: 'pointer', type: pointerType(bare.target()), value: bitsOf(this.scalarOfReference(value, span)) },
        span,
      );
    }
    const why =
      value.bitSize !== undefined
        ? 'is a bit-field'
        : place.kind === 'unavailable'
          ? `is not in memory (${place.reason})`
          : place.kind === 'memory'
            ? 'is in physical memory'
            : 'is in a register, or computed';
    throw new ExpressionError(`${this.textOf(syntax.span)} ${why}, so it has no address.`, span);
  }

  private scalarOfReference(value: Value, span: Span): Scalar {
    const contents = value.read();
    if (contents.kind === 'bits') return { kind: 'integer', type: UNSIGNED_LONG, value: contents.value };
    throw new ExpressionError(`The value of ${value.expression} cannot be had: ${contents.reason}.`, span);
  }

  private dereference(syntax: Syntax, span: Span): Value {
    const value = this.evaluate(syntax);
    const pointer = scalarOf(value, syntax.span, this.unevaluated > 0);
    if (pointer.kind === 'pointer') {
      // Behind an address without a type: as many bytes as a register has.
      const isUntyped = strip(pointer.type.target()).kind === 'void';
      return value.target(isUntyped ? pointerType(UNSIGNED_LONG) : pointer.type, pointer.value);
    }
    if (pointer.kind === 'integer') {
      return value.target(pointerType(UNSIGNED_LONG), bitsOf({ ...pointer, type: UNSIGNED_LONG }));
    }
    throw new ExpressionError('A floating-point number is no address.', span);
  }

  private binary(operator: BinaryOperator, left: Syntax, right: Syntax, span: Span): Value {
    const truth = (value: boolean): Value => this.result({ kind: 'integer', type: INT, value: value ? 1n : 0n }, span);
    switch (operator) {
      case ',':
        this.evaluate(left);
        return this.evaluate(right);
      case '&&':
        return truth(this.isTrue(left) && this.isTrue(right));
      case '||':
        return truth(this.isTrue(left) || this.isTrue(right));
      case '==':
      case '!=':
      case '<':
      case '<=':
      case '>':
      case '>=':
        return truth(compare(operator, this.scalar(left), this.scalar(right)));
      default: {
        const divisor = this.scalar(right);
        const isUndefined = this.unevaluated > 0 && (operator === '/' || operator === '%');
        const known = isUndefined && divisor.kind === 'integer' ? { ...divisor, value: 1n } : divisor;
        return this.result(computeBinary(operator, this.scalar(left), known, span), span);
      }
    }
  }

  private cast(type: Type, operand: Syntax, span: Span): Value {
    const value = this.evaluate(operand);
    const to = strip(type);
    const text = this.textOf(span);
    if (to.kind === 'void') {
      return new Value(text, type, { kind: 'value', value: 0n, known: 0n }, this.environment.context, text);
    }
    const isObject = to.kind === 'structure' || to.kind === 'array';
    if (isObject || strip(value.type).kind === 'structure') {
      // The same bytes, seen as another type: a cast that debuggers have and C has not.
      const size = sizeOf(type);
      if (size === undefined || size !== value.size || value.bitSize !== undefined) {
        throw new ExpressionError(`A ${typeName(value.type)} cannot become a ${typeName(type)}.`, span);
      }
      return new Value(text, type, value.place, value.context, asOperand(text));
    }
    const scalar = convert(scalarOf(value, operand.span, this.unevaluated > 0), type, span);
    // The type keeps the name it was written with.
    const named = this.result(scalar, span);
    return new Value(named.name, type, named.place, named.context, named.expression);
  }

  /** Throws ExpressionError for names, members and types that do not fit, whatever can be read. */
  check(syntax: Syntax): void {
    const value = this.withoutValue(syntax);
    scalarOf(value, syntax.span, true);
  }

  private typeOf(syntax: Syntax): Type {
    return this.withoutValue(syntax).type;
  }

  /** Evaluates what is asked for its type alone: what cannot be read counts as 0. */
  private withoutValue(syntax: Syntax): Value {
    this.unevaluated++;
    try {
      return this.evaluate(syntax);
    } finally {
      this.unevaluated--;
    }
  }

  private measure(of: SyntaxOrType, span: Span): number {
    if (of.kind === 'type') return this.sizeOf(of.type, span);
    // The program's state tells the size of a variable-length array.
    const value = this.withoutValue(of.expression);
    return value.size ?? this.sizeOf(value.type, span);
  }

  private typeOfEither(of: SyntaxOrType): Type {
    return of.kind === 'type' ? of.type : this.typeOf(of.expression);
  }

  private sizeOf(type: Type, span: Span): number {
    const size = sizeOf(type);
    if (size !== undefined) return size;
    const { kind } = strip(type);
    // GCC counts these as one byte.
    if (kind === 'void' || kind === 'function') return 1;
    throw new ExpressionError(`The size of ${typeName(type)} is not known.`, span);
  }

  /** Where a part of a structure begins in it: `a`, `a.b`, `a[3].c`. */
  private offset(type: Type, designator: Syntax): number {
    return byteOffsetIn(type, designator, (index) => Number(this.integer(index)));
  }
}

function pointerType(target: Type): PointerType {
  const type = pointerTo(target);
  if (type.kind !== 'pointer') throw new Error('A pointer that is none.');
  return type;
}

/** An expression before a postfix operator. */
function asOperand(text: string): string {
  return /^(?:[\w$.:]|->|\[[^[\]]*\])+$/.test(text) || /^\([^()]*\)$/.test(text) ? text : `(${text})`;
}

function scalarIfPointer(value: Value, span: Span, mayBeUnknown: boolean): Scalar | undefined {
  const { kind } = strip(value.type);
  if (kind !== 'pointer' && kind !== 'array') return undefined;
  if (kind === 'array' && value.address === undefined) return undefined;
  return scalarOf(value, span, mayBeUnknown);
}

/** The members of what Rust calls a slice: a pointer and a length. */
function sliceParts(value: Value): { readonly data: Value } | undefined {
  if (strip(value.type).kind !== 'structure') return undefined;
  const data = value.memberNamed('data_ptr');
  return data !== undefined && value.memberNamed('length') !== undefined ? { data } : undefined;
}

/** Rust's `.0` is a member called `__0`. */
function tupleField(value: Value, name: string): Value | undefined {
  return /^\d+$/.test(name) ? value.memberNamed(`__${name}`) : undefined;
}

function noMember(structure: StructureType, shown: string, name: string): string {
  if (structure.size === undefined) return `${shown} is declared, but not defined in the program.`;
  const names = memberNames(structure);
  const near = names.find((one) => isNear(one, name));
  if (near !== undefined) return `${shown} has no member "${name}". Is "${near}" meant?`;
  const some = names.slice(0, 8).join(', ') + (names.length > 8 ? ', ...' : '');
  return `${shown} has no member "${name}"; it has ${some === '' ? 'none' : some}.`;
}

/** The names by which members are used: also those of anonymous structures and unions within. */
export function memberNames(structure: StructureType, depth = 0): string[] {
  if (depth > 8) return [];
  return structure.members().flatMap(({ name, type }) => {
    if (name !== undefined) return [name];
    const inner = strip(type);
    return inner.kind === 'structure' ? memberNames(inner, depth + 1) : [];
  });
}

/** Whether two names differ by one character, or in their case alone. */
function isNear(a: string, b: string): boolean {
  if (a.toLowerCase() === b.toLowerCase()) return true;
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (long.length - short.length > 1 || long.length < 3) return false;
  let at = 0;
  while (at < short.length && short[at] === long[at]) at++;
  return short.slice(short.length === long.length ? at + 1 : at) === long.slice(at + 1);
}
