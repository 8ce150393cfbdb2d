/** What the flow of data through an instruction is told in. */

/** Where an instruction finds or leaves a value. */
export type Storage =
  | { readonly kind: 'x'; readonly register: number }
  | { readonly kind: 'f'; readonly register: number }
  /** By CSR number. */
  | { readonly kind: 'csr'; readonly csr: number }
  /** `width` bytes at a virtual address; 64 for a cache block that is zeroed. */
  | { readonly kind: 'memory'; readonly address: bigint; readonly width: number };

/**
 * Where one bit of a value comes from: a bit of what a storage held; `fill`, a zero or a sign that the instruction itself put
 * there; or `computed`, of which nothing simple can be said.
 */
export type BitOrigin = { readonly source: Storage; readonly bit: number } | 'fill' | 'computed';

/** A hart that is about to carry out an instruction, and the memory that it sees; looking changes nothing. */
export interface FlowState {
  readonly pc: bigint;
  readX(register: number): bigint;
  readF(register: number): bigint;
  readCsr(csr: number): bigint | undefined;
  /** Little-endian, zero-extended; undefined where nothing can be read. */
  load(address: bigint, width: number): bigint | undefined;
}

/** One place that an instruction writes, and what the value it leaves there is made of. */
export interface FlowWrite {
  readonly target: Storage;
  /** Of each bit of the value, from bit 0 on, where it was before; 64 bits, or the target's width. */
  readonly bits: readonly BitOrigin[];
  /** Everything that the value depends on, each once. Addresses that were only followed are not among them. */
  readonly inputs: readonly Storage[];
}
