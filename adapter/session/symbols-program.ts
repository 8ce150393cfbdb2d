import { bareEnvironment } from '../symbols/expressions/bare-environment.ts';
import type { ExpressionEnvironment } from '../symbols/expressions/environment.ts';
import type { MachineEnvironment } from '../symbols/expressions/program-environment.ts';
import type { TypeKeyword } from '../symbols/expressions/type-table.ts';
import type { Type } from '../symbols/types/type.ts';
import { withHiddenNames } from '../symbols/variables/hidden-names.ts';
import type { Frame, Interruption } from '../symbols/frames/unwind.ts';
import type { RegisterHome, UnwindContext as SymbolContext } from '../symbols/frames/unwind-context.ts';
import type { ActiveFunction as SymbolFunction, FunctionInformation, SourceLine } from '../symbols/program-answers.ts';
import { Program as Symbols } from '../symbols/program.ts';
import type {
  ActiveFunction,
  BreakpointLine,
  CodePlace,
  FrameBase,
  FrameVariables,
  LineStart,
  Program,
  ProgramFrame,
  ProgramFunction,
  ProgramModule,
  ProgramSymbol,
  SourceFile,
  SourcePosition,
  Statement,
  UnwindContext,
} from './program.ts';
import { fixedPlace, inlinedCallsAt } from './program.ts';

/** A symbol farther back than this, in bytes, says nothing of an address when its size is not known. */
const FARTHEST_SYMBOL = 1n << 20n;

/** A program with the symbols of an ELF file, as a session asks for them. What has been asked of code is remembered. */
export class SymbolsProgram implements Program {
  readonly #symbols: Symbols;
  readonly #origin: Pick<ProgramModule, 'path' | 'space'>;
  readonly #files = new Map<string, SourceFile>();
  readonly #functions = new Map<bigint, ProgramFunction>();
  readonly #starts = new Map<bigint, readonly LineStart[]>();
  readonly #bodies = new Map<bigint, bigint>();
  #sources: readonly SourceFile[] | undefined;
  #knownModule: ProgramModule | undefined;

  /** `origin` says where the person has the file, and whose it is. */
  constructor(symbols: Symbols, origin: Pick<ProgramModule, 'path' | 'space'> = { path: undefined, space: 'kernel' }) {
    this.#symbols = symbols;
    this.#origin = origin;
  }

  modules(): readonly ProgramModule[] {
    return [this.#module];
  }

  moduleAt(address: bigint): ProgramModule | undefined {
    return this.#symbols.contains(address) ? this.#module : undefined;
  }

  get name(): string {
    return this.#symbols.name;
  }

  get #module(): ProgramModule {
    return (this.#knownModule ??= moduleOf(this.#symbols, this.#origin));
  }

  functionAt(address: bigint): ProgramFunction | undefined {
    const found = this.#symbols.functionAt(address);
    return found && this.#function(found);
  }

  functionsNamed(name: string): readonly ProgramFunction[] {
    return this.#symbols.addressesOfFunction(name).flatMap((body) => {
      const fn = this.functionAt(body);
      if (fn === undefined) return [];
      this.#bodies.set(fn.entry, body);
      return [fn];
    });
  }

  placesNamed(name: string): readonly CodePlace[] {
    const bodies = this.functionsNamed(name).map((fn) => this.bodyOf(fn));
    return [...new Set([...bodies, ...this.#symbols.inlinedCopiesOf(name)])].map(fixedPlace);
  }

  awaits(): undefined {
    return undefined;
  }

  get prospect(): undefined {
    return undefined;
  }

  get arrivals(): readonly [] {
    return [];
  }

  bodyOf(fn: ProgramFunction): bigint {
    const known = this.#bodies.get(fn.entry);
    if (known !== undefined) return known;
    const bodies = this.#symbols.addressesOfFunction(fn.name);
    const body = bodies.find((address) => this.functionAt(address)?.entry === fn.entry) ?? fn.entry;
    this.#bodies.set(fn.entry, body);
    return body;
  }

  positionAt(address: bigint): SourcePosition | undefined {
    const line = this.#symbols.lineAt(address);
    return line && this.#position(line);
  }

  lineStarts(fn: ProgramFunction): readonly LineStart[] {
    const known = this.#starts.get(fn.entry);
    if (known !== undefined) return known;
    const ranges = fn.ranges.map(({ low, high }) => ({ start: low, end: high }));
    const rows = this.#symbols.linesIn(ranges).filter(({ isStatement }) => isStatement);
    const starts = rows.map((row): LineStart => {
      const position = this.functionsBefore(row.address)[0]?.position ?? this.#position(row);
      return { ...position, address: row.address, inlined: inlinedCallsAt(this, row.address) };
    });
    this.#starts.set(fn.entry, starts);
    return starts;
  }

  breakpointLine(file: SourceFile, line: number): BreakpointLine | undefined {
    const found = this.#symbols.addressesOfLine(file.path, line);
    return found && { line: found.line, places: found.addresses.map(fixedPlace) };
  }

  statementsOn(file: SourceFile, line: number): readonly Statement[] {
    const found = this.#symbols.columnsOfLine(file.path, line);
    return found.map(({ column, addresses }) => ({ column, places: addresses.map(fixedPlace) }));
  }

  linesWithCode(file: SourceFile, from: number, to: number): readonly number[] {
    const lines: number[] = [];
    for (let line = from; line <= to; line++) {
      const found = this.#symbols.addressesOfLine(file.path, line);
      if (found === undefined || found.line > to) break;
      line = found.line;
      lines.push(line);
    }
    return lines;
  }

  sourceFiles(): readonly SourceFile[] {
    this.#sources ??= this.#symbols.sourceFiles().map((path) => this.#file(path));
    return this.#sources;
  }

  symbolAt(address: bigint): ProgramSymbol | undefined {
    const near = this.#symbols.symbolNear(address);
    if (near === undefined) return undefined;
    const { name, size } = near.symbol;
    const reach = size === 0 ? FARTHEST_SYMBOL : BigInt(size);
    return near.offset < reach ? { name, address: near.symbol.address, size } : undefined;
  }

  symbolNamed(name: string): ProgramSymbol | undefined {
    return this.#symbols.lookupSymbol(name);
  }

  functionsAt(address: bigint): readonly ActiveFunction[] {
    return this.#symbols.functionsAt(address).map((active) => this.#active(active));
  }

  functionsBefore(address: bigint): readonly ActiveFunction[] {
    const functions = this.#symbols.functionsAt(address);
    const entered = functions.findIndex(({ isInlined, start }) => !isInlined || start !== address);
    return functions.slice(Math.max(0, entered)).map((active) => this.#active(active));
  }

  variables(frame: ProgramFrame, inlineDepth: number): FrameVariables {
    if (!(frame instanceof SymbolsFrame)) return { arguments: [], locals: [] };
    const innermost = this.#symbols.functionsAt(frame.lookup).length - 1;
    return withHiddenNames(this.#symbols.variables(frame.source, Math.max(0, innermost - inlineDepth)));
  }

  environment(frame: ProgramFrame, inlineDepth: number, machine: MachineEnvironment): ExpressionEnvironment {
    if (!(frame instanceof SymbolsFrame)) {
      const { pc, register } = frame;
      return bareEnvironment(machine, { pc, readRegister: register, readMemory: machine.readMemory });
    }
    const innermost = this.#symbols.functionsAt(frame.lookup).length - 1;
    return this.#symbols.environment(frame.source, Math.max(0, innermost - inlineDepth), machine);
  }

  typeNamed(keyword: TypeKeyword, path: string): Type | undefined {
    return this.#symbols.typeNamed(keyword, path);
  }

  namesStartingWith(beginning: string, frame: ProgramFrame): readonly string[] {
    return this.#symbols.namesStartingWith(beginning, frame.lookup);
  }

  describeAddress(address: bigint): string | undefined {
    return this.#symbols.describeAddress(address);
  }

  frameBase(address: bigint): FrameBase | undefined {
    if (!this.#symbols.isCode(address)) return undefined;
    const row = this.#symbols.callFrameRow(address);
    if (row === undefined) {
      const guess = this.#symbols.guessFrameBase(address);
      return guess && { ...guess, isCertain: false };
    }
    const { cfa } = row;
    // Registers that are not x0 to x31 hold no address.
    if (cfa.kind !== 'register' || cfa.register >= 32) return undefined;
    return { register: cfa.register, offset: cfa.offset, isCertain: true };
  }

  *unwind(context: UnwindContext): Generator<ProgramFrame, void, undefined> {
    for (const frame of this.#symbols.unwind(symbolContext(context))) yield new SymbolsFrame(frame);
  }

  #function({ name, start, ranges }: FunctionInformation): ProgramFunction {
    const known = this.#functions.get(start);
    if (known !== undefined) return known;
    const fn = { name, entry: start, ranges: ranges.map((range) => ({ low: range.start, high: range.end })) };
    this.#functions.set(start, fn);
    return fn;
  }

  #active({ name, start, line }: SymbolFunction): ActiveFunction {
    return { name, entry: start, position: line && this.#position(line) };
  }

  #position({ path, line, column }: SourceLine): SourcePosition {
    return { file: this.#file(path), line, column };
  }

  #file(path: string): SourceFile {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const file = { path };
    this.#files.set(path, file);
    return file;
  }
}

export function symbolContext({ pc, privilege, register, read, home }: UnwindContext): SymbolContext {
  return {
    pc,
    ...(privilege && { privilege }),
    readRegister: register,
    readMemory: read,
    ...(home && { registerHome: home }),
  };
}

/** A frame of the symbols' unwinder, as a session has it. */
export class SymbolsFrame implements ProgramFrame {
  constructor(readonly source: Frame) {}

  get pc(): bigint {
    return this.source.pc;
  }

  get lookup(): bigint {
    return this.source.lookupAddress;
  }

  get isTailCall(): boolean {
    return this.source.origin === 'tail-call';
  }

  get cfa(): bigint | undefined {
    return this.source.canonicalFrameAddress;
  }

  get interruption(): Interruption | undefined {
    return this.source.interruption;
  }

  readonly register = (number: number): bigint | undefined => this.source.readRegister(number);

  readonly home = (number: number): RegisterHome | undefined => this.source.registerHome?.(number);
}

function moduleOf(symbols: Symbols, origin: Pick<ProgramModule, 'path' | 'space'>): ProgramModule {
  const { name, bias, hasLineInformation, hasSymbols, extent } = symbols;
  return {
    id: bias === 0n ? name : `${name}@0x${BigInt.asUintN(64, bias).toString(16)}`,
    name,
    ...origin,
    symbols: hasLineInformation ? 'with lines' : hasSymbols ? 'names only' : 'none',
    range: extent && { low: extent.start, high: extent.end },
  };
}
