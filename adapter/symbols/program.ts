import { fromAddress, toAddress, type Address } from './address.ts';
import { addressesOfFunction, addressesOfLine, columnsOfLine, inlinedCopiesOf } from './breakpoint-locations.ts';
import { NO_CACHE, type SymbolCache } from './cache/symbol-cache.ts';
import { NO_COMPANIONS, type CompanionFiles } from './companions/companion-files.ts';
import { toNumber } from './dwarf/attribute-value.ts';
import { demangled } from './demangle/demangle.ts';
import { DW_AT } from './dwarf/constants.ts';
import type { Scope } from './dwarf/scope.ts';
import { codeWith, firstCode, physicalOffset } from './elf/loaded-code.ts';
import { buildId, debugLink, type DebugLink } from './elf/identity.ts';
import type { ElfSymbol } from './elf/symbol-table.ts';
import type { ExpressionEnvironment } from './expressions/environment.ts';
import { programEnvironment, type MachineEnvironment } from './expressions/program-environment.ts';
import { ProgramNames } from './expressions/program-names.ts';
import type { TypeKeyword } from './expressions/type-table.ts';
import type { Type } from './types/type.ts';
import type { CallFrameRow } from './frames/call-frame-program.ts';
import { withoutFrameAtReturn } from './frames/epilogue.ts';
import { readFrame } from './frames/prologue.ts';
import { Register } from './frames/registers.ts';
import { LONGEST_PROLOGUE, unwind, type Frame, type UnwindOptions } from './frames/unwind.ts';
import type { CodeInformation, UnwindContext } from './frames/unwind-context.ts';
import type { FileContents } from './file-contents.ts';
import { Image } from './image.ts';
import type { Macro } from './macros/macro.ts';
import type {
  ActiveFunction,
  CodeRange,
  FunctionInformation,
  LineBreakpoint,
  NearSymbol,
  PlacedLine,
  ProgramSymbol,
  SourceLine,
} from './program-answers.ts';
import { baseName } from './source-path.ts';
import { recover, type SymbolError } from './symbol-error.ts';
import type { StructureType } from './types/type.ts';
import { registerOnEntry } from './variables/entry-value.ts';
import { parameterOnEntry } from './variables/parameter-on-entry.ts';
import { withHiddenNames } from './variables/hidden-names.ts';
import type { Value } from './variables/value.ts';
import {
  variableNamed,
  variablesOfFile,
  variablesOfFrame,
  type FrameVariables,
} from './variables/variables-in-scope.ts';

/** How a program is loaded. */
export interface LoadOptions {
  /** Where the program is, less where it was linked to be. */
  readonly bias?: bigint;
  readonly companions?: CompanionFiles;
  /** Where indexes are kept for the next time. */
  readonly cache?: SymbolCache;
  /**
   * Of a relocatable file, such as a kernel module: where each section was loaded, by its name. Sections that are not
   * named are taken not to be loaded. Without it, the sections lie one behind the other from 0 on.
   */
  readonly sectionAddresses?: ReadonlyMap<string, bigint>;
}

/**
 * A program with its symbols: what a debugger asks of an ELF file and its debug information. All addresses are the
 * guest's. What cannot be known is undefined; nothing but `load` throws. Parts are read when first asked for, damaged
 * ones are left out and told of in `problems`.
 */
export class Program implements CodeInformation {
  private constructor(
    readonly name: string,
    private readonly image: Image,
    private readonly names: ProgramNames,
    /** Where the program is, less where it was linked to be. */
    readonly bias: bigint,
  ) {}

  /**
   * Throws SymbolError when `bytes` are not a 64-bit RISC-V ELF file. The bytes must not change afterwards. What the file
   * leaves to others is read from `companions`.
   */
  static load(name: string, bytes: Uint8Array | FileContents, options: LoadOptions = {}): Program {
    const { bias = 0n, companions = NO_COMPANIONS, cache = NO_CACHE } = options;
    const sectionAddresses =
      options.sectionAddresses &&
      new Map([...options.sectionAddresses].map(([section, at]) => [section, toAddress(at)]));
    const image = new Image(baseName(name), bytes, { companions, sectionAddresses, cache });
    return new Program(name, image, new ProgramNames(image), bias);
  }

  /** The same program, loaded elsewhere: what was read of it is shared. */
  relocated(bias: bigint): Program {
    return new Program(this.name, this.image, this.names, bias);
  }

  /** What was wrong in the file, as far as it has been read. */
  get problems(): readonly SymbolError[] {
    return this.image.problems;
  }

  get hasLineInformation(): boolean {
    return this.image.debug.contentsOf('.debug_line') !== undefined;
  }

  get hasSymbols(): boolean {
    return this.image.symbols[Symbol.iterator]().next().done !== true;
  }

  /** From the first address that the file loads something at to behind the last; undefined when it loads nothing. */
  get extent(): CodeRange | undefined {
    // The place of a module's section that was not loaded is NaN.
    const loaded = this.image.elf.allocated.filter(({ size, address }) => size > 0 && !Number.isNaN(address));
    if (loaded.length === 0) return undefined;
    const start = Math.min(...loaded.map(({ address }) => address));
    return { start: this.outside(start), end: this.outside(Math.max(...loaded.map((one) => one.address + one.size))) };
  }

  /** In lower-case hexadecimal. */
  get buildId(): string | undefined {
    return recover(() => buildId(this.image.elf), undefined, this.image.onError);
  }

  /** Where the debug information is, when the file says that it is elsewhere. */
  get debugLink(): DebugLink | undefined {
    return recover(() => debugLink(this.image.elf), undefined, this.image.onError);
  }

  /** Whether it may be loaded anywhere, as shared objects and position-independent executables are. */
  get isPositionIndependent(): boolean {
    return this.image.elf.kind === 'shared';
  }

  /** The address at which the program is entered. */
  get entry(): bigint | undefined {
    const { entry } = this.image.elf;
    return Number.isNaN(entry) ? undefined : this.outside(entry);
  }

  /** Whether an address lies in the program's code. */
  isCode(address: bigint): boolean {
    return this.image.isCode(this.inside(address));
  }

  /** Whether an address lies in the program at all. */
  contains(address: bigint): boolean {
    return this.image.isLoaded(this.inside(address));
  }

  /** The bytes that the file loads at an address: as many of `length` as one segment of the file has. */
  fileBytes(address: bigint, length: number): Uint8Array | undefined {
    return this.image.elf.loadedBytes(this.inside(address), length);
  }

  /** Where the file's code has these bytes: at most `most` places, ascending. */
  codeWith(bytes: Uint8Array, most: number): readonly bigint[] {
    return this.ask(() => codeWith(this.image.elf, bytes, most).map((address) => this.outside(address))) ?? [];
  }

  /** The first address of the program's code; undefined when it has none. */
  get codeStart(): bigint | undefined {
    const start = firstCode(this.image.elf);
    return start === undefined ? undefined : this.outside(start);
  }

  /** Bytes of a section; undefined when the file has none of the name. */
  sectionSize(name: string): number | undefined {
    return this.image.elf.section(name)?.size;
  }

  /** What to add to an address to have the physical one that the file's program headers name for it. */
  physicalOffset(address: bigint): bigint | undefined {
    return physicalOffset(this.image.elf, this.inside(address));
  }

  /** The function at an address: not an inlined copy, but the one it was inlined into. */
  functionAt(address: bigint): FunctionInformation | undefined {
    const at = this.inside(address);
    return this.ask(() => this.functionByScope(at) ?? this.functionBySymbol(at));
  }

  /**
   * The functions that are being executed at an address: inlined ones from the innermost out, then the one that holds
   * them. One without debug information stands alone. Empty where no function is known.
   */
  functionsAt(address: bigint): readonly ActiveFunction[] {
    const active = this.ask(() => {
      const functions: ActiveFunction[] = [];
      let line = this.lineAt(address);
      for (let scope = this.image.scopeAt(this.inside(address)); scope !== undefined; scope = scope.parent) {
        if (scope.kind === 'block') continue;
        const isInlined = scope.kind === 'inlined';
        const name = this.image.nameOf(scope) ?? '';
        functions.push({ name, isInlined, start: this.outside(scope.start), line });
        if (!isInlined) break;
        line = this.callLine(scope);
      }
      return functions;
    });
    if (active !== undefined && active.length > 0) return active;
    const outermost = this.functionAt(address);
    if (outermost === undefined) return [];
    return [{ name: outermost.name, isInlined: false, start: outermost.start, line: this.lineAt(address) }];
  }

  functionStart(address: bigint): bigint | undefined {
    return this.functionAt(address)?.start;
  }

  /** The source line of the instruction at, or around, an address. */
  lineAt(address: bigint): SourceLine | undefined {
    return this.ask(() => {
      const at = this.image.lineAddress(this.inside(address));
      const unit = this.image.units.find(at);
      const stretch = unit === undefined ? undefined : this.image.lines.tableOf(unit)?.stretchAt(at);
      if (unit === undefined || stretch === undefined) return undefined;
      const path = this.image.lines.pathOf(unit, stretch.file);
      if (path === undefined) return undefined;
      const { line, column, isStatement, start } = stretch;
      return { path, line, column, isStatement: isStatement && start === at };
    });
  }

  /**
   * The addresses of the source line at an address within its function, ascending: what to run through to leave the
   * line. Undefined where there is no line.
   */
  lineRangeAt(address: bigint): readonly CodeRange[] | undefined {
    return this.ask(() => {
      const at = this.image.lineAddress(this.inside(address));
      const unit = this.image.units.find(at);
      const table = unit === undefined ? undefined : this.image.lines.tableOf(unit);
      const present = table?.stretchAt(at);
      if (unit === undefined || table === undefined || present === undefined) return undefined;
      const ranges: CodeRange[] = [];
      const around = this.image.scopesOf(unit).functionAt(at)?.ranges ?? [present];
      for (const part of [...around].sort((a, b) => a.start - b.start)) {
        for (const { start, end, line, file } of table.stretchesIn(part.start, part.end)) {
          if (line !== present.line || file !== present.file) continue;
          addRange(ranges, this.outside(Math.max(start, part.start)), this.outside(Math.min(end, part.end)));
        }
      }
      return ranges;
    });
  }

  /** The lines of the code in these ranges, each with the address at which the line table lets it begin; ascending. */
  linesIn(ranges: readonly CodeRange[]): readonly PlacedLine[] {
    return this.ask(() => ranges.flatMap((range) => [...this.linesInRange(range)])) ?? [];
  }

  /**
   * Where to stop for a line of a source file. `path` is matched by its last components, so that sources may lie
   * elsewhere than where they were compiled. Undefined when no such file has code at or behind the line.
   */
  addressesOfLine(path: string, line: number): LineBreakpoint | undefined {
    return this.ask(() => {
      const found = addressesOfLine(this.image, path, line);
      return found && { ...found, addresses: found.addresses.map((address) => this.outside(address)) };
    });
  }

  /** The statements of exactly this line, by the column at which they begin, ascending; see `addressesOfLine`. */
  columnsOfLine(
    path: string,
    line: number,
  ): readonly { readonly column: number; readonly addresses: readonly bigint[] }[] {
    const found = this.ask(() => columnsOfLine(this.image, path, line)) ?? [];
    return found.map(({ column, addresses }) => ({ column, addresses: addresses.map((one) => this.outside(one)) }));
  }

  /** Where to stop for functions of this name, behind their prologues; ascending. Empty when there is none. */
  addressesOfFunction(name: string): readonly bigint[] {
    return this.ask(() => addressesOfFunction(this.image, name).map((address) => this.outside(address))) ?? [];
  }

  /** Where execution enters copies of a function of this name that were inlined; ascending. */
  inlinedCopiesOf(name: string): readonly bigint[] {
    return this.ask(() => inlinedCopiesOf(this.image, name).map((address) => this.outside(address))) ?? [];
  }

  /**
   * What a name of the preprocessor stands for on the source line of the code at `near`. Programs have macros when they
   * are compiled with -g3.
   */
  macroNamed(name: string, near: bigint): Macro | undefined {
    const at = this.inside(near);
    return this.ask(() => this.image.macrosAt(at)?.find(name, this.image.macroPlaceAt(at)));
  }

  /** All macros on the source line of the code at an address. */
  macrosAt(address: bigint): readonly Macro[] {
    const at = this.inside(address);
    return this.ask(() => [...(this.image.macrosAt(at)?.definedAt(this.image.macroPlaceAt(at)) ?? [])]) ?? [];
  }

  /** The paths of all source files that the debug information names, sorted. */
  sourceFiles(): readonly string[] {
    return this.ask(() => this.image.sources.paths()) ?? [];
  }

  /** The symbol at or below an address, in the same section. */
  symbolNear(address: bigint): NearSymbol | undefined {
    const at = this.inside(address);
    const symbol = this.ask(() => this.image.symbols.near(at));
    if (symbol === undefined) return undefined;
    const offset = BigInt(at - symbol.address);
    const name = demangled(symbol.name);
    const text = offset === 0n ? name : `${name}+0x${offset.toString(16)}`;
    return { symbol: { ...this.symbolOutside(symbol), name }, offset, text };
  }

  /** The symbol of a name, function or variable; a global one rather than a local one. */
  lookupSymbol(name: string): ProgramSymbol | undefined {
    const symbols = this.lookupSymbols(name);
    return symbols.find(({ binding }) => binding === 'global') ?? symbols[0];
  }

  /** All symbols of a name: several files may each have a static one. */
  lookupSymbols(name: string): readonly ProgramSymbol[] {
    return (this.ask(() => this.image.symbols.named(name)) ?? []).map((symbol) => this.symbolOutside(symbol));
  }

  /** All symbols of the file, in its order. */
  *symbols(): Generator<ProgramSymbol> {
    for (const symbol of this.image.symbols) yield this.symbolOutside(symbol);
  }

  callFrameRow(address: bigint): CallFrameRow | undefined {
    const at = this.inside(address);
    return this.ask(() => {
      const row = this.image.callFrameRowAt(at);
      return row && withoutFrameAtReturn(row, this.image.elf.loadedBytes(at, 4));
    });
  }

  tailCallsBetween(returnAddress: bigint, callee: bigint): readonly bigint[] {
    const found = this.ask(() => this.image.tailCalls.between(this.inside(returnAddress), this.inside(callee)));
    return (found ?? []).map((address) => this.outside(address));
  }

  /**
   * What the code itself says of where a frame counts from, in a function that nothing describes: `offset` bytes above what a
   * register holds before the instruction at `address`. A guess: code in memory may differ from the file's.
   */
  guessFrameBase(address: bigint): { readonly register: number; readonly offset: number } | undefined {
    const start = this.functionStart(address);
    if (start === undefined || address < start || address - start > LONGEST_PROLOGUE) return undefined;
    const length = Number(address - start);
    const code = length === 0 ? new Uint8Array(0) : this.fileBytes(start, length);
    if (code?.length !== length) return undefined;
    const { frameSize, hasFramePointer } = readFrame(code);
    return hasFramePointer
      ? { register: Register.framePointer, offset: 0 }
      : { register: Register.stackPointer, offset: frameSize };
  }

  /** The stack of a hart or of a saved context, as far as it goes through this program; see `unwind` for several. */
  unwind(context: UnwindContext, options?: UnwindOptions): Generator<Frame, void, undefined> {
    return unwind(context, this, options);
  }

  private *linesInRange(range: CodeRange): Generator<PlacedLine> {
    const start = this.inside(range.start);
    const unit = this.image.units.find(start);
    const table = unit === undefined ? undefined : this.image.lines.tableOf(unit);
    if (unit === undefined || table === undefined) return;
    for (const stretch of table.stretchesIn(start, this.inside(range.end))) {
      const path = this.image.lines.pathOf(unit, stretch.file);
      if (path === undefined) continue;
      const { line, column, isStatement } = stretch;
      yield { path, line, column, isStatement, address: this.outside(Math.max(stretch.start, start)) };
    }
  }

  /**
   * The arguments and local variables of a frame, innermost block first. Where functions were inlined at its pc, those
   * of the one that `inlineDepth` counts out from the innermost, in the order of `functionsAt`.
   */
  variables(frame: Frame, inlineDepth = 0): FrameVariables {
    const found = this.ask(() => variablesOfFrame(this.image, this.bias, frame, inlineDepth));
    return found ?? { arguments: [], locals: [] };
  }

  /**
   * What a register, by its DWARF number, held when a frame's function was entered: where the debug information of the call
   * that led to the frame says what was passed in it.
   */
  registerOnEntry(frame: Frame, register: number): bigint | undefined {
    const { image, bias } = this;
    return this.ask(() => registerOnEntry({ image, bias }, frame, register));
  }

  /** The variables of the source file that holds the code at an address, those of its functions aside. */
  fileVariables(address: bigint, context: UnwindContext): readonly Value[] {
    return this.ask(() => variablesOfFile(this.image, this.bias, address, context)) ?? [];
  }

  /** A variable that belongs to no function, by name: one of the file that holds the code at `near` first. */
  variableNamed(name: string, context: UnwindContext, near?: bigint): Value | undefined {
    return this.ask(() => variableNamed(this.image, this.bias, name, near, context));
  }

  /** The definition of a structure, union or class by its tag, without the keyword. */
  structureNamed(tag: string): StructureType | undefined {
    return this.ask(() => this.image.structureNamed(tag));
  }

  /** `<name+0x12>` for an address of the program; undefined where it has nothing. */
  describeAddress(address: bigint): string | undefined {
    return this.ask(() => this.image.describeAddress(address - this.bias));
  }

  /** The type of a name; that of the file with code at `near` first. */
  typeNamed(keyword: TypeKeyword, path: string, near?: bigint): Type | undefined {
    return this.ask(() => this.names.typeNamed(keyword, path, near === undefined ? undefined : near - this.bias));
  }

  /** Names that belong to no function, of the file that holds the code at `near`. */
  namesStartingWith(beginning: string, near: bigint): readonly string[] {
    return this.ask(() => this.names.startingWith(beginning, BigInt.asUintN(64, near - this.bias))) ?? [];
  }

  /** What an expression is evaluated in that is asked in a frame; `inlineDepth` as for `variables`. */
  environment(frame: Frame, inlineDepth: number, machine: MachineEnvironment): ExpressionEnvironment {
    const { image, bias, names } = this;
    let known: FrameVariables | undefined;
    const found = (): FrameVariables => (known ??= withHiddenNames(this.variables(frame, inlineDepth)));
    const parameterNamed = (name: string): Value | undefined => found().arguments.find((one) => one.name === name);
    return programEnvironment(
      {
        image,
        names,
        bias,
        frame,
        variables: () => [...found().locals, ...found().arguments],
        isParameter: (name) => parameterNamed(name) !== undefined,
        valueOnEntry: (name) => {
          const parameter = parameterNamed(name);
          return parameter && this.ask(() => parameterOnEntry({ image, bias }, frame, inlineDepth, parameter));
        },
        macro: (name) => this.macroNamed(name, frame.lookupAddress),
      },
      machine,
    );
  }

  private functionByScope(address: Address): FunctionInformation | undefined {
    const scope = this.image.functionAt(address);
    const name = scope === undefined ? undefined : this.image.nameOf(scope);
    return scope === undefined || name === undefined ? undefined : this.describe(scope, name);
  }

  /** Where an inlined copy was called. */
  private callLine({ entry, unit }: Scope): SourceLine | undefined {
    const path = this.image.lines.pathOf(unit, toNumber(entry.get(DW_AT.call_file)) ?? 0);
    const line = toNumber(entry.get(DW_AT.call_line));
    if (path === undefined || line === undefined) return undefined;
    return { path, line, column: toNumber(entry.get(DW_AT.call_column)) ?? 0, isStatement: false };
  }

  private describe(scope: Scope, name: string): FunctionInformation {
    const ranges = scope.ranges.map(({ start, end }) => ({ start: this.outside(start), end: this.outside(end) }));
    return { name, start: this.outside(scope.start), ranges, hasDebugInformation: true };
  }

  private functionBySymbol(address: Address): FunctionInformation | undefined {
    const symbol = this.image.codeSymbolAt(address);
    if (symbol === undefined) return undefined;
    const start = this.outside(symbol.address);
    const range = { start, end: this.outside(this.image.endOfSymbol(symbol)) };
    return { name: demangled(symbol.name), start, ranges: [range], hasDebugInformation: false };
  }

  private symbolOutside({ name, address, size, type, binding, file }: ElfSymbol): ProgramSymbol {
    return { name, address: this.outside(address), size, type, binding, file };
  }

  private inside(address: bigint): Address {
    return toAddress(address - this.bias);
  }

  private outside(address: Address): bigint {
    return BigInt.asUintN(64, fromAddress(address) + this.bias);
  }

  private ask<T>(read: () => T): T | undefined {
    return recover<T | undefined>(read, undefined, this.image.onError);
  }
}

function addRange(ranges: CodeRange[], start: bigint, end: bigint): void {
  const last = ranges.at(-1);
  if (last?.end === start) ranges[ranges.length - 1] = { start: last.start, end };
  else if (start < end) ranges.push({ start, end });
}
