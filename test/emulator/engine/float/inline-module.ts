import { coreFunctions, isRounded } from '../../../../emulator/engine/core-interface.ts';
import { emitFloat } from '../../../../emulator/engine/float/float-emitter.ts';
import { pushRounding, type Rounding } from '../../../../emulator/engine/float/inline-float.ts';
import { FFLAGS, FIXED_END } from '../../../../emulator/engine/layout.ts';
import { WASM_I32, WASM_I64, type WasmType } from '../../../../emulator/engine/wasm/types.ts';
import { FunctionBody, type Local } from '../../../../emulator/engine/wasm/function-body.ts';
import { WasmModule } from '../../../../emulator/engine/wasm/module.ts';
import { DROP, I32, I64, MEMORY } from '../../../../emulator/engine/wasm/opcodes.ts';
import type { FloatFunction } from '../../../../emulator/riscv/emitter.ts';
import { instantiateCore } from './core.ts';

/**
 * The inline code of one floating-point operation beside the core's function, in a loop over every combination of the
 * operands in pools, all in WebAssembly: tens of millions of cases a second.
 */

/** What to compare: rounding modes known while generating, or `run-time`. */
export type Mode = number | 'run-time';

export interface Difference {
  /** Addresses of the operands in the pools. */
  readonly operands: readonly bigint[];
  readonly inline: { readonly bits: bigint; readonly flags: number };
  readonly core: { readonly bits: bigint; readonly flags: number };
}

const POOL_BYTES = 1 << 16;
const POOLS = FIXED_END + 4096;
const DIFFERENCE = FIXED_END;
const MEMORY_PAGES = Math.ceil((POOLS + 3 * POOL_BYTES) / 65536);

/** Pools hold at most this many operands. */
export const POOL_SIZE = POOL_BYTES / 8;

export class InlineAgainstCore {
  readonly #memory = new WebAssembly.Memory({ initial: MEMORY_PAGES, maximum: MEMORY_PAGES });
  readonly #compare: (mode: number, flags: number, ...ends: number[]) => number;
  readonly #operandCount: number;

  constructor(operation: FloatFunction, mode: Mode) {
    const core = instantiateCore(this.#memory);
    const signature = coreFunctions().get(operation);
    if (!signature) throw new Error(`the core has no ${operation}`);
    this.#operandCount = signature.parameters.filter((type) => type === WASM_I64).length;
    const module = new WasmModule();
    const index = module.importFunction('core', operation, signature);
    module.defineFunction(
      'compare',
      { parameters: [WASM_I32, WASM_I32, WASM_I32, WASM_I32, WASM_I32], results: [WASM_I32] },
      comparison(operation, mode, index, this.#operandCount),
    );
    const instance = new WebAssembly.Instance(new WebAssembly.Module(module.encode()), {
      env: { memory: this.#memory },
      core,
    });
    this.#compare = exportedFunction(instance, 'compare');
  }

  /** Compares on all combinations of operands, starting from the given fflags, and returns the first difference. */
  run(mode: number, flags: number, pools: readonly (readonly bigint[])[]): Difference | undefined {
    const view = new DataView(this.#memory.buffer);
    const ends = [0, 1, 2].map((pool) => {
      const values = pools[pool] ?? [0n];
      if (values.length > POOL_SIZE) throw new RangeError(`${values.length} operands do not fit a pool`);
      values.forEach((value, at) => {
        view.setBigUint64(POOLS + pool * POOL_BYTES + 8 * at, BigInt.asUintN(64, value), true);
      });
      return POOLS + pool * POOL_BYTES + 8 * values.length;
    });
    if (this.#compare(mode, flags, ...ends) === 0) return undefined;
    const word = (at: number): bigint => view.getBigUint64(DIFFERENCE + 8 * at, true);
    return {
      operands: [0, 1, 2].slice(0, this.#operandCount).map(word),
      inline: { bits: word(3), flags: Number(word(4)) },
      core: { bits: word(5), flags: Number(word(6)) },
    };
  }
}

/** An export that takes i32 and returns i32. */
function exportedFunction(instance: WebAssembly.Instance, name: string): (...args: number[]) => number {
  const exports: Readonly<Record<string, unknown>> = { ...instance.exports };
  const found = exports[name];
  if (typeof found !== 'function') throw new Error(`the module does not export ${name}`);
  return (...args) => Number(Reflect.apply(found, undefined, args));
}

/**
 * True when the inline path alone does the operation, in RNE, starting from the given fflags.
 */
export function isInline(operation: FloatFunction, operands: readonly bigint[], flags: number): boolean {
  const memory = new WebAssembly.Memory({ initial: MEMORY_PAGES, maximum: MEMORY_PAGES });
  const view = new DataView(memory.buffer);
  view.setUint32(FFLAGS, flags, true);
  const body = new FunctionBody(0);
  const locals = operands.map((operand) => {
    const local = body.local(WASM_I64);
    body.i64Const(BigInt.asIntN(64, operand));
    body.set(local);
    return local;
  });
  const site = {
    body,
    operands: locals,
    rounding: { kind: 'known', mode: 0 },
    temporary: (type: WasmType) => body.local(type),
  } as const;
  body.block((core) => {
    body.blockValue(WASM_I64, () => {
      const leave = (): void => {
        body.br(core);
      };
      emitFloat(operation, site, { callCore: leave, fallBack: leave });
    });
    body.op(DROP);
    body.i32Const(1);
    body.return();
  });
  body.i32Const(0);
  const module = new WasmModule();
  module.defineFunction('isInline', { parameters: [], results: [WASM_I32] }, body);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.encode()), { env: { memory } });
  return exportedFunction(instance, 'isInline')() === 1;
}

/** Parameters: the mode, fflags to start from, and the ends of three pools. Returns 1 when it stored a difference. */
function comparison(operation: FloatFunction, mode: Mode, coreFunction: number, operandCount: number): FunctionBody {
  const body = new FunctionBody(5);
  const [modeParameter, flagsParameter, firstEnd] = [0, 1, 2];
  const rounding: Rounding = mode === 'run-time' ? { kind: 'run-time', mode: modeParameter } : { kind: 'known', mode };
  const local = (type: WasmType): Local => body.local(type);
  const pointers = [local(WASM_I32), local(WASM_I32), local(WASM_I32)];
  const operands = [local(WASM_I64), local(WASM_I64), local(WASM_I64)];
  const [inlineBits, coreBits, inlineFlags] = [local(WASM_I64), local(WASM_I64), local(WASM_I64)];

  const resetFlags = (): void => {
    body.i32Const(0);
    body.get(flagsParameter);
    body.memory(MEMORY.i32Store, FFLAGS);
  };
  const pushFlags = (): void => {
    body.i32Const(0);
    body.memory(MEMORY.i64Load32U, FFLAGS);
  };
  const callCore = (): void => {
    for (const operand of operands.slice(0, operandCount)) body.get(operand);
    if (isRounded(operation)) pushRounding(body, rounding);
    body.call(coreFunction);
  };

  const compareOnce = (): void => {
    resetFlags();
    const site = { body, operands: operands.slice(0, operandCount), rounding, temporary: local };
    emitFloat(operation, site, { callCore, fallBack: callCore });
    body.set(inlineBits);
    pushFlags();
    body.set(inlineFlags);
    resetFlags();
    callCore();
    body.tee(coreBits);
    body.get(inlineBits);
    body.op(I64.ne);
    pushFlags();
    body.get(inlineFlags);
    body.op(I64.ne, I32.or);
    body.if(() => {
      const found = [...operands, inlineBits, inlineFlags, coreBits];
      found.forEach((value, at) => {
        body.i32Const(DIFFERENCE + 8 * at);
        body.get(value);
        body.memory(MEMORY.i64Store, 0);
      });
      body.i32Const(DIFFERENCE + 8 * found.length);
      pushFlags();
      body.memory(MEMORY.i64Store, 0);
      body.i32Const(1);
      body.return();
    });
  };

  const forEach = (pool: number): void => {
    const [pointer, operand] = [pointers[pool], operands[pool]];
    if (pointer === undefined || operand === undefined) {
      compareOnce();
      return;
    }
    body.i32Const(POOLS + pool * POOL_BYTES);
    body.set(pointer);
    body.loop((next) => {
      body.get(pointer);
      body.memory(MEMORY.i64Load, 0);
      body.set(operand);
      forEach(pool + 1);
      body.get(pointer);
      body.i32Const(8);
      body.op(I32.add);
      body.tee(pointer);
      body.get(firstEnd + pool);
      body.op(I32.ltU);
      body.brIf(next);
    });
  };
  forEach(0);
  body.i32Const(0);
  return body;
}
