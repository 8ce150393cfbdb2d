import type { Comparison, ComparisonOperand, SearchPredicate } from '../../../emulator/machine/predicate.ts';
import { commonInteger, integerShape, scalarOf, wrapped, type Scalar } from '../../symbols/expressions/scalar.ts';
import { Evaluator } from '../../symbols/expressions/evaluate.ts';
import { ExpressionError } from '../../symbols/expressions/expression-error.ts';
import type { ComparisonOperator, Syntax } from '../../symbols/expressions/syntax.ts';
import { INT, UNSIGNED_LONG } from '../../symbols/expressions/c-types.ts';
import { sizeOf, strip, type Type } from '../../symbols/types/type.ts';
import type { Value } from '../../symbols/variables/value.ts';
import type { Program } from '../program.ts';
import { registerSource } from '../../../emulator/machine/register.ts';
import { csrByName } from '../../../emulator/riscv/csr.ts';
import { Probe } from './probe.ts';

/**
 * A condition at an instruction as the engine can evaluate it by itself: comparisons of registers, variables and members with
 * constants, joined by `&&`, `||` and `!`. Undefined for what asks more. Both agree where everything can be read;
 * what cannot makes its comparison false.
 */
export function predicateOf(text: string, program: Program, pc: bigint): SearchPredicate | undefined {
  const sides = [0n, 0x100n].map((seed): Side => {
    const probe = new Probe(program, pc, seed);
    return { probe, evaluator: new Evaluator(text, probe.environment()) };
  });
  const [first, second] = sides;
  if (first === undefined || second === undefined) return undefined;
  return new Compiler(first, second).truth(first.evaluator.parse(), false);
}

interface Side {
  readonly probe: Probe;
  readonly evaluator: Evaluator;
}

/** What one side of a comparison is. */
type Operand =
  | { readonly kind: 'constant'; readonly scalar: Extract<Scalar, { kind: 'integer' | 'pointer' }> }
  | {
      readonly kind: 'variable';
      readonly operand: ComparisonOperand;
      readonly width: 1 | 2 | 4 | 8;
      readonly type: Type;
      /** Of a bit-field: where it is in the bytes that are read. */
      readonly field?: { readonly shift: number; readonly bits: number };
      /** Only these bits of it are meant. */
      readonly mask?: bigint;
    };

const OPPOSITE: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  '==': '!=',
  '!=': '==',
  '<': '>=',
  '>=': '<',
  '>': '<=',
  '<=': '>',
};

const EXCHANGED: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '>': '<',
  '<=': '>=',
  '>=': '<=',
};

class Compiler {
  constructor(
    private readonly first: Side,
    private readonly second: Side,
  ) {}

  /** The predicate of an expression as a condition; `isNegated`: of its opposite. */
  truth(syntax: Syntax, isNegated: boolean): SearchPredicate | undefined {
    if (syntax.kind === 'unary' && syntax.operator === '!') return this.truth(syntax.operand, !isNegated);
    if (syntax.kind === 'binary') {
      const { operator, left, right } = syntax;
      switch (operator) {
        case '&&':
        case '||': {
          const of = [this.truth(left, isNegated), this.truth(right, isNegated)];
          const [a, b] = of;
          if (a === undefined || b === undefined) return undefined;
          return { kind: (operator === '&&') === isNegated ? 'any' : 'all', of: [a, b] };
        }
        case '==':
        case '!=':
        case '<':
        case '<=':
        case '>':
        case '>=':
          return this.comparison(isNegated ? OPPOSITE[operator] : operator, left, right);
        default:
      }
    }
    const operand = this.operand(syntax);
    const zero: Operand = { kind: 'constant', scalar: { kind: 'integer', type: INT, value: 0n } };
    return operand && compareWith(isNegated ? '==' : '!=', operand, zero);
  }

  private comparison(operator: ComparisonOperator, left: Syntax, right: Syntax): SearchPredicate | undefined {
    const a = this.operand(left);
    const b = this.operand(right);
    if (a === undefined || b === undefined) return undefined;
    return a.kind === 'constant' ? compareWith(EXCHANGED[operator], b, a) : compareWith(operator, a, b);
  }

  private operand(syntax: Syntax): Operand | undefined {
    if (syntax.kind === 'binary' && syntax.operator === '&') return this.masked(syntax.left, syntax.right);
    const register = registerOperand(syntax);
    if (register !== undefined) return register;
    // What was asked before is no matter.
    void [this.first, this.second].map(({ probe }) => probe.wasAsked);
    const values = [this.first, this.second].map(({ evaluator }) => valueOf(evaluator, syntax));
    const isConstant = [this.first, this.second].every(({ probe }) => !probe.wasAsked);
    const [value, other] = values;
    if (value === undefined || other === undefined) return undefined;
    return this.place(value, other) ?? (isConstant ? constant(value, other, syntax) : undefined);
  }

  /** `x & 4`, as long as the sign of the result is no matter. */
  private masked(left: Syntax, right: Syntax): Operand | undefined {
    const [a, b] = [this.operand(left), this.operand(right)];
    const [variable, mask] = a?.kind === 'variable' ? [a, b] : [b, a];
    if (variable?.kind !== 'variable' || mask?.kind !== 'constant' || mask.scalar.kind !== 'integer') return undefined;
    if (variable.mask !== undefined || variable.field !== undefined) return undefined;
    const { value } = mask.scalar;
    const isWithin = value >= 0n && value < 1n << BigInt(variable.width * 8 - 1);
    return isWithin ? { ...variable, mask: value } : undefined;
  }

  /** Where a variable is, when it is in a register, at an address, or at a distance from an address in a register. */
  private place(value: Value, other: Value): Operand | undefined {
    const { type } = value;
    const bare = strip(type);
    const isScalar =
      bare.kind === 'enumeration' ||
      (bare.kind === 'pointer' && bare.sign === '*') ||
      (bare.kind === 'base' && bare.encoding !== 'float');
    if (!isScalar || value.place.kind !== other.place.kind) return undefined;
    if (value.place.kind === 'value' && other.place.kind === 'value') {
      const width = widthOf(sizeOf(type));
      const from = this.commonOrigin(value.place.value, other.place.value);
      if (from?.offset !== 0n || width === undefined) return undefined;
      return { kind: 'variable', operand: { kind: 'x', register: from.register }, width, type };
    }
    if (value.place.kind !== 'memory' || other.place.kind !== 'memory' || value.place.isPhysical === true)
      return undefined;
    const cell = cellOf(value);
    if (cell === undefined) return undefined;
    const found = { kind: 'variable', width: cell.width, type, ...(cell.field && { field: cell.field }) } as const;
    const offset = BigInt(cell.offset);
    if (value.place.address === other.place.address) {
      return { ...found, operand: { kind: 'memory', address: value.place.address + offset } };
    }
    const from = this.commonOrigin(value.place.address, other.place.address);
    if (from === undefined) return undefined;
    return { ...found, operand: { kind: 'memory', base: from.register, address: from.offset + offset } };
  }

  private commonOrigin(a: bigint, b: bigint): { readonly register: number; readonly offset: bigint } | undefined {
    const one = this.first.probe.originOf(a);
    const two = this.second.probe.originOf(b);
    return one?.register === two?.register && one?.offset === two?.offset ? one : undefined;
  }
}

/** A CSR that the engine keeps as one value, a field of one, or the privilege. */
function registerOperand(syntax: Syntax): Operand | undefined {
  const [name, field] =
    syntax.kind === 'register'
      ? [syntax.name, undefined]
      : syntax.kind === 'member' && syntax.object.kind === 'register'
        ? [syntax.object.name, syntax.name]
        : [];
  if (name === undefined) return undefined;
  if (name === 'priv' && field === undefined) {
    return { kind: 'variable', operand: { kind: 'privilege' }, width: 4, type: UNSIGNED_LONG };
  }
  const csr = csrByName(name);
  const source = csr && registerSource({ file: 'csr', number: csr.number });
  if (csr === undefined || !source?.isWhole) return undefined;
  const found = {
    kind: 'variable',
    operand: { kind: 'csr', number: csr.number },
    width: 8,
    type: UNSIGNED_LONG,
  } as const;
  if (field === undefined) return csr.behaviour.kind === 'stored' || name === 'satp' ? found : undefined;
  const { high, low } = csr.fields.find((one) => one.name === field) ?? {};
  if (high === undefined || low === undefined) return undefined;
  const bits = high - low + 1;
  const mask = ((1n << BigInt(bits)) - 1n) << BigInt(low);
  // Some fields follow from others, and are kept nowhere.
  return (source.mask & mask) === mask ? { ...found, field: { shift: low, bits } } : undefined;
}

/** Undefined when it needs what is not known yet. */
function valueOf(evaluator: Evaluator, syntax: Syntax): Value | undefined {
  try {
    return evaluator.evaluate(syntax);
  } catch (error) {
    if (error instanceof ExpressionError) return undefined;
    throw error;
  }
}

function constant(value: Value, other: Value, { span }: Syntax): Operand | undefined {
  if (value.place.kind !== 'value' || other.place.kind !== 'value') return undefined;
  try {
    const scalar = scalarOf(value, span, false);
    const same = scalarOf(other, span, false);
    // What changes with the registers is none.
    return scalar.kind === 'float' || scalar.value !== same.value ? undefined : { kind: 'constant', scalar };
  } catch (error) {
    if (error instanceof ExpressionError) return undefined;
    throw error;
  }
}

function widthOf(size: number | undefined): 1 | 2 | 4 | 8 | undefined {
  return size === 1 || size === 2 || size === 4 || size === 8 ? size : undefined;
}

/** The bytes to read for an object: of a bit-field those that hold it. */
function cellOf(value: Value):
  | {
      readonly offset: number;
      readonly width: 1 | 2 | 4 | 8;
      readonly field?: { readonly shift: number; readonly bits: number };
    }
  | undefined {
  const { bitField } = value;
  if (bitField === undefined) {
    const width = widthOf(sizeOf(value.type));
    return width && { offset: 0, width };
  }
  const offset = Math.floor(bitField.bitOffset / 8);
  const shift = bitField.bitOffset - offset * 8;
  const width = ([1, 2, 4, 8] as const).find((bytes) => bytes * 8 >= shift + bitField.bitSize);
  return width && { offset, width, field: { shift, bits: bitField.bitSize } };
}

/** `left operator right` by C's conversions, where the engine's comparison of `width` bytes means the same. */
function compareWith(operator: ComparisonOperator, left: Operand, right: Operand): SearchPredicate | undefined {
  if (left.kind === 'constant' || right.kind !== 'constant') return undefined;
  const { operand, width, type, field, mask } = left;
  const shape = integerShape(type);
  const isPointer = strip(type).kind === 'pointer' || right.scalar.kind === 'pointer';
  const common = isPointer ? UNSIGNED_LONG : commonInteger(type, right.scalar.type);
  const { value } = wrapped(common, right.scalar.value);
  // A negative number that C would take for a large one is not what the engine compares.
  if (shape.isSigned && !common.isSigned && shape.size < common.size) return undefined;
  const isSigned = shape.isSigned && common.isSigned;
  if (field !== undefined) {
    if (isSigned && operator !== '==' && operator !== '!=') return undefined;
    const bits = BigInt(field.bits);
    const fits = isSigned ? BigInt.asIntN(field.bits, value) === value : value >= 0n && value < 1n << bits;
    if (!fits) return undefined;
    const shift = BigInt(field.shift);
    return comparison(operator, operand, {
      width,
      signed: false,
      mask: ((1n << bits) - 1n) << shift,
      value: BigInt.asUintN(field.bits, value) << shift,
    });
  }
  const bits = width * 8;
  const fits = isSigned ? BigInt.asIntN(bits, value) === value : BigInt.asUintN(bits, value) === value;
  if (!fits) return undefined;
  return comparison(operator, operand, { width, signed: isSigned, value, ...(mask === undefined ? {} : { mask }) });
}

function comparison(
  operator: ComparisonOperator,
  operand: ComparisonOperand,
  rest: Omit<Comparison, 'kind' | 'operand' | 'comparison'>,
): Comparison {
  return { kind: 'compare', operand, comparison: operator, ...rest };
}
