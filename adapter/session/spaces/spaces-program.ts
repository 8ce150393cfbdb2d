import type { StopCondition } from '../../../emulator/machine/stop.ts';
import type { ExpressionEnvironment } from '../../symbols/expressions/environment.ts';
import type { MachineEnvironment } from '../../symbols/expressions/program-environment.ts';
import type { TypeKeyword } from '../../symbols/expressions/type-table.ts';
import type { CodeInformation } from '../../symbols/frames/unwind-context.ts';
import { unwind } from '../../symbols/frames/unwind.ts';
import type { Type } from '../../symbols/types/type.ts';
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
} from '../program.ts';
import { symbolContext, SymbolsFrame } from '../symbols-program.ts';
import type { AwaitedCode, LoadedCode, ProgramGroup } from './program-group.ts';
import { withOtherPrograms } from './other-programs.ts';

export interface ProgramGroups {
  /** The kernel first, then what is linked into it. */
  readonly kernelSide: readonly ProgramGroup[];
  readonly users: readonly ProgramGroup[];
  readonly firmware: readonly ProgramGroup[];
}

/**
 * All that is known to run in the guest as one program: an address means what a hart has there at the present moment. Names are
 * looked for in the order of the groups.
 */
export class SpacesProgram implements Program {
  readonly #groups: readonly ProgramGroup[];
  /** In the order in which they are asked of an address: those that can tell whether it is theirs by the code there first. */
  readonly #byAddress: readonly ProgramGroup[];
  /** What is said of addresses that nobody knows. */
  readonly #unknown: Program;
  /** The kernel and what is linked into it: they see each other's names. */
  readonly #kernelSide: ReadonlySet<ProgramGroup>;
  /** Whose functions and frames these are: they are asked about again, maybe at another moment. */
  readonly #owners = new WeakMap<object, Program>();
  readonly #code: CodeInformation;
  #sources: { readonly parts: readonly (readonly SourceFile[])[]; readonly all: readonly SourceFile[] } | undefined;

  constructor({ kernelSide, users, firmware }: ProgramGroups, unknown: Program) {
    this.#groups = [...kernelSide, ...users, ...firmware];
    this.#byAddress = [...users, ...kernelSide, ...firmware];
    this.#kernelSide = new Set(kernelSide);
    this.#unknown = unknown;
    this.#code = {
      isCode: (address) => this.#codeAt(address)?.symbols.isCode(address) ?? false,
      callFrameRow: (address) => this.#codeAt(address)?.symbols.callFrameRow(address),
      functionStart: (address) => this.#codeAt(address)?.symbols.functionStart(address),
      tailCallsBetween: (returnAddress, callee) => {
        const symbols = this.#codeAt(callee)?.symbols;
        const isWithin = this.#codeAt(returnAddress - 1n)?.symbols === symbols;
        return isWithin ? (symbols?.tailCallsBetween(returnAddress, callee) ?? []) : [];
      },
    };
  }

  get name(): string {
    const names = this.#groups.flatMap((group) => group.names);
    return names.length === 0 ? this.#unknown.name : names.join(', ');
  }

  modules(): readonly ProgramModule[] {
    const found = this.#loaded().flatMap(({ program }) => program.modules());
    return found.length === 0 ? this.#unknown.modules() : found;
  }

  moduleAt(address: bigint): ProgramModule | undefined {
    return this.#at(address).moduleAt(address);
  }

  functionAt(address: bigint): ProgramFunction | undefined {
    const program = this.#at(address);
    return this.#own(program, program.functionAt(address));
  }

  functionsNamed(name: string): readonly ProgramFunction[] {
    const { file, name: inner } = qualified(name);
    return this.#named(file).flatMap(({ code: { program } }) =>
      program.functionsNamed(inner).flatMap((fn) => this.#own(program, fn) ?? []),
    );
  }

  placesNamed(name: string): readonly CodePlace[] {
    const { file, name: inner } = qualified(name);
    return this.#named(file).flatMap(({ group, code }) =>
      placesIn(code, inner).map(({ address }) => group.placeIn(code, address)),
    );
  }

  awaits(name: string): string | undefined {
    const { file, name: inner } = qualified(name);
    return this.#awaited(file).find(({ program }) => program.placesNamed(inner).length > 0)?.reason;
  }

  get prospect(): string | undefined {
    return firstOf(this.#groups, (group) => group.prospect);
  }

  get arrivals(): readonly StopCondition[] {
    return this.#groups.flatMap((group) => group.arrivals);
  }

  bodyOf(fn: ProgramFunction): bigint {
    return this.#ownerOf(fn).bodyOf(fn);
  }

  positionAt(address: bigint): SourcePosition | undefined {
    return this.#at(address).positionAt(address);
  }

  lineStarts(fn: ProgramFunction): readonly LineStart[] {
    return this.#ownerOf(fn).lineStarts(fn);
  }

  /** In several programs that have the file, the nearest line that any of them has. */
  breakpointLine(file: SourceFile, line: number): BreakpointLine | undefined {
    const loaded = this.#named().flatMap(({ group, code }) => {
      const found = code.program.breakpointLine(file, line);
      if (found === undefined) return [];
      return [{ line: found.line, places: found.places.map(({ address }) => group.placeIn(code, address)) }];
    });
    const awaited = this.#awaited().flatMap(({ program, reason }) => {
      const found = program.breakpointLine(file, line);
      return found === undefined ? [] : [{ line: found.line, reason }];
    });
    if (loaded.length === 0 && awaited.length === 0) return undefined;
    const nearest = Math.min(...[...loaded, ...awaited].map((one) => one.line));
    const places = loaded.filter((one) => one.line === nearest).flatMap((one) => one.places);
    const reason = awaited.find((one) => one.line === nearest)?.reason;
    return { line: nearest, places, ...(places.length > 0 || reason === undefined ? {} : { awaits: reason }) };
  }

  statementsOn(file: SourceFile, line: number): readonly Statement[] {
    for (const { group, code } of this.#named()) {
      const found = code.program.statementsOn(file, line);
      if (found.length === 0) continue;
      return found.map(({ column, places }) => ({
        column,
        places: places.map(({ address }) => group.placeIn(code, address)),
      }));
    }
    return [];
  }

  linesWithCode(file: SourceFile, from: number, to: number): readonly number[] {
    const lines = new Set(this.#everything().flatMap((program) => program.linesWithCode(file, from, to)));
    return [...lines].sort((a, b) => a - b);
  }

  sourceFiles(): readonly SourceFile[] {
    const parts = this.#everything().map((program) => program.sourceFiles());
    const known = this.#sources;
    if (known?.parts.length === parts.length && parts.every((part, index) => part === known.parts[index])) {
      return known.all;
    }
    const all = [...new Map(parts.flat().map((file) => [file.path, file])).values()];
    this.#sources = { parts, all };
    return all;
  }

  symbolAt(address: bigint): ProgramSymbol | undefined {
    return this.#at(address).symbolAt(address);
  }

  symbolNamed(name: string): ProgramSymbol | undefined {
    return firstOf(this.#loaded(), ({ program }) => program.symbolNamed(name));
  }

  functionsAt(address: bigint): readonly ActiveFunction[] {
    return this.#at(address).functionsAt(address);
  }

  functionsBefore(address: bigint): readonly ActiveFunction[] {
    return this.#at(address).functionsBefore(address);
  }

  variables(frame: ProgramFrame, inlineDepth: number): FrameVariables {
    return this.#ownerOf(frame).variables(frame, inlineDepth);
  }

  environment(frame: ProgramFrame, inlineDepth: number, machine: MachineEnvironment): ExpressionEnvironment {
    const owner = this.#ownerOf(frame);
    const own = owner.environment(frame, inlineDepth, machine);
    const kernelSide = this.#groups.filter((group) => this.#kernelSide.has(group)).flatMap((group) => group.loaded);
    if (!kernelSide.some(({ program }) => program === owner)) return own;
    const others = kernelSide.filter(({ program }) => program !== owner).map(({ program }) => program);
    return withOtherPrograms(own, others, (program) => program.environment(frame, 0, machine));
  }

  typeNamed(keyword: TypeKeyword, path: string): Type | undefined {
    return firstOf(this.#loaded(), ({ program }) => program.typeNamed(keyword, path));
  }

  namesStartingWith(beginning: string, frame: ProgramFrame): readonly string[] {
    return this.#ownerOf(frame).namesStartingWith(beginning, frame);
  }

  describeAddress(address: bigint): string | undefined {
    return this.#at(address).describeAddress(address);
  }

  frameBase(address: bigint): FrameBase | undefined {
    return this.#at(address).frameBase(address);
  }

  /** A stack may go through several programs: from a module into the kernel, from there into the user program. */
  *unwind(context: UnwindContext): Generator<ProgramFrame, void, undefined> {
    for (const found of unwind(symbolContext(context), this.#code)) {
      const frame = new SymbolsFrame(found);
      this.#owners.set(frame, this.#at(frame.lookup));
      yield frame;
    }
  }

  #codeAt(address: bigint): LoadedCode | undefined {
    return firstOf(this.#byAddress, (group) => group.at(address));
  }

  /** The program whose code or data a hart finds at an address; of what nobody knows, the kernel sees to it. */
  #at(address: bigint): Program {
    return this.#codeAt(address)?.program ?? this.#kernel;
  }

  get #kernel(): Program {
    return firstOf([...this.#kernelSide], ({ loaded }) => loaded[0])?.program ?? this.#unknown;
  }

  #loaded(): readonly LoadedCode[] {
    return this.#groups.flatMap((group) => group.loaded);
  }

  /** What is loaded, each with its other places behind it; only what is of one file when that is named. */
  #named(file?: string): readonly { readonly group: ProgramGroup; readonly code: LoadedCode }[] {
    return this.#groups.flatMap((group) =>
      [...group.loaded, ...group.aliases]
        .filter(({ name }) => file === undefined || name === file)
        .map((code) => ({ group, code })),
    );
  }

  #awaited(file?: string): readonly AwaitedCode[] {
    const all = this.#groups.flatMap((group) => group.awaited);
    return file === undefined ? all : all.filter(({ name }) => name === file);
  }

  #everything(): readonly Program[] {
    return [...this.#loaded(), ...this.#awaited()].map(({ program }) => program);
  }

  #own(program: Program, fn: ProgramFunction | undefined): ProgramFunction | undefined {
    if (fn !== undefined) this.#owners.set(fn, program);
    return fn;
  }

  #ownerOf(thing: object): Program {
    return this.#owners.get(thing) ?? this.#kernel;
  }
}

function firstOf<Item, Found>(items: readonly Item[], find: (item: Item) => Found | undefined): Found | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `knock!main` is `main` of `knock`. */
function qualified(name: string): { readonly file: string | undefined; readonly name: string } {
  const at = name.indexOf('!');
  return at < 0 ? { file: undefined, name } : { file: name.slice(0, at), name: name.slice(at + 1) };
}

/** A stripped program still says where it is entered. */
function placesIn({ program, symbols }: LoadedCode, name: string): readonly { readonly address: bigint }[] {
  const found = program.placesNamed(name);
  const { entry } = symbols;
  return found.length === 0 && name === '_start' && entry !== undefined ? [{ address: entry }] : found;
}
