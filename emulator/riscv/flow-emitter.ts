import type {
  AtomicOperation,
  CacheBlockOperation,
  CsrChange,
  Emitter,
  FloatFunction,
  I32,
  I64,
  Operand,
  Width,
} from './emitter.ts';
import type { BitOrigin, FlowState, FlowWrite, Storage } from './flow.ts';
import { FlowValue, joined, masked, type FlowCondition } from './flow-value.ts';
import type { DecodedInstruction } from './instruction.ts';

const CACHE_BLOCK = 64;

/** Reads an instruction's semantics by following its values: which places it writes, and where each bit was before. */
export class FlowEmitter implements Emitter {
  readonly writes: FlowWrite[] = [];
  readonly #decoded: DecodedInstruction;
  readonly #state: FlowState;
  /** One object for one place, however often it is read. */
  readonly #places = new Map<string, Storage>();

  constructor(decoded: DecodedInstruction, state: FlowState) {
    this.#decoded = decoded;
    this.#state = state;
  }

  readX(register: Operand): I64 {
    const number = this.#decoded[register.operand];
    if (number === 0) return FlowValue.constant(0n);
    return FlowValue.of(this.#place({ kind: 'x', register: number }), this.#state.readX(number));
  }
  writeX(register: Operand, value: I64): void {
    const number = this.#decoded[register.operand];
    if (number !== 0) this.#write({ kind: 'x', register: number }, value);
  }
  readF(register: Operand): I64 {
    const number = this.#decoded[register.operand];
    return FlowValue.of(this.#place({ kind: 'f', register: number }), this.#state.readF(number));
  }
  writeF(register: Operand, value: I64): void {
    this.#write({ kind: 'f', register: this.#decoded[register.operand] }, value);
  }
  immediate(immediate: Operand): I64 {
    return FlowValue.constant(BigInt(this.#decoded[immediate.operand]));
  }
  constant(value: bigint | number): I64 {
    return FlowValue.constant(BigInt(value));
  }
  pc(): I64 {
    return FlowValue.constant(this.#state.pc);
  }
  nextPc(): I64 {
    return FlowValue.constant(this.#state.pc + BigInt(this.#decoded.length));
  }
  bind(value: I64): I64 {
    return value;
  }

  add(a: I64, b: I64): I64 {
    const sum = both(a, b, (x, y) => x + y);
    const carries = both(a, b, (x, y) => x & y) !== 0n;
    return carries ? FlowValue.computed(sum, flow(a), flow(b)) : joined(sum, flow(a), flow(b));
  }
  sub(a: I64, b: I64): I64 {
    const value = both(a, b, (x, y) => x - y);
    return flow(b).value === 0n ? joined(value, flow(a), flow(b)) : FlowValue.computed(value, flow(a), flow(b));
  }
  mul = (a: I64, b: I64): I64 => compute(a, b, (x, y) => x * y);
  mulHigh(a: I64, b: I64, signs: 'ss' | 'uu' | 'su'): I64 {
    return compute(a, b, (x, y) => ((signs === 'uu' ? x : signed(x)) * (signs === 'ss' ? signed(y) : y)) >> 64n);
  }
  divS = (a: I64, b: I64): I64 => compute(a, b, (x, y) => (y === 0n ? -1n : signed(x) / signed(y)));
  divU = (a: I64, b: I64): I64 => compute(a, b, (x, y) => (y === 0n ? -1n : x / y));
  remS = (a: I64, b: I64): I64 => compute(a, b, (x, y) => (y === 0n ? x : signed(x) % signed(y)));
  remU = (a: I64, b: I64): I64 => compute(a, b, (x, y) => (y === 0n ? x : x % y));
  and(a: I64, b: I64): I64 {
    return masked(
      both(a, b, (x, y) => x & y),
      flow(a),
      flow(b),
    );
  }
  or(a: I64, b: I64): I64 {
    return joined(
      both(a, b, (x, y) => x | y),
      flow(a),
      flow(b),
    );
  }
  xor(a: I64, b: I64): I64 {
    return joined(
      both(a, b, (x, y) => x ^ y),
      flow(a),
      flow(b),
    );
  }
  not(a: I64): I64 {
    const { value } = flow(a);
    return value === undefined || !flow(a).isConstant
      ? FlowValue.computed(value === undefined ? undefined : ~value, flow(a))
      : FlowValue.constant(~value);
  }
  shl(a: I64, amount: I64): I64 {
    return shifted(
      a,
      amount,
      (value, by) => value << by,
      (bit, by) => bit - by,
    );
  }
  shrS(a: I64, amount: I64): I64 {
    return shifted(
      a,
      amount,
      (value, by) => signed(value) >> by,
      (bit, by) => bit + by,
    );
  }
  shrU(a: I64, amount: I64): I64 {
    return shifted(
      a,
      amount,
      (value, by) => value >> by,
      (bit, by) => bit + by,
    );
  }
  rotl(a: I64, amount: I64): I64 {
    return shifted(a, amount, rotatedLeft, (bit, by) => (bit - by + 64) % 64);
  }
  rotr(a: I64, amount: I64): I64 {
    return shifted(
      a,
      amount,
      (value, by) => rotatedLeft(value, (64n - by) % 64n),
      (bit, by) => (bit + by) % 64,
    );
  }
  clz = (a: I64): I64 => computeOne(a, (x) => BigInt(64 - digits(x).length + (x === 0n ? 1 : 0)));
  ctz = (a: I64): I64 => computeOne(a, (x) => (x === 0n ? 64n : BigInt(/0*$/.exec(digits(x))?.[0].length ?? 0)));
  popcnt = (a: I64): I64 => computeOne(a, (x) => BigInt(digits(x).replaceAll('0', '').length));
  signExtend = (a: I64, bits: 8 | 16 | 32): I64 => flow(a).extended(bits, true);
  zeroExtend = (a: I64, bits: 8 | 16 | 32): I64 => flow(a).extended(bits, false);

  eq = (a: I64, b: I64): I32 => compare(a, b, (x, y) => x === y);
  ne = (a: I64, b: I64): I32 => compare(a, b, (x, y) => x !== y);
  ltS = (a: I64, b: I64): I32 => compare(a, b, (x, y) => signed(x) < signed(y));
  ltU = (a: I64, b: I64): I32 => compare(a, b, (x, y) => x < y);
  geS = (a: I64, b: I64): I32 => compare(a, b, (x, y) => signed(x) >= signed(y));
  geU = (a: I64, b: I64): I32 => compare(a, b, (x, y) => x >= y);
  fromCondition(condition: I32): I64 {
    const { holds, inputs } = decided(condition);
    return FlowValue.computed(holds === undefined ? undefined : holds ? 1n : 0n, ...inputs);
  }
  select(condition: I32, whenTrue: I64, whenFalse: I64): I64 {
    const { holds, inputs } = decided(condition);
    if (holds === undefined) return FlowValue.computed(undefined, ...inputs, flow(whenTrue), flow(whenFalse));
    return holds ? whenTrue : whenFalse;
  }
  when(condition: I32, then: () => void, otherwise?: () => void): void {
    const { holds } = decided(condition);
    if (holds !== false) then();
    if (holds !== true) otherwise?.();
  }

  load(width: Width, extension: 'signed' | 'unsigned', address: I64): I64 {
    return this.#load(width, address).extended(width * 8, extension === 'signed');
  }
  store(width: Width, address: I64, value: I64): void {
    this.#store(width, address, flow(value));
  }
  loadReserved(width: 4 | 8, address: I64): I64 {
    return this.#load(width, address).extended(width * 8, true);
  }
  /** As if the reservation held: whoever follows a value into memory knows that it was stored. */
  storeConditional(width: 4 | 8, address: I64, value: I64): I64 {
    this.#store(width, address, flow(value));
    return FlowValue.computed(undefined, this.#load(width, address));
  }
  atomic(operation: AtomicOperation, width: 4 | 8, address: I64, value: I64): I64 {
    const before = this.#load(width, address);
    this.#store(
      width,
      address,
      operation === 'swap' ? flow(value) : FlowValue.computed(undefined, before, flow(value)),
    );
    return before.extended(width * 8, true);
  }
  cacheBlock(operation: CacheBlockOperation, address: I64): void {
    const at = flow(address).value;
    if (operation !== 'zero' || at === undefined) return;
    const target: Storage = { kind: 'memory', address: at - (at % BigInt(CACHE_BLOCK)), width: CACHE_BLOCK };
    this.writes.push({ target, bits: new Array<BitOrigin>(CACHE_BLOCK * 8).fill('fill'), inputs: [] });
  }

  jump(): void {
    // Where execution goes on is no value.
  }
  jumpRelative(): void {
    // Likewise.
  }
  branch(): void {
    // Likewise.
  }

  requireFloat(): void {
    // Whoever asks knows that it did not trap.
  }
  roundingMode(): I32 {
    return unknown();
  }
  float(_operation: FloatFunction, args: readonly I64[]): I64 {
    return FlowValue.computed(undefined, ...args.map(flow));
  }

  readCsr(csr: Operand): I64 {
    const number = this.#decoded[csr.operand];
    return FlowValue.of(this.#place({ kind: 'csr', csr: number }), this.#state.readCsr(number));
  }
  writeCsr(csr: Operand, value: I64, change: CsrChange): void {
    const number = this.#decoded[csr.operand];
    const before = flow(this.readCsr(csr));
    this.#write(
      { kind: 'csr', csr: number },
      change === 'write' ? value : FlowValue.computed(undefined, before, flow(value)),
    );
  }
  isZeroField(operand: Operand): I32 {
    const condition: FlowCondition = { type: 'i32', holds: this.#decoded[operand.operand] === 0, inputs: [] };
    return condition;
  }
  system(): void {
    // What a trap or a return from one does to CSRs is not a flow of values.
  }

  #place(storage: Storage): Storage {
    const key = Object.values(storage).join(' ');
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    this.#places.set(key, storage);
    return storage;
  }

  #load(width: number, address: I64): FlowValue {
    const at = flow(address).value;
    if (at === undefined) return FlowValue.computed(undefined, flow(address));
    return FlowValue.of(this.#place({ kind: 'memory', address: at, width }), this.#state.load(at, width), width);
  }

  #store(width: number, address: I64, { bits, inputs }: FlowValue): void {
    const at = flow(address).value;
    if (at === undefined) return;
    this.writes.push({ target: { kind: 'memory', address: at, width }, bits: bits.slice(0, width * 8), inputs });
  }

  #write(target: Storage, value: I64): void {
    const { bits, inputs } = flow(value);
    this.writes.push({ target, bits, inputs });
  }
}

/** The values that semantics pass around are those that this emitter made. */
function flow(value: I64): FlowValue {
  if (value instanceof FlowValue) return value;
  throw new Error('A value of another emitter.');
}

function decided(condition: I32): FlowCondition {
  return 'holds' in condition ? (condition as FlowCondition) : unknown();
}

function unknown(): FlowCondition {
  return { type: 'i32', holds: undefined, inputs: [] };
}

function both(a: I64, b: I64, f: (x: bigint, y: bigint) => bigint): bigint | undefined {
  const [x, y] = [flow(a).value, flow(b).value];
  return x === undefined || y === undefined ? undefined : BigInt.asUintN(64, f(x, y));
}

function compute(a: I64, b: I64, f: (x: bigint, y: bigint) => bigint): FlowValue {
  const value = both(a, b, f);
  if (flow(a).isConstant && flow(b).isConstant && value !== undefined) return FlowValue.constant(value);
  return FlowValue.computed(value, flow(a), flow(b));
}

function computeOne(a: I64, f: (x: bigint) => bigint): FlowValue {
  return compute(a, FlowValue.constant(0n), f);
}

function compare(a: I64, b: I64, f: (x: bigint, y: bigint) => boolean): FlowCondition {
  const [x, y] = [flow(a).value, flow(b).value];
  const holds = x === undefined || y === undefined ? undefined : f(x, y);
  return { type: 'i32', holds, inputs: [flow(a), flow(b)] };
}

function shifted(
  a: I64,
  amount: I64,
  f: (value: bigint, by: bigint) => bigint,
  from: (bit: number, by: number) => number,
): FlowValue {
  const [value, full] = [flow(a).value, flow(amount).value];
  if (value === undefined || full === undefined) return FlowValue.computed(undefined, flow(a), flow(amount));
  const by = full & 63n;
  return flow(a).moved(BigInt.asUintN(64, f(value, by)), (bit) => from(bit, Number(by)));
}

function rotatedLeft(value: bigint, by: bigint): bigint {
  return BigInt.asUintN(64, value << by) | (value >> (64n - by));
}

function signed(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}

function digits(value: bigint): string {
  return value.toString(2);
}
