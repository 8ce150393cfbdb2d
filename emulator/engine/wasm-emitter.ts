import type {
  AtomicOperation,
  CacheBlockOperation,
  CsrChange,
  Emitter,
  FloatFunction,
  I32 as Condition,
  I64 as Integer,
  Operand,
  SystemOperation,
  Width,
} from '../riscv/emitter.ts';
import { isRounded } from './core-interface.ts';
import { RNE, pushRounding, type FloatSite, type Rounding } from './float/inline-float.ts';
import { WASM_I32, WASM_I64, type WasmType } from './wasm/types.ts';
import type { FunctionBody, Local } from './wasm/function-body.ts';
import { I32, I64, MEMORY, SELECT } from './wasm/opcodes.ts';

/**
 * The part of an Emitter that is the same for everything that becomes WebAssembly: expressions and conditionals. A value
 * is a piece of code that leaves it on the stack. How operands, memory, control flow and CSRs are reached is left to the
 * interpreter generator and to the translator.
 */

interface Expression<T extends 'i32' | 'i64'> {
  readonly type: T;
  readonly emit: () => void;
  /** Its value, where that is known while code is generated. */
  readonly known?: number;
}

/** The core's functions by name; returns their index in the module being generated. */
export type FunctionIndex = (name: string) => number;

export abstract class WasmEmitter implements Emitter {
  protected readonly body: FunctionBody;
  protected readonly functionIndex: FunctionIndex;
  readonly #bound: Local[] = [];

  constructor(body: FunctionBody, functionIndex: FunctionIndex) {
    this.body = body;
    this.functionIndex = functionIndex;
  }

  /** Makes a value of the code that `emit` writes. */
  protected integer(emit: () => void): Integer {
    const expression: Expression<'i64'> = { type: 'i64', emit };
    return expression;
  }
  protected condition(emit: () => void): Condition {
    const expression: Expression<'i32'> = { type: 'i32', emit };
    return expression;
  }
  /** Its value, where it is known while code is generated. */
  protected knownValue(condition: Condition): number | undefined {
    return isExpression(condition) ? condition.known : undefined;
  }
  /** A condition, or a rounding mode, that is known while code is generated: what it rules out is not written. */
  protected knownCondition(value: number): Condition {
    const expression: Expression<'i32'> = {
      type: 'i32',
      emit: () => {
        this.body.i32Const(value);
      },
      known: value,
    };
    return expression;
  }
  /** Writes the code that leaves a value on the stack. */
  protected push(value: Integer | Condition): void {
    if (!isExpression(value)) throw new TypeError('a value of another emitter');
    value.emit();
  }

  /** A local that is free again when the instruction ends. */
  protected temporary(type: WasmType): Local {
    const local = this.body.local(type);
    this.#bound.push(local);
    return local;
  }
  /** Frees what the instruction bound. */
  protected releaseTemporaries(): void {
    for (const local of this.#bound.splice(0)) this.body.release(local);
  }

  bind(value: Integer): Integer {
    const local = this.temporary(WASM_I64);
    this.push(value);
    this.body.set(local);
    return this.integer(() => {
      this.body.get(local);
    });
  }
  protected bindCondition(value: Condition): Condition {
    const local = this.temporary(WASM_I32);
    this.push(value);
    this.body.set(local);
    return this.condition(() => {
      this.body.get(local);
    });
  }

  constant(value: bigint | number): Integer {
    return this.integer(() => {
      this.body.i64Const(BigInt(value));
    });
  }

  #binary(opcode: number, a: Integer, b: Integer): Integer {
    return this.integer(() => {
      this.push(a);
      this.push(b);
      this.body.op(opcode);
    });
  }
  #unary(opcode: number, a: Integer): Integer {
    return this.integer(() => {
      this.push(a);
      this.body.op(opcode);
    });
  }
  #compare(opcode: number, a: Integer, b: Integer): Condition {
    return this.condition(() => {
      this.push(a);
      this.push(b);
      this.body.op(opcode);
    });
  }

  add(a: Integer, b: Integer): Integer {
    return this.#binary(I64.add, a, b);
  }
  sub(a: Integer, b: Integer): Integer {
    return this.#binary(I64.sub, a, b);
  }
  mul(a: Integer, b: Integer): Integer {
    return this.#binary(I64.mul, a, b);
  }
  mulHigh(a: Integer, b: Integer, signs: 'ss' | 'uu' | 'su'): Integer {
    return this.integer(() => {
      const left = this.bind(a);
      const right = this.bind(b);
      this.push(left);
      this.push(right);
      this.body.call(this.functionIndex('multiplyHigh'));
      // A negative factor was taken as 2^64 more than it is.
      const correct = (negative: Integer, other: Integer): void => {
        this.push(this.and(this.shrS(negative, this.constant(63)), other));
        this.body.op(I64.sub);
      };
      if (signs !== 'uu') correct(left, right);
      if (signs === 'ss') correct(right, left);
    });
  }
  divS(a: Integer, b: Integer): Integer {
    return this.#divide(I64.divS, a, b, {
      byZero: () => this.constant(-1),
      overflow: (dividend) => dividend,
    });
  }
  divU(a: Integer, b: Integer): Integer {
    return this.#divide(I64.divU, a, b, { byZero: () => this.constant(-1) });
  }
  remS(a: Integer, b: Integer): Integer {
    return this.#divide(I64.remS, a, b, { byZero: (dividend) => dividend });
  }
  remU(a: Integer, b: Integer): Integer {
    return this.#divide(I64.remU, a, b, { byZero: (dividend) => dividend });
  }
  #divide(
    opcode: number,
    a: Integer,
    b: Integer,
    special: { byZero: (dividend: Integer) => Integer; overflow?: (dividend: Integer) => Integer },
  ): Integer {
    const { body } = this;
    return this.integer(() => {
      const dividend = this.bind(a);
      const divisor = this.bind(b);
      const divide = (): void => {
        this.push(dividend);
        this.push(divisor);
        body.op(opcode);
      };
      const { overflow } = special;
      this.push(divisor);
      body.op(I64.eqz);
      body.ifValue(
        WASM_I64,
        () => {
          this.push(special.byZero(dividend));
        },
        () => {
          if (!overflow) {
            divide();
            return;
          }
          this.push(this.eq(dividend, this.constant(-(1n << 63n))));
          this.push(this.eq(divisor, this.constant(-1)));
          body.op(I32.and);
          body.ifValue(
            WASM_I64,
            () => {
              this.push(overflow(dividend));
            },
            divide,
          );
        },
      );
    });
  }

  and(a: Integer, b: Integer): Integer {
    return this.#binary(I64.and, a, b);
  }
  or(a: Integer, b: Integer): Integer {
    return this.#binary(I64.or, a, b);
  }
  xor(a: Integer, b: Integer): Integer {
    return this.#binary(I64.xor, a, b);
  }
  not(a: Integer): Integer {
    return this.xor(a, this.constant(-1));
  }
  shl(a: Integer, amount: Integer): Integer {
    return this.#binary(I64.shl, a, amount);
  }
  shrS(a: Integer, amount: Integer): Integer {
    return this.#binary(I64.shrS, a, amount);
  }
  shrU(a: Integer, amount: Integer): Integer {
    return this.#binary(I64.shrU, a, amount);
  }
  rotl(a: Integer, amount: Integer): Integer {
    return this.#binary(I64.rotl, a, amount);
  }
  rotr(a: Integer, amount: Integer): Integer {
    return this.#binary(I64.rotr, a, amount);
  }
  clz(a: Integer): Integer {
    return this.#unary(I64.clz, a);
  }
  ctz(a: Integer): Integer {
    return this.#unary(I64.ctz, a);
  }
  popcnt(a: Integer): Integer {
    return this.#unary(I64.popcnt, a);
  }
  signExtend(a: Integer, bits: 8 | 16 | 32): Integer {
    return this.#unary({ 8: I64.extend8S, 16: I64.extend16S, 32: I64.extend32S }[bits], a);
  }
  zeroExtend(a: Integer, bits: 8 | 16 | 32): Integer {
    return this.and(a, this.constant((1n << BigInt(bits)) - 1n));
  }

  eq(a: Integer, b: Integer): Condition {
    return this.#compare(I64.eq, a, b);
  }
  ne(a: Integer, b: Integer): Condition {
    return this.#compare(I64.ne, a, b);
  }
  ltS(a: Integer, b: Integer): Condition {
    return this.#compare(I64.ltS, a, b);
  }
  ltU(a: Integer, b: Integer): Condition {
    return this.#compare(I64.ltU, a, b);
  }
  geS(a: Integer, b: Integer): Condition {
    return this.#compare(I64.geS, a, b);
  }
  geU(a: Integer, b: Integer): Condition {
    return this.#compare(I64.geU, a, b);
  }
  fromCondition(condition: Condition): Integer {
    return this.integer(() => {
      this.push(condition);
      this.body.op(I64.extendI32U);
    });
  }
  select(condition: Condition, whenTrue: Integer, whenFalse: Integer): Integer {
    return this.integer(() => {
      this.push(whenTrue);
      this.push(whenFalse);
      this.push(condition);
      this.body.op(SELECT);
    });
  }
  when(condition: Condition, then: () => void, otherwise?: () => void): void {
    this.push(condition);
    this.body.if(then, otherwise);
  }

  float(operation: FloatFunction, args: readonly Integer[], roundingMode?: Condition): Integer {
    const { body } = this;
    return this.integer(() => {
      this.markFloatDirty();
      const operands = args.map((argument) => this.#evaluated(argument, WASM_I64));
      const rounding = this.#rounding(roundingMode);
      const callCore = (): void => {
        for (const operand of operands) body.get(operand);
        // Widening is exact: it has a mode in its encoding, and no use for it.
        if (isRounded(operation)) pushRounding(body, rounding);
        body.call(this.functionIndex(operation));
      };
      const temporary = (type: WasmType): Local => this.temporary(type);
      this.writeFloat(operation, { body, operands, rounding, temporary }, callCore);
    });
  }
  /** Writes the code that leaves the result on the stack; that of `callCore` does so, at the price of a call. */
  protected abstract writeFloat(operation: FloatFunction, site: FloatSite, callCore: () => void): void;
  #evaluated(value: Integer | Condition, type: WasmType): Local {
    const local = this.temporary(type);
    this.push(value);
    this.body.set(local);
    return local;
  }
  /** Operations without a rounding mode are exact: any will do. */
  #rounding(mode: Condition | undefined): Rounding {
    if (!mode) return { kind: 'known', mode: RNE };
    const known = this.knownValue(mode);
    if (known !== undefined) return { kind: 'known', mode: known };
    return { kind: 'run-time', mode: this.#evaluated(mode, WASM_I32) };
  }
  /** Sets mstatus.FS to Dirty, as every operation does that could change fflags or a floating-point register. */
  protected abstract markFloatDirty(): void;

  /** Leaves a loaded value on the stack, extended to 64 bits; the address is on the stack. */
  protected loadAt(width: Width, extension: 'signed' | 'unsigned', offset: number): void {
    const opcodes = {
      1: { signed: MEMORY.i64Load8S, unsigned: MEMORY.i64Load8U },
      2: { signed: MEMORY.i64Load16S, unsigned: MEMORY.i64Load16U },
      4: { signed: MEMORY.i64Load32S, unsigned: MEMORY.i64Load32U },
      8: { signed: MEMORY.i64Load, unsigned: MEMORY.i64Load },
    };
    this.body.memory(opcodes[width][extension], offset);
  }
  /** Stores the value on the stack to the address below it. */
  protected storeAt(width: Width, offset: number): void {
    this.body.memory(
      { 1: MEMORY.i64Store8, 2: MEMORY.i64Store16, 4: MEMORY.i64Store32, 8: MEMORY.i64Store }[width],
      offset,
    );
  }

  abstract readX(register: Operand): Integer;
  abstract writeX(register: Operand, value: Integer): void;
  abstract readF(register: Operand): Integer;
  abstract writeF(register: Operand, value: Integer): void;
  abstract immediate(immediate: Operand): Integer;
  abstract pc(): Integer;
  abstract nextPc(): Integer;
  abstract load(width: Width, extension: 'signed' | 'unsigned', address: Integer): Integer;
  abstract store(width: Width, address: Integer, value: Integer): void;
  abstract loadReserved(width: 4 | 8, address: Integer): Integer;
  abstract storeConditional(width: 4 | 8, address: Integer, value: Integer): Integer;
  abstract atomic(operation: AtomicOperation, width: 4 | 8, address: Integer, value: Integer): Integer;
  abstract cacheBlock(operation: CacheBlockOperation, address: Integer): void;
  abstract jump(target: Integer): void;
  abstract jumpRelative(offset: Operand): void;
  abstract branch(condition: Condition, offset: Operand): void;
  abstract requireFloat(): void;
  abstract roundingMode(field: Operand): Condition;
  abstract readCsr(csr: Operand): Integer;
  abstract writeCsr(csr: Operand, value: Integer, change: CsrChange): void;
  abstract isZeroField(operand: Operand): Condition;
  abstract system(operation: SystemOperation): void;
}

function isExpression(value: object): value is Expression<'i32' | 'i64'> {
  return 'emit' in value;
}
