import {
  COMPARE_EQUAL,
  COMPARE_GREATER,
  COMPARE_GREATER_OR_EQUAL,
  COMPARE_LESS,
  COMPARE_LESS_OR_EQUAL,
  COMPARE_NOT_EQUAL,
  F_REGISTERS,
  OPERATION_AND,
  OPERATION_COMPARE,
  OPERATION_COMPARE_AT,
  OPERATION_END,
  OPERATION_NOT,
  OPERATION_OR,
  PREDICATE_ADDRESS,
  PREDICATE_COMPARISON,
  PREDICATE_MASK,
  PREDICATE_MAX,
  PREDICATE_OPERATION,
  PREDICATE_SIGNED,
  PREDICATE_SIZE,
  PREDICATE_SOURCE,
  PREDICATE_VALUE,
  PREDICATE_WIDTH,
  PREDICATES,
  PRIVILEGE,
  SATP,
  X_REGISTERS,
} from '../engine/layout.ts';
import type { Comparison, ComparisonOperand, SearchPredicate } from './predicate.ts';
import { registerSource } from './register.ts';

/** The core keeps what it has evaluated in the bits of a doubleword. */
const DEEPEST = 64;
const ALL_ONES = 0xffff_ffff_ffff_ffffn;

const comparisons: Readonly<Record<Comparison['comparison'], number>> = {
  '==': COMPARE_EQUAL,
  '!=': COMPARE_NOT_EQUAL,
  '<': COMPARE_LESS,
  '<=': COMPARE_LESS_OR_EQUAL,
  '>': COMPARE_GREATER,
  '>=': COMPARE_GREATER_OR_EQUAL,
};

/** Writes predicates into the engine's memory, in the form that core/predicate.ts evaluates. */
export class PredicateCode {
  readonly #view: DataView;
  /** Numbers by the text of the predicate: a function's lines all ask for the same few values of its stack pointer. */
  readonly #known = new Map<string, number>();
  /** Entry 0 stays empty: number 0 is the predicate that always holds. */
  #used = 1;

  constructor(view: DataView) {
    this.#view = view;
  }

  /** The number of a predicate; 0 when there is none. A RangeError says when it is too much for the engine. */
  add(predicate: SearchPredicate | undefined): number {
    if (predicate === undefined) return 0;
    const text = textOf(predicate);
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const number = this.#used;
    this.#known.set(text, number);
    this.#write(predicate, 1);
    this.#entry(OPERATION_END);
    return number;
  }

  /** Writes what leaves one value on a stack that will then be `depth` deep. */
  #write(predicate: SearchPredicate, depth: number): void {
    if (depth > DEEPEST) throw new RangeError('The condition is nested too deeply.');
    switch (predicate.kind) {
      case 'compare':
        this.#compare(predicate);
        return;
      case 'not':
        this.#write(predicate.of, depth);
        this.#entry(OPERATION_NOT);
        return;
      case 'all':
      case 'any': {
        const operation = predicate.kind === 'all' ? OPERATION_AND : OPERATION_OR;
        const [first, ...rest] = predicate.of;
        if (first === undefined) {
          this.#write({ ...ALWAYS, comparison: predicate.kind === 'all' ? '==' : '!=' }, depth);
          return;
        }
        this.#write(first, depth);
        for (const each of rest) {
          this.#write(each, depth + 1);
          this.#entry(operation);
        }
      }
    }
  }

  #compare({ operand, comparison, value, width = 8, signed = false, mask = ALL_ONES }: Comparison): void {
    const isRelative = operand.kind === 'memory' && operand.base !== undefined;
    const at = this.#entry(isRelative ? OPERATION_COMPARE_AT : OPERATION_COMPARE);
    const view = this.#view;
    view.setUint8(at + PREDICATE_COMPARISON, comparisons[comparison]);
    view.setUint8(at + PREDICATE_WIDTH, operand.kind === 'privilege' ? Math.min(width, 4) : width);
    view.setUint8(at + PREDICATE_SIGNED, signed ? 1 : 0);
    view.setUint32(at + PREDICATE_SOURCE, sourceOf(operand), true);
    view.setBigUint64(
      at + PREDICATE_ADDRESS,
      operand.kind === 'memory' ? BigInt.asUintN(64, operand.address) : 0n,
      true,
    );
    view.setBigUint64(at + PREDICATE_MASK, BigInt.asUintN(64, mask), true);
    const extended = signed ? BigInt.asIntN(width * 8, value) : BigInt.asUintN(width * 8, value);
    view.setBigUint64(at + PREDICATE_VALUE, BigInt.asUintN(64, extended), true);
  }

  #entry(operation: number): number {
    if (this.#used === PREDICATE_MAX) {
      throw new RangeError('The conditions of all breakpoints together are too long. Disable some of them.');
    }
    const at = PREDICATES + this.#used++ * PREDICATE_SIZE;
    this.#view.setUint32(at + PREDICATE_OPERATION, operation, true);
    return at;
  }
}

/** The same for the same predicates. */
function textOf(predicate: SearchPredicate): string {
  return JSON.stringify(predicate, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
}

const ALWAYS: Comparison = { kind: 'compare', operand: { kind: 'x', register: 0 }, comparison: '==', value: 0n };

/** Where the operand lies in linear memory, or the register that its address counts from; 0 for guest memory besides. */
function sourceOf(operand: ComparisonOperand): number {
  switch (operand.kind) {
    case 'x':
      return X_REGISTERS + checked(operand.register) * 8;
    case 'f':
      return F_REGISTERS + checked(operand.register) * 8;
    case 'privilege':
      return PRIVILEGE;
    case 'satp':
      return SATP;
    case 'csr':
      return csrAddress(operand.number);
    case 'memory':
      return operand.base === undefined ? 0 : X_REGISTERS + checked(operand.base) * 8;
  }
}

function csrAddress(number: number): number {
  const found = registerSource({ file: 'csr', number });
  if (found?.isWhole !== true) {
    throw new RangeError(`CSR ${number} is not kept as one value`);
  }
  return found.source;
}

function checked(register: number): number {
  if (!Number.isInteger(register) || register < 0 || register > 31) throw new RangeError(`no register ${register}`);
  return register;
}
