/** A part of a variable without parts of its own: `.next`, `[2].x`, empty for the variable itself; and its bits. */
export type ToldPart = readonly [path: string, bits: string];

/** A variable as a debugger tells it: bits as hexadecimal numbers, or why there are none. */
export interface ToldVariable {
  readonly name: string;
  readonly argument: boolean;
  readonly type: string;
  readonly parts: readonly ToldPart[];
  /** It is a variable of the program that the function only declares (`extern`). */
  readonly isExtern?: boolean;
  /** What they would be if things were as gdb takes them to be; only where that differs. */
  readonly otherwise?: Partial<Readonly<Record<Assumption, readonly ToldPart[]>>>;
}

export type Assumption =
  /** Registers that a callee may change, and whose content nobody saved, are as they were before the call. */
  | 'unsaved registers are unchanged'
  /** No call tells what was passed in it. */
  | 'no value on entry is known'
  /** What an inlined function's surroundings were passed is computed from their own registers, not from their caller's. */
  | 'values on entry are computed in the function itself'
  /** What lies behind the last piece of a location is zero. */
  | 'what no piece describes is zero';

export interface ToldFrame {
  readonly function: string | null;
  readonly file: string | null;
  /** 0 where there is none. */
  readonly line: number;
  readonly kind: 'normal' | 'inlined' | 'tail-call' | 'trap' | 'other';
  /** Hexadecimal. */
  readonly pc: string;
  /** pc is in the NOPs that a function begins with to be patched, before its first line. */
  readonly isInPatchableNops?: boolean;
  /** Innermost block first. */
  readonly variables: readonly ToldVariable[];
}

/** What a debugger shows at one moment, innermost frame first. */
export interface ToldStack {
  readonly counter: number;
  readonly frames: readonly ToldFrame[];
  /** The frames if an inlined function that begins at pc had been entered; only where that differs. */
  readonly entered?: readonly ToldFrame[] | undefined;
  /** The next step is a return, and leads to the frames that were told as its callers. */
  readonly isReturn?: boolean;
  /** Why the debugger did not go on. */
  readonly error?: string | undefined;
}

/** Members as `name type at bit:size`, or enumerators as `name = value`, by the type's name and size. */
export type TypeBodies = ReadonlyMap<string, readonly string[]>;

export interface ToldRun {
  readonly stacks: readonly ToldStack[];
  readonly bodies: TypeBodies;
}

/** How far both sides look into variables: gdb-stacks.py has the same figures. */
export const DEEPEST_FRAME = 48;
export const DEEPEST_PART = 3;
export const MOST_ELEMENTS = 4;
export const MOST_PARTS = 120;
