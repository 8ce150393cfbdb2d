/**
 * The description read by evaluating it: a plain, slow and independent interpreter over bigint. It is an oracle for the
 * engine and the translator, and holds the description to the emitter's contract: a value that reads state or has
 * effects is used once unless it is bound, and nothing is changed by an instruction that traps.
 */
import type {
  AtomicOperation,
  CacheBlockOperation,
  CsrChange,
  Emitter,
  FloatFunction,
  I32,
  I64,
  Operand,
  OperandName,
  Operands,
  SystemOperation,
  Width,
} from '../../../emulator/riscv/emitter.ts';
import type { DecodedInstruction } from '../../../emulator/riscv/instruction.ts';
import { evaluateFloat } from './reference-float.ts';
import { ReferenceTrap, atomicResult } from './reference-hart.ts';
import type { ReferenceHart } from './reference-hart.ts';

const CACHE_BLOCK_BYTES = 64n;

/** An expression that is evaluated where it is used. */
class Expression {
  readonly #evaluate: () => bigint;
  readonly #reusable: boolean;
  #used = false;

  constructor(evaluate: () => bigint, reusable: boolean) {
    this.#evaluate = evaluate;
    this.#reusable = reusable;
  }

  evaluate(): bigint {
    if (this.#used && !this.#reusable) throw new Error('A value is used twice without being bound.');
    this.#used = true;
    return this.#evaluate();
  }
}

class Value64 extends Expression implements I64 {
  readonly type = 'i64';
}

class Value32 extends Expression implements I32 {
  readonly type = 'i32';
}

/** Sign-extends the low bits of a value to 64, unsigned as registers are. */
const signExtended = (value: bigint, bits: number): bigint => BigInt.asUintN(64, BigInt.asIntN(bits, value));

const operands: Operands = {
  rd: { operand: 'rd' },
  rs1: { operand: 'rs1' },
  rs2: { operand: 'rs2' },
  rs3: { operand: 'rs3' },
  imm: { operand: 'imm' },
  rm: { operand: 'rm' },
  csr: { operand: 'csr' },
};

/**
 * Carries out one instruction at the hart's pc, and moves pc.
 *
 * @throws ReferenceTrap when it traps; the hart is then as it was.
 */
export function execute(hart: ReferenceHart, decoded: DecodedInstruction): void {
  const emitter = new ReferenceEmitter(hart, decoded);
  decoded.instruction.semantics(emitter, operands);
  hart.pc = emitter.target ?? BigInt.asUintN(64, hart.pc + BigInt(decoded.length));
}

class ReferenceEmitter implements Emitter {
  readonly #hart: ReferenceHart;
  readonly #decoded: DecodedInstruction;
  /** Something of the instruction was carried out, so that it may not trap any more. */
  #changed = false;
  /** Where it continues, if not at the next instruction. */
  target: bigint | undefined;

  constructor(hart: ReferenceHart, decoded: DecodedInstruction) {
    this.#hart = hart;
    this.#decoded = decoded;
  }

  readX(register: Operand): I64 {
    return this.#value(() => this.#x(register));
  }

  writeX(register: Operand, value: I64): void {
    const bits = evaluate(value);
    this.#changed = true;
    const number = this.#field(register);
    if (number !== 0) this.#hart.x[number] = bits;
  }

  readF(register: Operand): I64 {
    return this.#value(() => this.#hart.f[this.#field(register)] ?? 0n);
  }

  writeF(register: Operand, value: I64): void {
    const bits = evaluate(value);
    this.#changed = true;
    this.#hart.f[this.#field(register)] = bits;
  }

  immediate(immediate: Operand): I64 {
    return this.constant(this.#field(immediate));
  }

  constant(value: bigint | number): I64 {
    return new Value64(() => BigInt.asUintN(64, BigInt(value)), true);
  }

  pc(): I64 {
    return this.constant(this.#hart.pc);
  }

  nextPc(): I64 {
    return this.constant(this.#hart.pc + BigInt(this.#decoded.length));
  }

  bind(value: I64): I64 {
    return this.constant(evaluate(value));
  }

  add = (a: I64, b: I64): I64 => this.#binary(a, b, (x, y) => x + y);
  sub = (a: I64, b: I64): I64 => this.#binary(a, b, (x, y) => x - y);
  mul = (a: I64, b: I64): I64 => this.#binary(a, b, (x, y) => x * y);

  mulHigh(a: I64, b: I64, signs: 'ss' | 'uu' | 'su'): I64 {
    return this.#binary(a, b, (x, y) => {
      const left = signs === 'uu' ? x : BigInt.asIntN(64, x);
      const right = signs === 'ss' ? BigInt.asIntN(64, y) : y;
      return (left * right) >> 64n;
    });
  }

  divS = (a: I64, b: I64): I64 => this.#signed(a, b, (x, y) => (y === 0n ? -1n : x / y));
  divU = (a: I64, b: I64): I64 => this.#binary(a, b, (x, y) => (y === 0n ? -1n : x / y));
  remS = (a: I64, b: I64): I64 => this.#signed(a, b, (x, y) => (y === 0n ? x : x % y));
  remU = (a: I64, b: I64): I64 => this.#binary(a, b, (x, y) => (y === 0n ? x : x % y));
  and = (a: I64, b: I64): I64 => this.#binary(a, b, (x, y) => x & y);
  or = (a: I64, b: I64): I64 => this.#binary(a, b, (x, y) => x | y);
  xor = (a: I64, b: I64): I64 => this.#binary(a, b, (x, y) => x ^ y);
  not = (a: I64): I64 => this.#unary(a, (x) => ~x);
  shl = (a: I64, amount: I64): I64 => this.#binary(a, amount, (x, y) => x << (y & 63n));
  shrS = (a: I64, amount: I64): I64 => this.#binary(a, amount, (x, y) => BigInt.asIntN(64, x) >> (y & 63n));
  shrU = (a: I64, amount: I64): I64 => this.#binary(a, amount, (x, y) => x >> (y & 63n));
  rotl = (a: I64, amount: I64): I64 => this.#binary(a, amount, (x, y) => (x << (y & 63n)) | (x >> (64n - (y & 63n))));
  rotr = (a: I64, amount: I64): I64 => this.#binary(a, amount, (x, y) => (x >> (y & 63n)) | (x << (64n - (y & 63n))));
  clz = (a: I64): I64 => this.#unary(a, (x) => BigInt(64 - (x === 0n ? 0 : x.toString(2).length)));
  ctz = (a: I64): I64 => this.#unary(a, (x) => BigInt(x === 0n ? 64 : (/0*$/.exec(x.toString(2))?.[0].length ?? 0)));
  popcnt = (a: I64): I64 => this.#unary(a, (x) => BigInt(x.toString(2).replaceAll('0', '').length));
  signExtend = (a: I64, bits: 8 | 16 | 32): I64 => this.#unary(a, (x) => BigInt.asIntN(bits, x));
  zeroExtend = (a: I64, bits: 8 | 16 | 32): I64 => this.#unary(a, (x) => BigInt.asUintN(bits, x));

  eq = (a: I64, b: I64): I32 => this.#compare(a, b, (x, y) => x === y);
  ne = (a: I64, b: I64): I32 => this.#compare(a, b, (x, y) => x !== y);
  ltS = (a: I64, b: I64): I32 => this.#compare(a, b, (x, y) => BigInt.asIntN(64, x) < BigInt.asIntN(64, y));
  ltU = (a: I64, b: I64): I32 => this.#compare(a, b, (x, y) => x < y);
  geS = (a: I64, b: I64): I32 => this.#compare(a, b, (x, y) => BigInt.asIntN(64, x) >= BigInt.asIntN(64, y));
  geU = (a: I64, b: I64): I32 => this.#compare(a, b, (x, y) => x >= y);

  fromCondition(condition: I32): I64 {
    return this.#value(() => evaluate(condition));
  }

  select(condition: I32, whenTrue: I64, whenFalse: I64): I64 {
    return this.#value(() => {
      const [yes, no] = [evaluate(whenTrue), evaluate(whenFalse)];
      return evaluate(condition) === 0n ? no : yes;
    });
  }

  when(condition: I32, then: () => void, otherwise?: () => void): void {
    if (evaluate(condition) !== 0n) then();
    else otherwise?.();
  }

  load(width: Width, extension: 'signed' | 'unsigned', address: I64): I64 {
    return this.#value(() => {
      const value = this.#access(() => this.#hart.memory.read(evaluate(address), width));
      return extension === 'signed' ? BigInt.asIntN(8 * width, value) : value;
    });
  }

  store(width: Width, address: I64, value: I64): void {
    const [to, bits] = [evaluate(address), evaluate(value)];
    this.#access(() => {
      this.#hart.memory.write(to, width, bits);
    });
    this.#changed = true;
  }

  loadReserved(width: 4 | 8, address: I64): I64 {
    return this.#value(() => {
      const from = this.#aligned(evaluate(address), width);
      const value = this.#access(() => this.#hart.memory.read(from, width));
      this.#hart.reservation = { address: from, width };
      return signExtended(value, 8 * width);
    });
  }

  storeConditional(width: 4 | 8, address: I64, value: I64): I64 {
    return this.#value(() => {
      const [to, bits] = [this.#aligned(evaluate(address), width), evaluate(value)];
      const { reservation, memory } = this.#hart;
      this.#access(() => {
        memory.check(to, width);
      });
      const holds = reservation?.address === to && reservation.width === width;
      if (holds) memory.write(to, width, bits);
      this.#hart.reservation = undefined;
      return holds ? 0n : 1n;
    });
  }

  atomic(operation: AtomicOperation, width: 4 | 8, address: I64, value: I64): I64 {
    return this.#value(() => {
      const [at, source] = [this.#aligned(evaluate(address), width), BigInt.asUintN(8 * width, evaluate(value))];
      return this.#access(() => {
        const old = this.#hart.memory.read(at, width);
        this.#hart.memory.write(at, width, atomicResult(operation, width, old, source));
        return signExtended(old, 8 * width);
      });
    });
  }

  cacheBlock(operation: CacheBlockOperation, address: I64): void {
    const block = evaluate(address) & ~(CACHE_BLOCK_BYTES - 1n);
    // Memory is coherent, so cleaning, flushing and invalidating have nothing to do.
    if (operation !== 'zero') return;
    this.#access(() => {
      for (let offset = 0n; offset < CACHE_BLOCK_BYTES; offset += 8n) this.#hart.memory.write(block + offset, 8, 0n);
    });
    this.#changed = true;
  }

  jump(target: I64): void {
    this.target = evaluate(target);
  }

  jumpRelative(offset: Operand): void {
    this.target = BigInt.asUintN(64, this.#hart.pc + BigInt(this.#field(offset)));
  }

  branch(condition: I32, offset: Operand): void {
    if (evaluate(condition) !== 0n) this.jumpRelative(offset);
  }

  requireFloat(): void {
    if (!this.#hart.floatOn) this.#trap('illegal-instruction');
  }

  roundingMode(field: Operand): I32 {
    return new Value32(() => {
      const given = this.#field(field);
      const mode = given === 7 ? this.#hart.frm : given;
      if (mode > 4) this.#trap('illegal-instruction');
      return BigInt(mode);
    }, false);
  }

  float(operation: FloatFunction, args: readonly I64[], roundingMode?: I32): I64 {
    return this.#value(() => {
      const mode = roundingMode === undefined ? 0n : evaluate(roundingMode);
      const { value, flags } = evaluateFloat(operation, args.map(evaluate), Number(mode));
      this.#changed = true;
      this.#hart.fflags |= flags;
      return value;
    });
  }

  readCsr(csr: Operand): I64 {
    return this.#value(() => this.#hart.csr.get(this.#field(csr)) ?? this.#trap('illegal-instruction'));
  }

  writeCsr(csr: Operand, value: I64, change: CsrChange): void {
    const number = this.#field(csr);
    const old = this.#hart.csr.get(number);
    const readOnly = number >>> 10 === 3;
    if (old === undefined || readOnly) this.#trap('illegal-instruction');
    const bits = evaluate(value);
    this.#changed = true;
    this.#hart.csr.set(number, change === 'write' ? bits : change === 'set' ? old | bits : old & ~bits);
  }

  isZeroField(operand: Operand): I32 {
    return new Value32(() => (this.#field(operand) === 0 ? 1n : 0n), true);
  }

  system(operation: SystemOperation): void {
    this.#changed = true;
    this.#hart.system.push(operation);
  }

  #field({ operand }: { readonly operand: OperandName }): number {
    return this.#decoded[operand];
  }

  #x(register: Operand): bigint {
    const number = this.#field(register);
    return number === 0 ? 0n : (this.#hart.x[number] ?? 0n);
  }

  /** What the instruction computes is 64 bits, unsigned. */
  #value(compute: () => bigint): Value64 {
    return new Value64(() => BigInt.asUintN(64, compute()), false);
  }

  #unary(a: I64, compute: (a: bigint) => bigint): I64 {
    return this.#value(() => compute(evaluate(a)));
  }

  #binary(a: I64, b: I64, compute: (a: bigint, b: bigint) => bigint): I64 {
    return this.#value(() => compute(evaluate(a), evaluate(b)));
  }

  #signed(a: I64, b: I64, compute: (a: bigint, b: bigint) => bigint): I64 {
    return this.#binary(a, b, (x, y) => compute(BigInt.asIntN(64, x), BigInt.asIntN(64, y)));
  }

  #compare(a: I64, b: I64, holds: (a: bigint, b: bigint) => boolean): I32 {
    return new Value32(() => (holds(evaluate(a), evaluate(b)) ? 1n : 0n), false);
  }

  #aligned(address: bigint, width: number): bigint {
    return address % BigInt(width) === 0n ? address : this.#trap('misaligned', address);
  }

  /** An access to memory, which may trap. */
  #access<T>(perform: () => T): T {
    if (this.#changed) throw new Error(`${this.#decoded.instruction.name} accesses memory after it changed something.`);
    return perform();
  }

  #trap(cause: 'illegal-instruction' | 'misaligned', address?: bigint): never {
    if (this.#changed) throw new Error(`${this.#decoded.instruction.name} traps after it changed something.`);
    throw new ReferenceTrap(cause, address);
  }
}

function evaluate(value: I64 | I32): bigint {
  if (value instanceof Expression) return value.evaluate();
  throw new Error('This value was made by another emitter.');
}
