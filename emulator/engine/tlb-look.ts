import { TLB_ADDEND, TLB_INDEX_MASK } from './layout.ts';
import type { FunctionBody, Local } from './wasm/function-body.ts';
import { I32, I64, MEMORY } from './wasm/opcodes.ts';

/** How generated code asks the software TLB (layout.ts) for an access. */

export const PAGE_MASK = -4096n;

export interface TlbLook {
  /** i64: the virtual address of the first byte. */
  readonly at: Local;
  /** i32: where the address's entry lies in the arrays of its context. */
  readonly entry: Local;
  /** Offset of the array: 0 for reads, TLB_WRITE for writes. */
  readonly array: number;
}

/**
 * Takes an address off the stack and leaves two i64 there, which are equal when the TLB answers for all of `bytes` bytes: the
 * entry's tag, and the page of the last byte. `dataTlb` holds the context's block.
 */
export function pushTagAndPage(body: FunctionBody, { at, entry, array }: TlbLook, dataTlb: Local, bytes: number): void {
  body.tee(at);
  body.i64Const(8n);
  body.op(I64.shrU, I32.wrapI64);
  body.i32Const(TLB_INDEX_MASK);
  body.op(I32.and);
  body.get(dataTlb);
  body.op(I32.add);
  body.tee(entry);
  body.memory(MEMORY.i64Load, array);
  body.get(at);
  if (bytes > 1) {
    body.i64Const(BigInt(bytes - 1));
    body.op(I64.add);
  }
  body.i64Const(PAGE_MASK);
  body.op(I64.and);
}

/** Leaves the linear address of the first byte on the stack; the TLB has answered. */
export function pushLinear(body: FunctionBody, { at, entry, array }: TlbLook): void {
  body.get(at);
  body.op(I32.wrapI64);
  body.get(entry);
  body.memory(MEMORY.i32Load, array + TLB_ADDEND);
  body.op(I32.add);
}
