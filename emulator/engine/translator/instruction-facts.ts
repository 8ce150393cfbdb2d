import type { Emitter, I32, I64, Operand, Operands, SystemOperation, Width } from '../../riscv/emitter.ts';
import type { DecodedInstruction } from '../../riscv/instruction.ts';
import { isInlineCsr } from './inline-csr.ts';

/**
 * What the translator must know of an instruction before it writes code for it. It is found by reading the instruction's
 * semantics, so that it can never disagree with them.
 */
export interface InstructionFacts {
  /** Registers it reads, or writes: bit n stands for register n. x0 is in none. */
  readonly readsX: number;
  readonly writesX: number;
  readonly readsF: number;
  readonly writesF: number;
  /** Its access to memory, where the address is a register and a constant. */
  readonly access: MemoryAccess | undefined;
  readonly flow: Flow;
}

export interface MemoryAccess {
  readonly kind: 'load' | 'store';
  /** Number of the integer register that the address is relative to. */
  readonly base: number;
  readonly displacement: number;
  readonly width: Width;
}

/** Where execution goes after an instruction. Offsets are relative to its own address. */
export type Flow =
  | { readonly kind: 'next' }
  /** To `offset` when a condition holds, else on. */
  | { readonly kind: 'branch'; readonly offset: number }
  | { readonly kind: 'jump-relative'; readonly offset: number }
  /** To a computed address. */
  | { readonly kind: 'jump' }
  /** Not for a translated region: the interpreter carries it out. */
  | { readonly kind: 'interpret' };

/** An address, as far as it is known. */
interface Value extends I64 {
  readonly base?: number;
  readonly displacement?: number;
}

const UNKNOWN: Value = { type: 'i64' };
const CONDITION: I32 = { type: 'i32' };

const names = ['rd', 'rs1', 'rs2', 'rs3', 'imm', 'rm', 'csr'] as const;
const [rd, rs1, rs2, rs3, imm, rm, csr] = names.map((operand): Operand => ({ operand })) as [
  Operand,
  Operand,
  Operand,
  Operand,
  Operand,
  Operand,
  Operand,
];
/** Operands that stand for the fields of whatever instruction is being looked at. */
export const namedOperands: Operands = { rd, rs1, rs2, rs3, imm, rm, csr };

export function factsOf(decoded: DecodedInstruction): InstructionFacts {
  const survey = new Survey(decoded);
  decoded.instruction.semantics(survey, namedOperands);
  return survey;
}

class Survey implements Emitter, InstructionFacts {
  readonly #decoded: DecodedInstruction;
  readsX = 0;
  writesX = 0;
  readsF = 0;
  writesF = 0;
  access: MemoryAccess | undefined;
  flow: Flow = { kind: 'next' };

  constructor(decoded: DecodedInstruction) {
    this.#decoded = decoded;
  }

  readX(register: Operand): I64 {
    const number = this.#decoded[register.operand];
    this.readsX |= bit(number);
    return known(number, 0);
  }
  writeX(register: Operand): void {
    this.writesX |= bit(this.#decoded[register.operand]);
  }
  readF(register: Operand): I64 {
    this.readsF |= 1 << this.#decoded[register.operand];
    return UNKNOWN;
  }
  writeF(register: Operand): void {
    this.writesF |= 1 << this.#decoded[register.operand];
  }
  immediate(immediate: Operand): I64 {
    return known(0, this.#decoded[immediate.operand]);
  }
  constant(value: bigint | number): I64 {
    return typeof value === 'number' ? known(0, value) : UNKNOWN;
  }
  add(a: Value, b: Value): I64 {
    if (a.base === undefined || b.base === undefined || (a.base !== 0 && b.base !== 0)) return UNKNOWN;
    return known(a.base || b.base, (a.displacement ?? 0) + (b.displacement ?? 0));
  }
  bind(value: I64): I64 {
    return value;
  }

  load(...[width, , address]: [Width, 'signed' | 'unsigned', Value]): I64 {
    this.#note('load', width, address);
    return UNKNOWN;
  }
  store(width: Width, address: Value): void {
    this.#note('store', width, address);
  }
  #note(kind: 'load' | 'store', width: Width, { base, displacement }: Value): void {
    if (base === undefined || displacement === undefined || base === 0) return;
    this.access = { kind, base, displacement, width };
  }
  cacheBlock(): void {
    this.flow = { kind: 'interpret' };
  }

  jump(): void {
    this.flow = { kind: 'jump' };
  }
  jumpRelative(offset: Operand): void {
    this.flow = { kind: 'jump-relative', offset: this.#decoded[offset.operand] };
  }
  branch(...[, offset]: [I32, Operand]): void {
    this.flow = { kind: 'branch', offset: this.#decoded[offset.operand] };
  }

  readCsr(register: Operand): I64 {
    if (!isInlineCsr(this.#decoded[register.operand])) this.flow = { kind: 'interpret' };
    return UNKNOWN;
  }
  writeCsr(register: Operand): void {
    if (!isInlineCsr(this.#decoded[register.operand])) this.flow = { kind: 'interpret' };
  }
  isZeroField(field: Operand): I32 {
    return this.#decoded[field.operand] === 0 ? TRUE : FALSE;
  }
  when(condition: I32, then: () => void, otherwise?: () => void): void {
    if (condition !== FALSE) then();
    if (condition !== TRUE) otherwise?.();
  }
  system(operation: SystemOperation): void {
    if (operation !== 'fence.i' && !isVirtualMemoryFence(operation)) this.flow = { kind: 'interpret' };
  }

  requireFloat(): void {
    return;
  }
  roundingMode(): I32 {
    return CONDITION;
  }

  loadReserved(): I64 {
    return UNKNOWN;
  }
  storeConditional(): I64 {
    return UNKNOWN;
  }
  atomic(): I64 {
    return UNKNOWN;
  }
  float(): I64 {
    return UNKNOWN;
  }
  pc(): I64 {
    return UNKNOWN;
  }
  nextPc(): I64 {
    return UNKNOWN;
  }
  sub(): I64 {
    return UNKNOWN;
  }
  mul(): I64 {
    return UNKNOWN;
  }
  mulHigh(): I64 {
    return UNKNOWN;
  }
  divS(): I64 {
    return UNKNOWN;
  }
  divU(): I64 {
    return UNKNOWN;
  }
  remS(): I64 {
    return UNKNOWN;
  }
  remU(): I64 {
    return UNKNOWN;
  }
  and(): I64 {
    return UNKNOWN;
  }
  or(): I64 {
    return UNKNOWN;
  }
  xor(): I64 {
    return UNKNOWN;
  }
  not(): I64 {
    return UNKNOWN;
  }
  shl(): I64 {
    return UNKNOWN;
  }
  shrS(): I64 {
    return UNKNOWN;
  }
  shrU(): I64 {
    return UNKNOWN;
  }
  rotl(): I64 {
    return UNKNOWN;
  }
  rotr(): I64 {
    return UNKNOWN;
  }
  clz(): I64 {
    return UNKNOWN;
  }
  ctz(): I64 {
    return UNKNOWN;
  }
  popcnt(): I64 {
    return UNKNOWN;
  }
  signExtend(): I64 {
    return UNKNOWN;
  }
  zeroExtend(): I64 {
    return UNKNOWN;
  }
  fromCondition(): I64 {
    return UNKNOWN;
  }
  select(): I64 {
    return UNKNOWN;
  }
  eq(): I32 {
    return CONDITION;
  }
  ne(): I32 {
    return CONDITION;
  }
  ltS(): I32 {
    return CONDITION;
  }
  ltU(): I32 {
    return CONDITION;
  }
  geS(): I32 {
    return CONDITION;
  }
  geU(): I32 {
    return CONDITION;
  }
}

/** Fences of virtual memory do nothing here but check the privilege: translations are coherent (law 4). */
export function isVirtualMemoryFence(operation: SystemOperation): boolean {
  return operation === 'sfence.vma' || operation === 'sinval' || operation === 'sfence.order';
}

const TRUE: I32 = { type: 'i32' };
const FALSE: I32 = { type: 'i32' };

function bit(register: number): number {
  return register === 0 ? 0 : 1 << register;
}
function known(base: number, displacement: number): Value {
  return { type: 'i64', base, displacement };
}
