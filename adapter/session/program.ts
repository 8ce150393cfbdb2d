import type { SearchPredicate } from '../../emulator/machine/predicate.ts';
import type { StopCondition } from '../../emulator/machine/stop.ts';
import type { ExpressionEnvironment } from '../symbols/expressions/environment.ts';
import type { MachineEnvironment } from '../symbols/expressions/program-environment.ts';
import type { TypeKeyword } from '../symbols/expressions/type-table.ts';
import type { Type } from '../symbols/types/type.ts';
import type { ValueFormat } from '../symbols/variables/value-format.ts';
import type { Interruption } from '../symbols/frames/unwind.ts';
import type { RegisterHome } from '../symbols/frames/unwind-context.ts';

/**
 * What a session asks about the program in the guest. Addresses are virtual, 64 bits, unsigned.
 */

/** [low, high). */
export interface CodeRange {
  readonly low: bigint;
  readonly high: bigint;
}

export interface ProgramFunction {
  /** As people say it. */
  readonly name: string;
  /** Where calls go. */
  readonly entry: bigint;
  /** Its code; several when the compiler moved its cold part away. */
  readonly ranges: readonly CodeRange[];
}

/** A source file as the debug information names it; equal objects are equal files. */
export interface SourceFile {
  /** The path as recorded, made absolute by the compilation directory when it is. */
  readonly path: string;
}

/** A place in a source. Lines and columns count from 1; column 0 means unknown. */
export interface SourcePosition {
  readonly file: SourceFile;
  readonly line: number;
  readonly column: number;
}

/** Where a line begins in code: a row of the line table that debuggers may stop at. */
export interface LineStart extends SourcePosition {
  readonly address: bigint;
  /** The inlined calls that a hart standing here is in. */
  readonly inlined: InlinedCalls;
}

/** Inlined calls, each by where its copy of the callee is entered, from the outermost in; empty in the function itself. */
export type InlinedCalls = readonly bigint[];

/** A function that is being executed at an address: the one that holds it, or one inlined into that. */
export interface ActiveFunction {
  readonly name: string;
  /** Where it, or its inlined copy, is entered. */
  readonly entry: bigint;
  /** The line executed in it; in one that others are inlined into, where it calls them. */
  readonly position: SourcePosition | undefined;
}

/** A file whose code the guest executes, where it is in memory. */
export interface ProgramModule {
  /** Unique in a session: the same file at another address is another module. */
  readonly id: string;
  /** The file's name. */
  readonly name: string;
  /** The file, where the person named one; undefined for what a recording holds. */
  readonly path: string | undefined;
  /** Of a loadable module of the kernel the kernel itself knows more. */
  readonly space: 'kernel' | 'module' | 'user' | 'firmware';
  readonly symbols: 'none' | 'names only' | 'with lines';
  /** What it takes up of the address space; undefined when that is not known. */
  readonly range: CodeRange | undefined;
}

/** A variable or a part of one, at the moment for which it was asked. */
export interface ProgramVariable {
  readonly name: string;
  readonly typeName: string;
  /** Its value, for people. */
  readonly text: string;
  textIn(format: ValueFormat): string;
  /** A C expression that names it. */
  readonly expression: string;
  /** Where it is in memory, if it is. */
  readonly address: bigint | undefined;
  /** Bytes; undefined when nobody knows. */
  readonly size: number | undefined;
  /** What a memory view opens at: where a pointer points, else where it is. */
  readonly memoryReference: bigint | undefined;
  /** Whether the memory reference is one behind the hart's translation. */
  readonly isPhysical?: boolean;
  /** The address that a pointer to a function holds. */
  readonly functionAddress?: bigint | undefined;
  /** Where the program declares it; absent when it does not say. */
  readonly declaration?: (() => { readonly path: string; readonly line: number } | undefined) | undefined;
  readonly childCount: number;
  children(start?: number, count?: number): readonly ProgramVariable[];
  memberNamed(name: string): ProgramVariable | undefined;
}

export interface FrameVariables {
  readonly arguments: readonly ProgramVariable[];
  readonly locals: readonly ProgramVariable[];
}

/** A line that breakpoints can be set on, with where it begins in code. */
export interface BreakpointLine {
  /** The line asked for, or the next one that has code. */
  readonly line: number;
  /** Empty while the code is nowhere yet: `awaits` says then what it waits for, as a sentence. */
  readonly places: readonly CodePlace[];
  readonly awaits?: string;
}

/** A statement, by the column at which it begins: from 1, or 0 when nobody knows. */
export interface Statement {
  readonly column: number;
  readonly places: readonly CodePlace[];
}

/** Where to stop in code. Several programs may have code at one address, each in address spaces of its own. */
export interface CodePlace {
  readonly address: bigint;
  /** What holds when the code at the address is that of the program; undefined where its address says it. */
  readonly when: SearchPredicate | undefined;
  /** Why nothing can stop there at the present moment, as a sentence; undefined when the program is in memory. */
  readonly absence: () => string | undefined;
  /** Whose code it is, where an address alone does not say it at any moment. */
  readonly owner?: Program;
}

/** A place in the code of a program that is always there. */
export function fixedPlace(address: bigint): CodePlace {
  return { address, when: undefined, absence: () => undefined };
}

export interface ProgramSymbol {
  readonly name: string;
  readonly address: bigint;
  /** Bytes; 0 when unknown. */
  readonly size: number;
}

/** Registers and memory at one moment, for unwinding. */
export interface UnwindContext {
  readonly pc: bigint;
  /** The mode that the hart is in; absent in a context that was saved. */
  readonly privilege?: 'U' | 'S' | 'M';
  /** By DWARF number: x0 to x31, f0 to f31 from 32 on, CSRs from 4096 on; undefined where it is unknown. */
  readonly register: (number: number) => bigint | undefined;
  /** Undefined when any byte cannot be read. */
  readonly read: (address: bigint, length: number) => Uint8Array | undefined;
  /** Where a register can be written; absent where none can. */
  readonly home?: (number: number) => RegisterHome | undefined;
}

/** One frame of a stack. */
export interface ProgramFrame {
  /** In the innermost frame the instruction about to execute, in the others the one after the call. */
  readonly pc: bigint;
  /** The address that names the call site: pc, or pc - 1 in a frame that has made a call. */
  readonly lookup: bigint;
  /** Canonical frame address: sp before the call. Undefined when nothing tells it. */
  readonly cfa: bigint | undefined;
  /** It is gone: its function ended by calling that of the frame further in, and nothing returns to it. */
  readonly isTailCall: boolean;
  /** The trap that interrupted the code of this frame; undefined in one that stands behind a call. */
  readonly interruption: Interruption | undefined;
  /** By DWARF number, as the frame has them; undefined where nobody kept the value. */
  readonly register: (number: number) => bigint | undefined;
  /** Where a register of the frame can be written: in the hart, or where a callee saved it; undefined where nobody knows. */
  readonly home: (number: number) => RegisterHome | undefined;
}

/** The canonical frame address is the value of a register (x0 to x31) plus `offset` bytes. */
export interface FrameBase {
  readonly register: number;
  readonly offset: number;
  /** Told by call frame information; else read from the code that leads there, which says less where traps are handled. */
  readonly isCertain: boolean;
}

export interface Program {
  /** For messages: the file that the symbols came from. */
  readonly name: string;
  /** The files that the code comes from at the present moment, the kernel's first. */
  modules(): readonly ProgramModule[];
  /** The one that an address lies in. */
  moduleAt(address: bigint): ProgramModule | undefined;
  functionAt(address: bigint): ProgramFunction | undefined;
  functionsNamed(name: string): readonly ProgramFunction[];
  /** Where breakpoints on functions of a name go; `FILE!NAME` names the program among several. */
  placesNamed(name: string): readonly CodePlace[];
  /** Why a function has no places although a file that is known has it, as a sentence; undefined when none has. */
  awaits(name: string): string | undefined;
  /** What may become of a name or source that nobody has, as a sentence; undefined when nothing may. */
  readonly prospect: string | undefined;
  /**
   * Where code of the guest appears, goes or moves: at a moment that meets one of these, places are asked for anew. In either
   * direction of time the places of a moment hold up to the next such moment.
   */
  readonly arrivals: readonly StopCondition[];
  /** Where a breakpoint on the function goes: after its prologue; its entry when it has no lines. */
  bodyOf(fn: ProgramFunction): bigint;
  positionAt(address: bigint): SourcePosition | undefined;
  /** The statement rows in the function's code, by address, one per address. */
  lineStarts(fn: ProgramFunction): readonly LineStart[];
  /** The line asked for, or the next one that has code; undefined when none has. */
  breakpointLine(file: SourceFile, line: number): BreakpointLine | undefined;
  /** The statements of exactly this line, by column, ascending; of one program where several have the file. */
  statementsOn(file: SourceFile, line: number): readonly Statement[];
  /** Lines with code in [from, to], each once, ascending. */
  linesWithCode(file: SourceFile, from: number, to: number): readonly number[];
  /** The same list as long as it has the same files. */
  sourceFiles(): readonly SourceFile[];
  /** The symbol that contains the address, or the nearest before it. */
  symbolAt(address: bigint): ProgramSymbol | undefined;
  symbolNamed(name: string): ProgramSymbol | undefined;
  /** The functions being executed at an address: inlined ones first, innermost out. Empty where none is known. */
  functionsAt(address: bigint): readonly ActiveFunction[];
  /**
   * The same for a hart that is about to execute the instruction: an inlined function that begins with it has not been
   * entered, and its caller stands at the call.
   */
  functionsBefore(address: bigint): readonly ActiveFunction[];
  /** Of the function that `inlineDepth` counts in from the outermost: 0 is the function that the others are inlined into. */
  variables(frame: ProgramFrame, inlineDepth: number): FrameVariables;
  /** What an expression is evaluated in that is asked in a frame; `inlineDepth` as for `variables`. */
  environment(frame: ProgramFrame, inlineDepth: number, machine: MachineEnvironment): ExpressionEnvironment;
  /** The type of a name; undefined when the program has none. */
  typeNamed(keyword: TypeKeyword, path: string): Type | undefined;
  /** Names of the program, outside of functions, that may be meant in a frame. */
  namesStartingWith(beginning: string, frame: ProgramFrame): readonly string[];
  /** `<name+0x12>` for an address of the program; undefined where it has nothing. */
  describeAddress(address: bigint): string | undefined;
  /**
   * How the canonical frame address follows from a register before the instruction at `address`. Undefined where it is not so
   * simple, or nothing tells it.
   */
  frameBase(address: bigint): FrameBase | undefined;
  /** The frames of the stack, innermost first, found as they are asked for. */
  unwind(context: UnwindContext): Iterable<ProgramFrame>;
}

export function containsAddress(fn: ProgramFunction, address: bigint): boolean {
  return fn.ranges.some((range) => range.low <= address && address < range.high);
}

/** The functions that a frame executes, as `functionsAt`; `pc` and `lookup` differ in one that has made a call. */
export function functionsOf(
  program: Pick<Program, 'functionsAt' | 'functionsBefore'>,
  { pc, lookup }: Pick<ProgramFrame, 'pc' | 'lookup'>,
): readonly ActiveFunction[] {
  return pc === lookup ? program.functionsBefore(pc) : program.functionsAt(lookup);
}

/** The inlined calls that a frame is in. */
export function inlinedCallsOf(
  program: Pick<Program, 'functionsAt' | 'functionsBefore'>,
  frame: Pick<ProgramFrame, 'pc' | 'lookup'>,
): InlinedCalls {
  const entries = functionsOf(program, frame).map(({ entry }) => entry);
  return entries.slice(0, -1).reverse();
}

/** Those that a hart is in which is about to execute the instruction. */
export function inlinedCallsAt(
  program: Pick<Program, 'functionsAt' | 'functionsBefore'>,
  address: bigint,
): InlinedCalls {
  return inlinedCallsOf(program, { pc: address, lookup: address });
}

/** What a step by source goes over: a whole line, or one of its statements, which the line table tells by their columns. */
export type SourceUnit = 'line' | 'statement';

export function sameUnit(a: SourcePosition, b: SourcePosition, unit: SourceUnit): boolean {
  return a.line === b.line && a.file.path === b.file.path && (unit === 'line' || a.column === b.column);
}
