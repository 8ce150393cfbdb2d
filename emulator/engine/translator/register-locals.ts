import { F_REGISTERS, X_REGISTERS } from '../layout.ts';
import type { FunctionBody, Local } from '../wasm/function-body.ts';
import { MEMORY } from '../wasm/opcodes.ts';
import { WASM_I64 } from '../wasm/types.ts';

/** Masks of integer and floating-point registers: bit n stands for register n. */
export interface Registers {
  readonly x: number;
  readonly f: number;
}

/** The locals that hold registers while a region runs. Floating-point registers are raw bits. */
export class RegisterLocals {
  readonly #body: FunctionBody;
  readonly #x = new Map<number, Local>();
  readonly #f = new Map<number, Local>();

  constructor(body: FunctionBody) {
    this.#body = body;
  }

  /** The local of an integer register other than x0, which must have been loaded. */
  x(register: number): Local {
    return found(this.#x, register);
  }
  f(register: number): Local {
    return found(this.#f, register);
  }

  load({ x, f }: Registers): void {
    this.#load(x, this.#x, X_REGISTERS);
    this.#load(f, this.#f, F_REGISTERS);
  }
  #load(mask: number, locals: Map<number, Local>, base: number): void {
    forEachBit(mask, (register) => {
      const local = this.#body.local(WASM_I64);
      locals.set(register, local);
      this.#body.i32Const(0);
      this.#body.memory(MEMORY.i64Load, base + register * 8);
      this.#body.set(local);
    });
  }

  /** Stores them back. */
  store({ x, f }: Registers): void {
    this.#store(x, this.#x, X_REGISTERS);
    this.#store(f, this.#f, F_REGISTERS);
  }
  #store(mask: number, locals: ReadonlyMap<number, Local>, base: number): void {
    forEachBit(mask, (register) => {
      this.#body.i32Const(0);
      this.#body.get(found(locals, register));
      this.#body.memory(MEMORY.i64Store, base + register * 8);
    });
  }
}

function found(locals: ReadonlyMap<number, Local>, register: number): Local {
  const local = locals.get(register);
  if (local === undefined) throw new RangeError(`register ${register} is not of this region`);
  return local;
}

function forEachBit(mask: number, visit: (index: number) => void): void {
  for (let index = 0; index < 32; index++) if (mask & (1 << index)) visit(index);
}
