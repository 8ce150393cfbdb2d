import { WASM_F32, WASM_F64 } from '../wasm/types.ts';
import type { FunctionBody, Local } from '../wasm/function-body.ts';
import { F32, F64, I32, I64 } from '../wasm/opcodes.ts';

/** binary32 or binary64 as the host computes in it: its opcodes, and how its values travel as raw bits in an i64. */
export interface HostFormat {
  readonly type: typeof WASM_F32 | typeof WASM_F64;
  readonly opcode: typeof F32 | typeof F64;
  /** Turns the number on the stack from raw bits (of which binary32 looks at the low half) into the host's value. */
  fromBits(body: FunctionBody): void;
  /** Turns the value on the stack, which is not a NaN, into raw bits, zero-extended. */
  toBits(body: FunctionBody): void;
  /** Leaves the biased exponent of the value on the stack, as an i32. */
  exponent(body: FunctionBody): void;
  /** Exponent field of infinities and NaNs. */
  readonly specialExponent: number;
}

export const hostSingle: HostFormat = {
  type: WASM_F32,
  opcode: F32,
  fromBits(body) {
    body.op(I32.wrapI64, F32.reinterpretI32);
  },
  toBits(body) {
    body.op(I32.reinterpretF32, I64.extendI32U);
  },
  exponent(body) {
    body.op(I32.reinterpretF32);
    body.i32Const(23);
    body.op(I32.shrU);
    body.i32Const(0xff);
    body.op(I32.and);
  },
  specialExponent: 0xff,
};

export const hostDouble: HostFormat = {
  type: WASM_F64,
  opcode: F64,
  fromBits(body) {
    body.op(F64.reinterpretI64);
  },
  toBits(body) {
    body.op(I64.reinterpretF64);
  },
  exponent(body) {
    body.op(I64.reinterpretF64);
    body.i64Const(52n);
    body.op(I64.shrU, I32.wrapI64);
    body.i32Const(0x7ff);
    body.op(I32.and);
  },
  specialExponent: 0x7ff,
};

/** Leaves whether the value is ordinary: finite, and at least twice the smallest normal number. */
export function pushOrdinary(body: FunctionBody, format: HostFormat, value: Local): void {
  body.get(value);
  format.exponent(body);
  body.i32Const(2);
  body.op(I32.sub);
  body.i32Const(format.specialExponent - 2);
  body.op(I32.ltU);
}

/** Leaves whether the value is finite. */
export function pushFinite(body: FunctionBody, format: HostFormat, value: Local): void {
  body.get(value);
  format.exponent(body);
  body.i32Const(format.specialExponent);
  body.op(I32.ne);
}
