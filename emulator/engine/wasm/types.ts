/** Value types of WebAssembly (Core Specification 2.0, section 5.3). */

export const WASM_I32 = 0x7f;
export const WASM_I64 = 0x7e;
export const WASM_F32 = 0x7d;
export const WASM_F64 = 0x7c;

export type WasmType = typeof WASM_I32 | typeof WASM_I64 | typeof WASM_F32 | typeof WASM_F64;
