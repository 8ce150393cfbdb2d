/** How numbers are shown to people. */
export interface ValueFormat {
  /** Integers in hexadecimal. */
  readonly hex: boolean;
}

export const DECIMAL: ValueFormat = { hex: false };
