import { ByteWriter } from './byte-writer.ts';
import type { WASM_I32, WASM_I64, WasmType } from './types.ts';

/** A branch target; made by `block` and `loop`, and valid inside them only. */
export interface Label {
  readonly depth: number;
}

/** Index of a parameter or local. */
export type Local = number;

/** Writes the code of one function, instruction by instruction. Structured control nests through callbacks. */
export class FunctionBody {
  readonly #code = new ByteWriter();
  readonly #localTypes: WasmType[] = [];
  readonly #parameterCount: number;
  readonly #free = new Map<WasmType, Local[]>();
  #depth = 0;

  constructor(parameterCount: number) {
    this.#parameterCount = parameterCount;
  }

  /** A fresh local, or one that was released. */
  local(type: WasmType): Local {
    const released = this.#free.get(type)?.pop();
    if (released !== undefined) return released;
    this.#localTypes.push(type);
    return this.#parameterCount + this.#localTypes.length - 1;
  }

  /** Lets `local` be handed out again. */
  release(local: Local): void {
    const type = this.#localTypes[local - this.#parameterCount];
    if (type === undefined) throw new RangeError(`local ${local} is not of this function`);
    const list = this.#free.get(type);
    if (list) list.push(local);
    else this.#free.set(type, [local]);
  }

  op(...opcodes: number[]): void {
    for (const opcode of opcodes) this.#code.byte(opcode);
  }
  i32Const(value: number): void {
    this.#code.byte(0x41);
    this.#code.signed32(value);
  }
  i64Const(value: bigint): void {
    this.#code.byte(0x42);
    this.#code.signed64(value);
  }
  get(local: Local): void {
    this.#code.byte(0x20);
    this.#code.unsigned(local);
  }
  set(local: Local): void {
    this.#code.byte(0x21);
    this.#code.unsigned(local);
  }
  tee(local: Local): void {
    this.#code.byte(0x22);
    this.#code.unsigned(local);
  }
  call(functionIndex: number): void {
    this.#code.byte(0x10);
    this.#code.unsigned(functionIndex);
  }
  /** Calls the function of the table at the index on the stack. */
  callIndirect(typeIndex: number): void {
    this.#code.byte(0x11);
    this.#code.unsigned(typeIndex);
    this.#code.byte(0x00);
  }
  /** A load or store: opcode, alignment exponent, constant offset. */
  memory(opcode: number, offset: number, alignment = 0): void {
    this.#code.byte(opcode);
    this.#code.unsigned(alignment);
    this.#code.unsigned(offset);
  }

  block(body: (label: Label) => void): void {
    this.#structured(0x02, 0x40, body);
  }
  /** A block that leaves a value of this type on the stack; a branch to its label takes the value along. */
  blockValue(type: WasmType, body: (label: Label) => void): void {
    this.#structured(0x02, type, body);
  }
  loop(body: (label: Label) => void): void {
    this.#structured(0x03, 0x40, body);
  }
  /** The condition is on the stack. */
  if(then: () => void, otherwise?: () => void): void {
    this.#ifTyped(0x40, then, otherwise);
  }
  /** An `if` that leaves a value of this type on the stack. */
  ifValue(type: typeof WASM_I32 | typeof WASM_I64, then: () => void, otherwise: () => void): void {
    this.#ifTyped(type, then, otherwise);
  }
  br(label: Label): void {
    this.#code.byte(0x0c);
    this.#code.unsigned(this.#depth - label.depth);
  }
  brIf(label: Label): void {
    this.#code.byte(0x0d);
    this.#code.unsigned(this.#depth - label.depth);
  }
  brTable(labels: readonly Label[], otherwise: Label): void {
    this.#code.byte(0x0e);
    this.#code.unsigned(labels.length);
    for (const label of labels) this.#code.unsigned(this.#depth - label.depth);
    this.#code.unsigned(this.#depth - otherwise.depth);
  }
  drop(): void {
    this.#code.byte(0x1a);
  }
  return(): void {
    this.#code.byte(0x0f);
  }
  unreachable(): void {
    this.#code.byte(0x00);
  }

  /** The function's entry in the code section, without its size. */
  finish(): Uint8Array {
    if (this.#depth !== 0) throw new Error('a block was left open');
    const out = new ByteWriter();
    out.unsigned(this.#localTypes.length);
    for (const type of this.#localTypes) {
      out.byte(1);
      out.byte(type);
    }
    out.append(this.#code.bytes);
    out.byte(0x0b);
    return out.bytes;
  }

  #structured(opcode: number, blockType: number, body: (label: Label) => void): void {
    this.#code.byte(opcode);
    this.#code.byte(blockType);
    this.#depth++;
    body({ depth: this.#depth });
    this.#depth--;
    this.#code.byte(0x0b);
  }

  #ifTyped(blockType: number, then: () => void, otherwise?: () => void): void {
    this.#code.byte(0x04);
    this.#code.byte(blockType);
    this.#depth++;
    then();
    if (otherwise) {
      this.#code.byte(0x05);
      otherwise();
    }
    this.#depth--;
    this.#code.byte(0x0b);
  }
}
