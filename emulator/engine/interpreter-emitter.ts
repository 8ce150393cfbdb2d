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
  FAULT,
  FRM,
  MSTATUS,
  RECORD_ADVANCE,
  RECORD_EXTRA,
  RECORD_IMM,
  RECORD_RD,
  RECORD_RM,
  RECORD_RS1,
  RECORD_RS2,
  TLB_WRITE,
  X_REGISTERS,
} from './layout.ts';
import type { FloatSite } from './float/inline-float.ts';
import { WASM_I32, WASM_I64 } from './wasm/types.ts';
import type { FunctionBody, Label } from './wasm/function-body.ts';

import { I32, I64, MEMORY } from './wasm/opcodes.ts';
import type { InterpreterState } from './interpreter-state.ts';
import { pushLinear, pushTagAndPage, type TlbLook } from './tlb-look.ts';
import { WasmEmitter, type FunctionIndex } from './wasm-emitter.ts';

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
  readonly #state: InterpreterState;
  #labels: Labels | undefined;
  #ended = false;

  constructor(body: FunctionBody, functionIndex: FunctionIndex, state: InterpreterState) {
    super(body, functionIndex);
    this.#state = state;
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
    body.get(this.#state.record);
    body.get(this.#state.record);
    body.memory(MEMORY.i32Load8U, RECORD_ADVANCE);
    body.op(I32.add);
    body.set(this.#state.record);
    body.br(next);
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
      this.body.get(this.#state.record);
      this.body.memory(MEMORY.i64Load32S, recordField[immediate.operand]);
    });
  }
  isZeroField(field: Operand): Condition {
    return this.condition(() => {
      this.body.get(this.#state.record);
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
      this.#state.pushPc();
    });
  }
  nextPc(): Integer {
    return this.integer(() => {
      this.#state.pushPc();
      this.body.get(this.#state.record);
      this.body.memory(MEMORY.i64Load8U, RECORD_ADVANCE);
      this.body.i64Const(3n);
      this.body.op(I64.shrU, I64.add);
    });
  }

  load(width: Width, extension: 'signed' | 'unsigned', address: Integer): Integer {
    const { body } = this;
    return this.integer(() => {
      const look = this.#look(address, width, 0);
      body.ifValue(
        WASM_I64,
        () => {
          pushLinear(body, look);
          this.loadAt(width, extension, 0);
        },
        () => {
          const value = this.temporary(WASM_I64);
          this.#state.spill();
          body.get(look.at);
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
    const look = this.#look(address, width, TLB_WRITE);
    body.if(
      () => {
        pushLinear(body, look);
        this.push(bits);
        this.storeAt(width, 0);
      },
      () => {
        this.#state.spill();
        body.get(look.at);
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
    this.#state.spill();
    this.body.i32Const({ clean: 0, flush: 1, inval: 2, zero: 3 }[operation]);
    this.push(address);
    this.body.call(this.functionIndex('cacheBlock'));
    this.#checkFault();
    this.#checkAttention();
  }

  jump(target: Integer): void {
    this.push(target);
    this.body.set(this.#state.target);
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
    body.get(this.#state.record);
    body.memory(MEMORY.i32Load8U, recordField[field.operand]);
    body.tee(mode);
    body.i32Const(7);
    body.op(I32.eq);
    body.if(() => {
      this.#state.pushWord(FRM);
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
      this.#state.storeRemaining();
      body.get(this.#state.record);
      body.memory(MEMORY.i32Load16U, recordField[csr.operand]);
      body.call(this.functionIndex('csrRead'));
      body.set(value);
      this.#checkFault();
      body.get(value);
    });
  }
  writeCsr(csr: Operand, value: Integer, change: CsrChange): void {
    const { body } = this;
    this.#state.storeRemaining();
    body.get(this.#state.record);
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
        this.#state.spill();
        body.i32Const(operation === 'sfence.order' ? 0 : 1);
        body.call(this.functionIndex('fenceVirtual'));
        this.#checkFault();
        return;
      case 'ecall':
      case 'ebreak':
      case 'mret':
      case 'sret':
      case 'wfi':
        this.#state.spill();
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
    this.body.get(this.#state.record);
    this.body.memory(MEMORY.i32Load16U, recordField[register.operand]);
  }

  /** Leaves on the stack whether the TLB answers. */
  #look(address: Integer, width: Width, array: number): TlbLook {
    const look = { at: this.temporary(WASM_I64), entry: this.temporary(WASM_I32), array };
    this.push(address);
    pushTagAndPage(this.body, look, this.#state.dataTlb, width);
    this.body.op(I64.eq);
    return look;
  }

  #callMemory(name: string, args: readonly (Integer | number)[]): Integer {
    const { body } = this;
    return this.integer(() => {
      const value = this.temporary(WASM_I64);
      this.#state.spill();
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
    const { body } = this;
    const { record, first } = this.#state;
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
      this.#state.countEntry(destination);
      body.get(destination);
      body.set(record);
      body.br(this.#label.next);
    });
    this.#state.pushPc();
    body.get(record);
    body.memory(MEMORY.i64Load32S, recordField[offset.operand]);
    body.op(I64.add);
    body.set(this.#state.target);
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

  /** Always the core: inline paths would make the interpreter a fifth larger, and hot code is translated. */
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
    this.#state.pushWord(FAULT);
    this.body.brIf(this.#label.fault);
  }
  /** REMAINING keeps the true budget meanwhile. */
  #checkAttention(): void {
    this.#state.pushWord(ATTENTION);
    this.body.if(() => {
      this.#state.storeRemaining();
      this.body.i32Const(0);
      this.body.set(this.#state.remaining);
    });
  }
}
