import { formatAddress } from '../address.ts';
import { RequestFailure } from '../failure.ts';
import type { ProgramSymbol } from '../program.ts';
import type { BinaryOperator, Expression, LoadWidth } from './parse.ts';

/** Where names and memory come from. */
export interface Environment {
  /** A register or CSR by any of its names, without `$`; undefined when there is none. Throws when its value is unknown. */
  register(name: string): bigint | undefined;
  symbol(name: string): ProgramSymbol | undefined;
  isFunction(symbol: ProgramSymbol): boolean;
  /** Undefined when the bytes cannot be read. */
  load(address: bigint, width: LoadWidth): bigint | undefined;
}

/** What an expression came to: a 64-bit unsigned value, and where in memory it is. */
export interface Value {
  readonly value: bigint;
  /** Bytes that the value has; 8 for what was computed. */
  readonly width: LoadWidth;
  /** Where it was loaded from. */
  readonly location: { readonly address: bigint; readonly length: number } | undefined;
  /** The expression names something that is more than a number: the value is its address. */
  readonly object: ProgramSymbol | undefined;
}

/** Throws a RequestFailure that says which name is unknown or which memory cannot be read. */
export function evaluate(expression: Expression, environment: Environment): Value {
  switch (expression.kind) {
    case 'number':
      return computed(expression.value);
    case 'name':
      return named(expression.name, environment);
    case 'address-of':
      return computed(symbolOf(expression.name, environment).address);
    case 'load':
      return loaded(evaluate(expression.address, environment).value, expression.width, environment);
    case 'unary': {
      const { value } = evaluate(expression.operand, environment);
      return computed(expression.operator === '-' ? -value : ~value);
    }
    case 'binary': {
      const left = evaluate(expression.left, environment).value;
      const right = evaluate(expression.right, environment).value;
      return computed(apply(expression.operator, left, right));
    }
  }
}

function named(name: string, environment: Environment): Value {
  const register = environment.register(name.replace(/^\$/, ''));
  if (register !== undefined) return computed(register);
  const symbol = symbolOf(name, environment);
  const width = ([1, 2, 4, 8] as const).find((one) => one === symbol.size);
  if (environment.isFunction(symbol) || width === undefined) {
    return {
      value: symbol.address,
      width: 8,
      location: symbol.size === 0 ? undefined : { address: symbol.address, length: symbol.size },
      object: symbol,
    };
  }
  return loaded(symbol.address, width, environment);
}

function symbolOf(name: string, environment: Environment): ProgramSymbol {
  const symbol = name.startsWith('$') ? undefined : environment.symbol(name);
  if (symbol === undefined) throw new RequestFailure(`There is no register and no symbol "${name}".`);
  return symbol;
}

function loaded(address: bigint, width: LoadWidth, environment: Environment): Value {
  const value = environment.load(address, width);
  if (value === undefined) throw new RequestFailure(`The ${width} bytes at ${formatAddress(address)} cannot be read.`);
  return { value, width, location: { address, length: width }, object: undefined };
}

function computed(value: bigint): Value {
  return { value: BigInt.asUintN(64, value), width: 8, location: undefined, object: undefined };
}

function apply(operator: BinaryOperator, left: bigint, right: bigint): bigint {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
    case '%':
      if (right === 0n) throw new RequestFailure('The expression divides by zero.');
      return operator === '/' ? left / right : left % right;
    case '&':
      return left & right;
    case '|':
      return left | right;
    case '^':
      return left ^ right;
    case '<<':
      return right >= 64n ? 0n : left << right;
    case '>>':
      return right >= 64n ? 0n : left >> right;
  }
}
