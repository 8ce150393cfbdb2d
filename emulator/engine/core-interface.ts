import type { FloatFunction } from '../riscv/emitter.ts';
import { csrs } from '../riscv/csr.ts';
import { WASM_I32, WASM_I64 } from './wasm/types.ts';
import type { Signature } from './wasm/module.ts';

/** Functions of the core that generated code calls. */

const nothing: Signature = { parameters: [], results: [] };
const csrRead: Signature = { parameters: [WASM_I32], results: [WASM_I64] };
const csrWrite: Signature = { parameters: [WASM_I32, WASM_I64], results: [] };

const fixed: Readonly<Record<string, Signature>> = {
  loadSlow: { parameters: [WASM_I64, WASM_I32], results: [WASM_I64] },
  storeSlow: { parameters: [WASM_I64, WASM_I32, WASM_I64], results: [] },
  loadReserved: { parameters: [WASM_I64, WASM_I32], results: [WASM_I64] },
  storeConditional: { parameters: [WASM_I64, WASM_I32, WASM_I64], results: [WASM_I64] },
  atomic: { parameters: [WASM_I32, WASM_I64, WASM_I32, WASM_I64], results: [WASM_I64] },
  cacheBlock: { parameters: [WASM_I32, WASM_I64], results: [] },
  fetch: { parameters: [WASM_I64], results: [WASM_I32] },
  fetchUpperHalf: { parameters: [WASM_I64], results: [WASM_I32] },
  /** Decodes the instruction of a record: address of the record of the page's first halfword, address of the record. */
  decode: { parameters: [WASM_I32, WASM_I32], results: [] },
  /** Decodes an instruction that crosses the page's end: the same, and its upper half. */
  decodeCrossing: { parameters: [WASM_I32, WASM_I32, WASM_I32], results: [] },
  noteHot: { parameters: [WASM_I32], results: [] },
  onBreakpoint: { parameters: [WASM_I64, WASM_I32], results: [WASM_I32] },
  /** After a step, while there are conditions on registers: the steps left, and the pc of the next one. */
  noteRegisters: { parameters: [WASM_I32, WASM_I64], results: [] },
  attend: { parameters: [], results: [WASM_I32] },
  takeFault: { parameters: [WASM_I32, WASM_I32], results: [] },
  ecall: nothing,
  ebreak: nothing,
  mret: nothing,
  sret: nothing,
  wfi: nothing,
  fenceVirtual: { parameters: [WASM_I32], results: [] },
  multiplyHigh: { parameters: [WASM_I64, WASM_I64], results: [WASM_I64] },
  storedMip: csrRead,
};

/** True for functions that take a rounding mode. */
export function isRounded(operation: FloatFunction): boolean {
  return !/_(min|max|eq|lt|le|classify)$|^f32_to_f64$/.test(operation);
}

/** Number of rounded arguments aside, a floating-point function takes and returns raw 64-bit values. */
function floatSignature(operation: FloatFunction): Signature {
  const [, name] = /^[fiu]\d\d_(.*)$/.exec(operation) ?? [];
  const operands = { add: 2, sub: 2, mul: 2, div: 2, min: 2, max: 2, eq: 2, lt: 2, le: 2, fma: 3 }[name ?? ''] ?? 1;
  const parameters = Array.from({ length: operands }, () => WASM_I64 as typeof WASM_I64 | typeof WASM_I32);
  if (isRounded(operation)) parameters.push(WASM_I32);
  return { parameters, results: [WASM_I64] };
}

/** Every floating-point function, in a fixed order. */
const floatFunctions: readonly FloatFunction[] = ([32, 64] as const).flatMap((bits) => [
  ...(['add', 'sub', 'mul', 'div', 'sqrt', 'fma', 'min', 'max', 'eq', 'lt', 'le', 'classify'] as const).map(
    (name) => `f${bits}_${name}` as const,
  ),
  ...(['i32', 'u32', 'i64', 'u64'] as const).flatMap(
    (integer) => [`f${bits}_to_${integer}`, `${integer}_to_f${bits}`] as const,
  ),
  bits === 32 ? ('f32_to_f64' as const) : ('f64_to_f32' as const),
]);

/** All functions imported from the core, by name. */
export function coreFunctions(): ReadonlyMap<string, Signature> {
  const all = new Map<string, Signature>(Object.entries(fixed));
  for (const operation of floatFunctions) all.set(operation, floatSignature(operation));
  for (const { behaviour } of csrs) {
    if (behaviour.kind !== 'core') continue;
    all.set(behaviour.read, csrRead);
    if (behaviour.write !== undefined) all.set(behaviour.write, csrWrite);
  }
  return all;
}
