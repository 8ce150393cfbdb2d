/**
 * What the semantics of an instruction may say, whoever reads them: the interpreter generator (operands decoded at run
 * time) or the region translator (operands known). An instruction's meaning is written once, against this interface.
 *
 * All integer values are 64 bits wide, as registers are; conditions are 32-bit booleans. A `Value` stands for an
 * expression and is evaluated where it is used: use `bind` for a value that is used twice, or that must be read before
 * something else is written.
 */

/** A 64-bit expression. Opaque: only the emitter that made it can use it. */
export interface I64 {
  readonly type: 'i64';
}

/** A 32-bit expression; conditions are 0 or 1. */
export interface I32 {
  readonly type: 'i32';
}

/** Names an operand of the instruction; its value is known to the emitter. */
export interface Operand {
  readonly operand: OperandName;
}

/** The operands an encoding can carry. `imm` is a sign-extended 32-bit value; `rm` the rounding-mode field. */
export type OperandName = 'rd' | 'rs1' | 'rs2' | 'rs3' | 'imm' | 'rm' | 'csr';

/** Every operand by name; an instruction uses those that its format has. */
export type Operands = Readonly<Record<OperandName, Operand>>;

/** Width of a memory access in bytes. */
export type Width = 1 | 2 | 4 | 8;

/** Floating-point operations in software; see emulator/engine/core/float. All arguments and results are raw bits. */
export type FloatFunction =
  | `f${32 | 64}_${'add' | 'sub' | 'mul' | 'div' | 'sqrt' | 'fma' | 'min' | 'max' | 'eq' | 'lt' | 'le' | 'classify'}`
  | `f${32 | 64}_to_${'i32' | 'u32' | 'i64' | 'u64'}`
  | `${'i32' | 'u32' | 'i64' | 'u64'}_to_f${32 | 64}`
  | 'f32_to_f64'
  | 'f64_to_f32';

/** Read-modify-write operations of the A extension. */
export type AtomicOperation = 'swap' | 'add' | 'xor' | 'and' | 'or' | 'min' | 'max' | 'minu' | 'maxu';

/** Privileged and environment operations, whose effects reach beyond registers and memory. */
export type SystemOperation =
  'ecall' | 'ebreak' | 'mret' | 'sret' | 'wfi' | 'fence.i' | 'sfence.vma' | 'sinval' | 'sfence.order';

/** Cache-block operations of Zicbom and Zicboz, on the naturally aligned 64-byte block that holds the address. */
export type CacheBlockOperation = 'clean' | 'flush' | 'inval' | 'zero';

/** What a CSR instruction does with its source: replaces the CSR, or sets or clears the source's bits in it. */
export type CsrChange = 'write' | 'set' | 'clear';

export interface Emitter {
  /** Integer register; x0 reads as zero. */
  readX(register: Operand): I64;
  /** Writes an integer register; writing x0 does nothing. */
  writeX(register: Operand, value: I64): void;
  /** Floating-point register, all 64 bits as stored. */
  readF(register: Operand): I64;
  /** Writes a floating-point register and sets mstatus.FS to Dirty. */
  writeF(register: Operand, value: I64): void;
  /** The immediate, sign-extended to 64 bits. */
  immediate(immediate: Operand): I64;
  constant(value: bigint | number): I64;
  /** Address of this instruction. */
  pc(): I64;
  /** Address of the instruction after this one in memory (pc + 2 or pc + 4). */
  nextPc(): I64;

  /** Evaluates now; the result may be used any number of times. */
  bind(value: I64): I64;

  add(a: I64, b: I64): I64;
  sub(a: I64, b: I64): I64;
  mul(a: I64, b: I64): I64;
  /** High 64 bits of the 128-bit product. */
  mulHigh(a: I64, b: I64, signs: 'ss' | 'uu' | 'su'): I64;
  /** Division as the M extension defines it: by zero and overflow never trap. */
  divS(a: I64, b: I64): I64;
  divU(a: I64, b: I64): I64;
  remS(a: I64, b: I64): I64;
  remU(a: I64, b: I64): I64;
  and(a: I64, b: I64): I64;
  or(a: I64, b: I64): I64;
  xor(a: I64, b: I64): I64;
  not(a: I64): I64;
  /** Shifts use the low six bits of the amount; so do rotates. */
  shl(a: I64, amount: I64): I64;
  shrS(a: I64, amount: I64): I64;
  shrU(a: I64, amount: I64): I64;
  rotl(a: I64, amount: I64): I64;
  rotr(a: I64, amount: I64): I64;
  clz(a: I64): I64;
  ctz(a: I64): I64;
  popcnt(a: I64): I64;
  /** Sign-extends the low 8, 16 or 32 bits. */
  signExtend(a: I64, bits: 8 | 16 | 32): I64;
  /** Zero-extends the low 8, 16 or 32 bits. */
  zeroExtend(a: I64, bits: 8 | 16 | 32): I64;

  eq(a: I64, b: I64): I32;
  ne(a: I64, b: I64): I32;
  ltS(a: I64, b: I64): I32;
  ltU(a: I64, b: I64): I32;
  geS(a: I64, b: I64): I32;
  geU(a: I64, b: I64): I32;
  /** 1 or 0 as a 64-bit value. */
  fromCondition(condition: I32): I64;
  /** Both sides are evaluated. */
  select(condition: I32, whenTrue: I64, whenFalse: I64): I64;
  when(condition: I32, then: () => void, otherwise?: () => void): void;

  /** Loads and extends. May raise a page or access fault, after which nothing of the instruction is carried out. */
  load(width: Width, extension: 'signed' | 'unsigned', address: I64): I64;
  store(width: Width, address: I64, value: I64): void;
  /** LR: raises a misaligned-address exception when the address is not a multiple of the width. Sign-extended. */
  loadReserved(width: 4 | 8, address: I64): I64;
  /** SC: 0 for success, 1 for failure. Traps as a store would (misaligned too) even where it is to fail. */
  storeConditional(width: 4 | 8, address: I64, value: I64): I64;
  /** AMO: the old value, sign-extended. */
  atomic(operation: AtomicOperation, width: 4 | 8, address: I64, value: I64): I64;
  cacheBlock(operation: CacheBlockOperation, address: I64): void;

  /** Continues at `target`; bit 0 is cleared by the caller where the specification says so. */
  jump(target: I64): void;
  /** Continues at pc + imm. */
  jumpRelative(offset: Operand): void;
  /** Continues at pc + imm when the condition holds, else at the next instruction. */
  branch(condition: I32, offset: Operand): void;

  /** Raises illegal-instruction unless mstatus.FS is on. Every F and D instruction begins with it. */
  requireFloat(): void;
  /** The effective rounding mode (0 to 4): the field, or frm for 7; illegal-instruction for reserved ones. */
  roundingMode(field: Operand): I32;
  /** Calls a software floating-point function; its exceptions are accumulated in fflags. */
  float(operation: FloatFunction, args: readonly I64[], roundingMode?: I32): I64;

  /** Reads a CSR; raises illegal-instruction where it does not exist or the privilege does not allow it. */
  readCsr(csr: Operand): I64;
  /**
   * Writes a CSR with its WARL rules and effects. Checked like `readCsr`, and for being read-only. A set or clear works
   * on what is stored, not on what was read: the PLIC's line, which mip.SEIP shows, must not be written back into it.
   */
  writeCsr(csr: Operand, value: I64, change: CsrChange): void;
  /** 1 when the operand's field is zero: a register field that names x0, or an immediate of 0. */
  isZeroField(operand: Operand): I32;

  system(operation: SystemOperation): void;
}
