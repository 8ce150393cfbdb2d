import { appendSigned32, appendSigned64, appendUnsigned, WASM_I32, WASM_I64, type WasmType } from './encoding.ts';

/** A branch target; made by `block` and `loop`, and valid inside them only. */
export interface Label {
  readonly depth: number;
}

/** Index of a parameter or local. */
export type Local = number;

/** Writes the code of one function, instruction by instruction. Structured control nests through callbacks. */
export class FunctionBody {
  readonly #code: number[] = [];
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

  op(...bytes: number[]): void {
    this.#code.push(...bytes);
  }
  i32Const(value: number): void {
    this.#code.push(0x41);
    appendSigned32(this.#code, value);
  }
  i64Const(value: bigint): void {
    this.#code.push(0x42);
    appendSigned64(this.#code, value);
  }
  get(local: Local): void {
    this.#code.push(0x20);
    appendUnsigned(this.#code, local);
  }
  set(local: Local): void {
    this.#code.push(0x21);
    appendUnsigned(this.#code, local);
  }
  tee(local: Local): void {
    this.#code.push(0x22);
    appendUnsigned(this.#code, local);
  }
  call(functionIndex: number): void {
    this.#code.push(0x10);
    appendUnsigned(this.#code, functionIndex);
  }
  /** A load or store: opcode, alignment exponent, constant offset. */
  memory(opcode: number, offset: number, alignment = 0): void {
    this.#code.push(opcode);
    appendUnsigned(this.#code, alignment);
    appendUnsigned(this.#code, offset);
  }

  block(body: (label: Label) => void): void {
    this.#structured(0x02, 0x40, body);
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
    this.#code.push(0x0c);
    appendUnsigned(this.#code, this.#depth - label.depth);
  }
  brIf(label: Label): void {
    this.#code.push(0x0d);
    appendUnsigned(this.#code, this.#depth - label.depth);
  }
  brTable(labels: readonly Label[], otherwise: Label): void {
    this.#code.push(0x0e);
    appendUnsigned(this.#code, labels.length);
    for (const label of labels) appendUnsigned(this.#code, this.#depth - label.depth);
    appendUnsigned(this.#code, this.#depth - otherwise.depth);
  }
  return(): void {
    this.#code.push(0x0f);
  }
  unreachable(): void {
    this.#code.push(0x00);
  }

  /** The function's entry in the code section, without its size. */
  finish(): number[] {
    if (this.#depth !== 0) throw new Error('a block was left open');
    const out: number[] = [];
    appendUnsigned(out, this.#localTypes.length);
    for (const type of this.#localTypes) out.push(1, type);
    for (const byte of this.#code) out.push(byte);
    out.push(0x0b);
    return out;
  }

  #structured(opcode: number, blockType: number, body: (label: Label) => void): void {
    this.#code.push(opcode, blockType);
    this.#depth++;
    body({ depth: this.#depth });
    this.#depth--;
    this.#code.push(0x0b);
  }

  #ifTyped(blockType: number, then: () => void, otherwise?: () => void): void {
    this.#code.push(0x04, blockType);
    this.#depth++;
    then();
    if (otherwise) {
      this.#code.push(0x05);
      otherwise();
    }
    this.#depth--;
    this.#code.push(0x0b);
  }
}
