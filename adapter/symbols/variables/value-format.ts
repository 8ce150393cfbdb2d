/** How numbers are shown to people. */
export interface ValueFormat {
  /** Integers in hexadecimal. */
  readonly hex: boolean;
  /** For a clipboard: what is cut short for the eye is given in full, up to what a person would still paste. */
  readonly whole?: boolean;
}

/** Where the text of a value is cut short. */
export interface TextLimits {
  /** Characters. */
  readonly text: number;
  /** Bytes of a string. */
  readonly string: number;
  /** Elements of an array. */
  readonly elements: number;
  /** Structures within structures. */
  readonly depth: number;
}

const FOR_THE_EYE: TextLimits = { text: 400, string: 200, elements: 64, depth: 6 };
const FOR_A_CLIPBOARD: TextLimits = { text: 64 * 1024, string: 64 * 1024, elements: 4096, depth: 16 };

export function limitsOf({ whole = false }: ValueFormat): TextLimits {
  return whole ? FOR_A_CLIPBOARD : FOR_THE_EYE;
}

export const DECIMAL: ValueFormat = { hex: false };
