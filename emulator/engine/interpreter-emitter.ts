import type {
  AtomicOperation,
  CacheBlockOperation,
  CsrChange,
  FloatFunction,
  I32 as Condition,
  I64 as Integer,
  Operand,
  OperandName,
  Operands,
  SystemOperation,
  Width,
} from '../riscv/emitter.ts';
import { CHANGE_CLEAR, CHANGE_SET, CHANGE_WRITE } from './csr-access.ts';
import {
  ATTENTION,
  DECODED_ENTRIES,
  FAULT,
  FRM,
  MSTATUS,
  PC,
  RECORD_ADVANCE,
  RECORD_EXTRA,
  RECORD_IMM,
  RECORD_RD,
  RECORD_RM,
  RECORD_RS1,
  RECORD_RS2,
  REMAINING,
  TLB_ADDEND,
  TLB_INDEX_MASK,
  TLB_WRITE,
  X_REGISTERS,
} from './layout.ts';
import type { FloatSite } from './float/inline-float.ts';
import { WASM_I32, WASM_I64 } from './wasm/types.ts';
import { FunctionBody, type Label, type Local } from './wasm/function-body.ts';

import { I32, I64, MEMORY } from './wasm/opcodes.ts';
import { WasmEmitter, type FunctionIndex } from './wasm-emitter.ts';

/**
 * Generates the interpreter: one function, a loop around one `br_table` over decoded records. The program counter is a
 * pointer to a record; going on is adding to it. What leaves the straight path (TLB misses, devices, CSRs with effects)
 * calls the core, and what must be looked at before the next step sets ATTENTION and lets the budget seem spent.
 */

/** Every instruction has its operands in its record. */
const operand = (name: OperandName): Operand => ({ operand: name });
const operands: Operands = {
  rd: operand('rd'),
  rs1: operand('rs1'),
  rs2: operand('rs2'),
  rs3: operand('rs3'),
  imm: operand('imm'),
  rm: operand('rm'),
  csr: operand('csr'),
};

const recordField: Readonly<Record<OperandName, number>> = {
  rd: RECORD_RD,
  rs1: RECORD_RS1,
  rs2: RECORD_RS2,
  rs3: RECORD_EXTRA,
  imm: RECORD_IMM,
  rm: RECORD_RM,
  csr: RECORD_EXTRA,
};

export const PAGE_MASK = -4096n;
export const ILLEGAL_INSTRUCTION = 2;
/** In the low half of mstatus. */
const MSTATUS_FS = 0x6000;
/** Bytes of records between a page's first and the first of its end markers. */
const PAGE_RECORDS = 2048 * 16;

/** Where a handler can go. */
export interface Labels {
  /** Looks up before the next step; PC and REMAINING are spilled. */
  readonly resync: Label;
  /** Takes the exception in FAULT for the instruction at the present record. */
  readonly fault: Label;
  /** Continues at the address in `target`. */
  readonly jump: Label;
  /** The next record. */
  readonly next: Label;
}

/** Writes the handlers of instructions: operands come from the record, memory through the TLB, the rest from the core. */
export class InterpreterEmitter extends WasmEmitter {
  readonly record: Local;
  /** The record of the page's first halfword. */
  readonly first: Local;
  /** Virtual address of the page; no page's address when the records must be looked up anew. */
  readonly page: Local;
  readonly remaining: Local;
  readonly target: Local;
  readonly dataTlb: Local;
  readonly fetchTlb: Local;
  readonly operation: Local;
  /** HOT_THRESHOLD. */
  readonly threshold: Local;
  #labels: Labels | undefined;
  #ended = false;

  constructor(body: FunctionBody, functionIndex: FunctionIndex) {
    super(body, functionIndex);
    this.record = body.local(WASM_I32);
    this.first = body.local(WASM_I32);
    this.page = body.local(WASM_I64);
    this.remaining = body.local(WASM_I32);
    this.target = body.local(WASM_I64);
    this.dataTlb = body.local(WASM_I32);
    this.fetchTlb = body.local(WASM_I32);
    this.operation = body.local(WASM_I32);
    this.threshold = body.local(WASM_I32);
  }

  /** Writes the handler of one instruction. */
  handler(labels: Labels, semantics: (emit: WasmEmitter, operands: Operands) => void): void {
    this.#labels = labels;
    this.#ended = false;
    semantics(this, operands);
    this.#finish(labels.next);
    this.releaseTemporaries();
  }

  /** Goes on to the record after this one, unless the instruction went elsewhere. */
  #finish(next: Label): void {
    if (this.#ended) return;
    const { body } = this;
    body.get(this.record);
    body.get(this.record);
    body.memory(MEMORY.i32Load8U, RECORD_ADVANCE);
    body.op(I32.add);
    body.set(this.record);
    body.br(next);
  }

  /** Leaves the address of the present record's instruction on the stack. */
  pushPc(): void {
    const { body } = this;
    body.get(this.page);
    body.get(this.record);
    body.get(this.first);
    body.op(I32.sub);
    body.i32Const(3);
    body.op(I32.shrU, I64.extendI32U, I64.add);
  }

  storePc(): void {
    this.body.i32Const(0);
    this.pushPc();
    this.body.memory(MEMORY.i64Store, PC);
  }
  storeRemaining(): void {
    this.body.i32Const(0);
    this.body.get(this.remaining);
    this.body.memory(MEMORY.i32Store, REMAINING);
  }
  pushWord(address: number): void {
    this.body.i32Const(0);
    this.body.memory(MEMORY.i32Load, address);
  }

  /** Leaves the address of a record's entry on the stack, DECODED_ENTRIES aside. */
  pushEntry(record: Local): void {
    const { body } = this;
    body.get(this.first);
    body.get(record);
    body.get(this.first);
    body.op(I32.sub);
    body.i32Const(3);
    body.op(I32.shrU, I32.add);
  }
  /** Counts that a record of the present page was jumped to, unless it has been found hot. */
  countEntry(record: Local): void {
    const { body } = this;
    const entry = body.local(WASM_I32);
    const count = body.local(WASM_I32);
    this.pushEntry(record);
    body.tee(entry);
    body.memory(MEMORY.i32Load16U, DECODED_ENTRIES);
    body.tee(count);
    body.get(this.threshold);
    body.op(I32.ltU);
    body.if(() => {
      body.get(entry);
      body.get(count);
      body.i32Const(1);
      body.op(I32.add);
      body.tee(count);
      body.memory(MEMORY.i32Store16, DECODED_ENTRIES);
      body.get(count);
      body.get(this.threshold);
      body.op(I32.eq);
      body.if(() => {
        body.get(record);
        body.call(this.functionIndex('noteHot'));
      });
    });
    body.release(entry);
    body.release(count);
  }

  readX(register: Operand): Integer {
    return this.integer(() => {
      this.#pushField(register);
      this.body.memory(MEMORY.i64Load, 0);
    });
  }
  writeX(register: Operand, value: Integer): void {
    this.#pushField(register);
    this.push(value);
    this.body.memory(MEMORY.i64Store, 0);
  }
  readF(register: Operand): Integer {
    return this.readX(register);
  }
  writeF(register: Operand, value: Integer): void {
    this.writeX(register, value);
    this.markFloatDirty();
  }
  immediate(immediate: Operand): Integer {
    return this.integer(() => {
      this.body.get(this.record);
      this.body.memory(MEMORY.i64Load32S, recordField[immediate.operand]);
    });
  }
  isZeroField(field: Operand): Condition {
    return this.condition(() => {
      this.body.get(this.record);
      if (field.operand === 'imm') {
        this.body.memory(MEMORY.i32Load, RECORD_IMM);
        this.body.op(I32.eqz);
      } else {
        this.body.memory(MEMORY.i32Load16U, recordField[field.operand]);
        this.body.i32Const(X_REGISTERS);
        this.body.op(I32.eq);
      }
    });
  }
  pc(): Integer {
    return this.integer(() => {
      this.pushPc();
    });
  }
  nextPc(): Integer {
    return this.integer(() => {
      this.pushPc();
      this.body.get(this.record);
      this.body.memory(MEMORY.i64Load8U, RECORD_ADVANCE);
      this.body.i64Const(3n);
      this.body.op(I64.shrU, I64.add);
    });
  }

  load(width: Width, extension: 'signed' | 'unsigned', address: Integer): Integer {
    const { body } = this;
    return this.integer(() => {
      const { at, entry } = this.#look(address, width, 0);
      body.ifValue(
        WASM_I64,
        () => {
          this.#pushLinear(at, entry);
          this.loadAt(width, extension, 0);
        },
        () => {
          const value = this.temporary(WASM_I64);
          this.#spill();
          body.get(at);
          body.i32Const(width);
          body.call(this.functionIndex('loadSlow'));
          body.set(value);
          this.#checkFault();
          this.#checkAttention();
          body.get(value);
          if (extension === 'signed' && width < 8) {
            body.op({ 1: I64.extend8S, 2: I64.extend16S, 4: I64.extend32S, 8: 0 }[width]);
          }
        },
      );
    });
  }
  store(width: Width, address: Integer, value: Integer): void {
    const { body } = this;
    const bits = this.bind(value);
    const { at, entry } = this.#look(address, width, TLB_WRITE);
    body.if(
      () => {
        this.#pushLinear(at, entry);
        this.push(bits);
        this.storeAt(width, 0);
      },
      () => {
        this.#spill();
        body.get(at);
        body.i32Const(width);
        this.push(bits);
        body.call(this.functionIndex('storeSlow'));
        this.#checkFault();
        this.#checkAttention();
      },
    );
  }
  loadReserved(width: 4 | 8, address: Integer): Integer {
    return this.#callMemory('loadReserved', [address, width]);
  }
  storeConditional(width: 4 | 8, address: Integer, value: Integer): Integer {
    return this.#callMemory('storeConditional', [address, width, value]);
  }
  atomic(operation: AtomicOperation, width: 4 | 8, address: Integer, value: Integer): Integer {
    const code = { swap: 0, add: 1, xor: 2, and: 3, or: 4, min: 5, max: 6, minu: 7, maxu: 8 }[operation];
    return this.#callMemory('atomic', [code, address, width, value]);
  }
  cacheBlock(operation: CacheBlockOperation, address: Integer): void {
    this.#spill();
    this.body.i32Const({ clean: 0, flush: 1, inval: 2, zero: 3 }[operation]);
    this.push(address);
    this.body.call(this.functionIndex('cacheBlock'));
    this.#checkFault();
    this.#checkAttention();
  }

  jump(target: Integer): void {
    this.push(target);
    this.body.set(this.target);
    this.body.br(this.#label.jump);
    this.#ended = true;
  }
  jumpRelative(offset: Operand): void {
    this.#jumpRelative(offset);
    this.#ended = true;
  }
  branch(condition: Condition, offset: Operand): void {
    this.push(condition);
    this.body.if(() => {
      this.#jumpRelative(offset);
    });
  }

  requireFloat(): void {
    this.body.i32Const(0);
    this.body.memory(MEMORY.i32Load, MSTATUS);
    this.body.i32Const(MSTATUS_FS);
    this.body.op(I32.and, I32.eqz);
    this.body.if(() => {
      this.#raiseIllegal();
    });
  }
  roundingMode(field: Operand): Condition {
    const { body } = this;
    const mode = this.temporary(WASM_I32);
    body.get(this.record);
    body.memory(MEMORY.i32Load8U, recordField[field.operand]);
    body.tee(mode);
    body.i32Const(7);
    body.op(I32.eq);
    body.if(() => {
      this.pushWord(FRM);
      body.set(mode);
    });
    body.get(mode);
    body.i32Const(4);
    body.op(I32.gtU);
    body.if(() => {
      this.#raiseIllegal();
    });
    return this.condition(() => {
      body.get(mode);
    });
  }
  readCsr(csr: Operand): Integer {
    const { body } = this;
    return this.integer(() => {
      const value = this.temporary(WASM_I64);
      this.storeRemaining();
      body.get(this.record);
      body.memory(MEMORY.i32Load16U, recordField[csr.operand]);
      body.call(this.functionIndex('csrRead'));
      body.set(value);
      this.#checkFault();
      body.get(value);
    });
  }
  writeCsr(csr: Operand, value: Integer, change: CsrChange): void {
    const { body } = this;
    this.storeRemaining();
    body.get(this.record);
    body.memory(MEMORY.i32Load16U, recordField[csr.operand]);
    this.push(value);
    body.i32Const({ write: CHANGE_WRITE, set: CHANGE_SET, clear: CHANGE_CLEAR }[change]);
    body.call(this.functionIndex('csrWrite'));
    this.#checkFault();
    this.#checkAttention();
  }

  system(operation: SystemOperation): void {
    const { body } = this;
    switch (operation) {
      case 'fence.i':
        // Decoded records are coherent with memory (law 4): nothing is left to do.
        return;
      case 'sfence.vma':
      case 'sinval':
      case 'sfence.order':
        this.#spill();
        body.i32Const(operation === 'sfence.order' ? 0 : 1);
        body.call(this.functionIndex('fenceVirtual'));
        this.#checkFault();
        return;
      case 'ecall':
      case 'ebreak':
      case 'mret':
      case 'sret':
      case 'wfi':
        this.#spill();
        body.call(this.functionIndex(operation));
        this.#checkFault();
        body.br(this.#label.resync);
        this.#ended = true;
    }
  }

  get #label(): Labels {
    if (!this.#labels) throw new Error('outside a handler');
    return this.#labels;
  }

  #pushField(register: Operand): void {
    this.body.get(this.record);
    this.body.memory(MEMORY.i32Load16U, recordField[register.operand]);
  }

  #spill(): void {
    this.storePc();
    this.storeRemaining();
  }

  /** Leaves on the stack whether the TLB answers: the first and the last byte must lie in the entry's page. */
  #look(address: Integer, width: Width, array: number): { at: Local; entry: Local } {
    const { body } = this;
    const at = this.temporary(WASM_I64);
    const entry = this.temporary(WASM_I32);
    this.push(address);
    body.tee(at);
    body.i64Const(8n);
    body.op(I64.shrU, I32.wrapI64);
    body.i32Const(TLB_INDEX_MASK);
    body.op(I32.and);
    body.get(this.dataTlb);
    body.op(I32.add);
    body.tee(entry);
    body.memory(MEMORY.i64Load, array);
    body.get(at);
    if (width > 1) {
      body.i64Const(BigInt(width - 1));
      body.op(I64.add);
    }
    body.i64Const(PAGE_MASK);
    body.op(I64.and, I64.eq);
    this.#array = array;
    return { at, entry };
  }
  #array = 0;

  #pushLinear(at: Local, entry: Local): void {
    const { body } = this;
    body.get(at);
    body.op(I32.wrapI64);
    body.get(entry);
    body.memory(MEMORY.i32Load, this.#array + TLB_ADDEND);
    body.op(I32.add);
  }

  #callMemory(name: string, args: readonly (Integer | number)[]): Integer {
    const { body } = this;
    return this.integer(() => {
      const value = this.temporary(WASM_I64);
      this.#spill();
      for (const argument of args) {
        if (typeof argument === 'number') body.i32Const(argument);
        else this.push(argument);
      }
      body.call(this.functionIndex(name));
      body.set(value);
      this.#checkFault();
      this.#checkAttention();
      body.get(value);
    });
  }

  #jumpRelative(offset: Operand): void {
    const { body, record, first } = this;
    const destination = this.temporary(WASM_I32);
    body.get(record);
    body.get(record);
    body.memory(MEMORY.i32Load, recordField[offset.operand]);
    body.i32Const(3);
    body.op(I32.shl, I32.add);
    body.tee(destination);
    body.get(first);
    body.op(I32.sub);
    body.i32Const(PAGE_RECORDS);
    body.op(I32.ltU);
    body.if(() => {
      this.countEntry(destination);
      body.get(destination);
      body.set(record);
      body.br(this.#label.next);
    });
    this.pushPc();
    body.get(record);
    body.memory(MEMORY.i64Load32S, recordField[offset.operand]);
    body.op(I64.add);
    body.set(this.target);
    body.br(this.#label.jump);
  }

  protected override markFloatDirty(): void {
    const { body } = this;
    body.i32Const(0);
    body.memory(MEMORY.i32Load, MSTATUS);
    body.i32Const(MSTATUS_FS);
    body.op(I32.and);
    body.i32Const(MSTATUS_FS);
    body.op(I32.ne);
    body.if(() => {
      body.i32Const(0);
      body.i32Const(0);
      body.memory(MEMORY.i32Load, MSTATUS);
      body.i32Const(MSTATUS_FS);
      body.op(I32.or);
      body.memory(MEMORY.i32Store, MSTATUS);
    });
  }

  /** Always the core: inline paths would make the interpreter three times as large, and its compilation as long. */
  protected override writeFloat(_operation: FloatFunction, _site: FloatSite, callCore: () => void): void {
    callCore();
  }

  #raiseIllegal(): void {
    this.body.i32Const(0);
    this.body.i32Const(ILLEGAL_INSTRUCTION + 1);
    this.body.memory(MEMORY.i32Store, FAULT);
    this.body.br(this.#label.fault);
  }
  #checkFault(): void {
    this.pushWord(FAULT);
    this.body.brIf(this.#label.fault);
  }
  /** REMAINING keeps the true budget meanwhile. */
  #checkAttention(): void {
    this.pushWord(ATTENTION);
    this.body.if(() => {
      this.storeRemaining();
      this.body.i32Const(0);
      this.body.set(this.remaining);
    });
  }
}
