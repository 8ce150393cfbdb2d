/** WebAssembly binary encoding (WebAssembly Core Specification 2.0, chapter 5): integers, names, vectors. */

export const WASM_I32 = 0x7f;
export const WASM_I64 = 0x7e;
export const WASM_F64 = 0x7c;

export type WasmType = typeof WASM_I32 | typeof WASM_I64 | typeof WASM_F64;

/** Appends an unsigned LEB128; `value` is a non-negative integer below 2^32. */
export function appendUnsigned(out: number[], value: number): void {
  let rest = value >>> 0;
  while (rest >= 0x80) {
    out.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  out.push(rest);
}

/** Appends a signed LEB128 of 32 bits. */
export function appendSigned32(out: number[], value: number): void {
  let rest = value | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) {
      out.push(low);
      return;
    }
    out.push(low | 0x80);
  }
}

/** Appends a signed LEB128 of 64 bits. */
export function appendSigned64(out: number[], value: bigint): void {
  let rest = BigInt.asIntN(64, value);
  for (;;) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    if ((rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0)) {
      out.push(low);
      return;
    }
    out.push(low | 0x80);
  }
}

/** Appends a name: its length in bytes, then UTF-8. */
export function appendName(out: number[], name: string): void {
  const bytes = new TextEncoder().encode(name);
  appendUnsigned(out, bytes.length);
  out.push(...bytes);
}
