import type { SymbolBinding, SymbolType } from './elf/symbol-table.ts';

/** What a program answers: addresses are the guest's. */

/** [start, end) in the guest's address space. */
export interface CodeRange {
  readonly start: bigint;
  readonly end: bigint;
}

export interface SourceLine {
  /** The path as the debug information has it: joined with the compiler's directory, which may itself be relative. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** From 1; 0 for the line as a whole. */
  readonly column: number;
  /** A recommended place to stop. */
  readonly isStatement: boolean;
}

/** A source line, and where its code begins. */
export interface PlacedLine extends SourceLine {
  readonly address: bigint;
}

export interface FunctionInformation {
  readonly name: string;
  /** Where it is entered. */
  readonly start: bigint;
  /** The first is not always the one that is entered: a compiler may move unlikely parts away. */
  readonly ranges: readonly CodeRange[];
  /** Whether the debug information knows it, or only the symbol table. */
  readonly hasDebugInformation: boolean;
}

/** A symbol of the ELF file, at its address in the guest. */
export interface ProgramSymbol {
  readonly name: string;
  readonly address: bigint;
  /** Bytes; 0 when not known. */
  readonly size: number;
  readonly type: SymbolType;
  readonly binding: SymbolBinding;
  /** The source file of a local symbol, mostly without its directory. */
  readonly file: string | undefined;
}

/** A symbol at or below an address, and the distance from it. */
export interface NearSymbol {
  readonly symbol: ProgramSymbol;
  readonly offset: bigint;
  /** `name+0x12`, or `name` at the symbol itself. */
  readonly text: string;
}

/** A function that is being executed at an address: the one that holds it, or one inlined into that. */
export interface ActiveFunction {
  readonly name: string;
  readonly isInlined: boolean;
  /** Where it, or its inlined copy, is entered. */
  readonly start: bigint;
  /** The line that is executed in it: that of the innermost, and in the others the line of the inlined call. */
  readonly line: SourceLine | undefined;
}

export interface LineBreakpoint {
  readonly path: string;
  /** The line asked for, or the first one behind it that has code. */
  readonly line: number;
  /** One for each function, inlined copy or block that the line is in; ascending. */
  readonly addresses: readonly bigint[];
}
