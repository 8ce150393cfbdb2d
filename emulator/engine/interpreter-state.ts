import { DECODED_ENTRIES, PC, REMAINING } from './layout.ts';
import { WASM_I32, WASM_I64 } from './wasm/types.ts';
import type { FunctionBody, Local } from './wasm/function-body.ts';
import { I32, I64, MEMORY } from './wasm/opcodes.ts';
import type { FunctionIndex } from './wasm-emitter.ts';

/** What the interpreter keeps in locals while it runs, and how that gets into memory, where the core finds it. */
export class InterpreterState {
  /** The present record. */
  readonly record: Local;
  /** The record of the page's first halfword. */
  readonly first: Local;
  /** Virtual address of the page; no page's address when the records must be looked up anew. */
  readonly page: Local;
  /** Steps that may still be taken. */
  readonly remaining: Local;
  /** Virtual address to go on at, on a way out of the page. */
  readonly target: Local;
  /** DATA_TLB and FETCH_TLB. */
  readonly dataTlb: Local;
  readonly fetchTlb: Local;
  /** The handler field of the present record. */
  readonly operation: Local;
  /** HOT_THRESHOLD. */
  readonly threshold: Local;
  readonly #body: FunctionBody;
  readonly #functionIndex: FunctionIndex;

  constructor(body: FunctionBody, functionIndex: FunctionIndex) {
    this.#body = body;
    this.#functionIndex = functionIndex;
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

  /** Leaves the word at an address of layout.ts on the stack. */
  pushWord(address: number): void {
    this.#body.i32Const(0);
    this.#body.memory(MEMORY.i32Load, address);
  }

  /** Leaves the address of the present record's instruction on the stack. */
  pushPc(): void {
    const body = this.#body;
    body.get(this.page);
    body.get(this.record);
    body.get(this.first);
    body.op(I32.sub);
    body.i32Const(3);
    body.op(I32.shrU, I64.extendI32U, I64.add);
  }
  storePc(): void {
    this.#body.i32Const(0);
    this.pushPc();
    this.#body.memory(MEMORY.i64Store, PC);
  }
  storeRemaining(): void {
    this.#body.i32Const(0);
    this.#body.get(this.remaining);
    this.#body.memory(MEMORY.i32Store, REMAINING);
  }
  /** Before the core is called for an instruction that may trap or ask for the time. */
  spill(): void {
    this.storePc();
    this.storeRemaining();
  }

  /** Leaves the steps on the stack that remain when the present one is not counted, or is given back. */
  pushBeforeStep(): void {
    this.#body.get(this.remaining);
    this.#body.i32Const(1);
    this.#body.op(I32.add);
  }
  pushAfterStep(): void {
    this.#body.get(this.remaining);
    this.#body.i32Const(1);
    this.#body.op(I32.sub);
  }
  takeStep(): void {
    this.pushAfterStep();
    this.#body.set(this.remaining);
  }
  giveBackStep(): void {
    this.pushBeforeStep();
    this.#body.set(this.remaining);
  }

  /** Leaves the address of a record's entry on the stack, DECODED_ENTRIES aside. */
  pushEntry(record: Local): void {
    const body = this.#body;
    body.get(this.first);
    body.get(record);
    body.get(this.first);
    body.op(I32.sub);
    body.i32Const(3);
    body.op(I32.shrU, I32.add);
  }
  /** Counts that a record of the present page was jumped to, unless it has been found hot. */
  countEntry(record: Local): void {
    const body = this.#body;
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
        body.call(this.#functionIndex('noteHot'));
      });
    });
    body.release(entry);
    body.release(count);
  }
}
