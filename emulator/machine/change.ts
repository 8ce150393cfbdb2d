/** What a person changes in the present state. It takes no step: the counter stays. */
export type Change =
  /** An integer register, x1 to x31, by number. */
  | { readonly kind: 'integer-register'; readonly hart: number; readonly register: number; readonly value: bigint }
  /** A floating-point register, f0 to f31: its 64 bits, a single boxed in ones. */
  | { readonly kind: 'float-register'; readonly hart: number; readonly register: number; readonly value: bigint }
  | { readonly kind: 'pc'; readonly hart: number; readonly value: bigint }
  /** By the rules of the CSR (WARL), whatever the privilege of the hart. */
  | { readonly kind: 'csr'; readonly hart: number; readonly number: number; readonly value: bigint }
  /** Through the hart's present translation, whatever the pages' permissions; sets no A or D bit. */
  | {
      readonly kind: 'virtual-memory';
      readonly hart: number;
      readonly address: bigint;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: 'physical-memory'; readonly address: bigint; readonly bytes: Uint8Array };

export type ChangeOutcome =
  /** `remarks`: sentences on what became otherwise than asked, or is to be kept in mind. */
  | { readonly kind: 'changed'; readonly remarks: readonly string[] }
  /** Nothing was changed; `why` is a sentence. */
  | { readonly kind: 'refused'; readonly why: string };

/** Where memory for a change lies. */
export type WritablePlace =
  /** Pieces of RAM, in order, each within a page. */
  | { readonly kind: 'ram'; readonly pieces: readonly { readonly address: number; readonly length: number }[] }
  | { readonly kind: 'refused'; readonly why: string };
