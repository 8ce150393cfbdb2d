/** What a stop condition may ask of a hart besides: a closed language, so that the engine can evaluate it by itself. */
export type SearchPredicate =
  | Comparison
  /** True when empty. */
  | { readonly kind: 'all'; readonly of: readonly SearchPredicate[] }
  /** False when empty. */
  | { readonly kind: 'any'; readonly of: readonly SearchPredicate[] }
  | { readonly kind: 'not'; readonly of: SearchPredicate };

/** Compares the low `width` bytes of an operand, after `mask`, with a constant. False where memory cannot be read. */
export interface Comparison {
  readonly kind: 'compare';
  readonly operand: ComparisonOperand;
  readonly comparison: '==' | '!=' | '<' | '<=' | '>' | '>=';
  readonly value: bigint;
  /** Bytes; 8 when absent. */
  readonly width?: 1 | 2 | 4 | 8;
  /** Both sides are two's complement numbers of `width` bytes. */
  readonly signed?: boolean;
  /** All ones when absent. */
  readonly mask?: bigint;
}

export type ComparisonOperand =
  | { readonly kind: 'x'; readonly register: number }
  /** The raw bits. */
  | { readonly kind: 'f'; readonly register: number }
  /** 0 is U, 1 S, 3 M. */
  | { readonly kind: 'privilege' }
  | { readonly kind: 'satp' }
  /** A CSR that is kept as one value, by its number: see `RegisterSource.isWhole`. */
  | { readonly kind: 'csr'; readonly number: number }
  /**
   * RAM at a virtual address, by the hart's translation, with no effects on it (law 6). With `base`, an x register, at
   * `address` bytes from what that holds.
   */
  | { readonly kind: 'memory'; readonly address: bigint; readonly base?: number };

/** The hart runs at this privilege. */
export function privilegeIs(privilege: 'U' | 'S' | 'M'): SearchPredicate {
  return {
    kind: 'compare',
    operand: { kind: 'privilege' },
    comparison: '==',
    value: { U: 0n, S: 1n, M: 3n }[privilege],
  };
}

/** A register has this value. */
export function registerIs(register: number, value: bigint): SearchPredicate {
  return { kind: 'compare', operand: { kind: 'x', register }, comparison: '==', value };
}
