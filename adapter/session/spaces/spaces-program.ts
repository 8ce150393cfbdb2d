import type { ReadMemory } from '../../guests/memory/memory.ts';
import type { ExpressionEnvironment } from '../../symbols/expressions/environment.ts';
import type { MachineEnvironment } from '../../symbols/expressions/program-environment.ts';
import type { TypeKeyword } from '../../symbols/expressions/type-table.ts';
import type { Type } from '../../symbols/types/type.ts';
import type {
  ActiveFunction,
  BreakpointLine,
  CodePlace,
  FrameVariables,
  LineStart,
  Program,
  ProgramFrame,
  ProgramFunction,
  ProgramModule,
  ProgramSymbol,
  SourceFile,
  SourcePosition,
  UnwindContext,
} from '../program.ts';
import type { LoadedUserProgram } from './user-file.ts';
import type { UserPrograms } from './user-programs.ts';

/**
 * The kernel and the user programs as one program: an address means what the present address space has there. Which user
 * program that is tells its code in memory, so that programs at the same addresses are never taken for each other.
 */
export class SpacesProgram implements Program {
  readonly #kernel: Program;
  readonly #users: UserPrograms;
  readonly #read: ReadMemory;
  /** Whose functions and frames these are: they are asked about again, maybe at another moment. */
  readonly #owners = new WeakMap<object, Program>();

  /** `read` reads the present address space, whatever the hart's privilege. */
  constructor(kernel: Program, users: UserPrograms, read: ReadMemory) {
    this.#kernel = kernel;
    this.#users = users;
    this.#read = read;
  }

  get name(): string {
    return [this.#kernel.name, ...this.#users.files.map(({ name }) => name)].join(', ');
  }

  modules(): readonly ProgramModule[] {
    return this.#programs().flatMap((program) => program.modules());
  }

  moduleAt(address: bigint): ProgramModule | undefined {
    return this.#at(address).moduleAt(address);
  }

  functionAt(address: bigint): ProgramFunction | undefined {
    const program = this.#at(address);
    return this.#own(program, program.functionAt(address));
  }

  functionsNamed(name: string): readonly ProgramFunction[] {
    const { program: wanted, name: inner } = qualified(name);
    return this.#programs(wanted).flatMap((program) =>
      program.functionsNamed(inner).flatMap((fn) => this.#own(program, fn) ?? []),
    );
  }

  placesNamed(name: string): readonly CodePlace[] {
    const { program: wanted, name: inner } = qualified(name);
    const ofKernel = wanted === undefined ? this.#kernel.placesNamed(inner) : [];
    const ofUsers = this.#users.all
      .filter((user) => wanted === undefined || user.name === wanted)
      .flatMap((user) => placesIn(user, inner).map((place) => this.#placeIn(user, place.address)));
    return [...ofKernel, ...ofUsers];
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
    const found = [
      ...[this.#kernel.breakpointLine(file, line) ?? []].flat(),
      ...this.#users.all.flatMap((user) => {
        const inUser = user.program.breakpointLine(file, line);
        if (inUser === undefined) return [];
        return [{ line: inUser.line, places: inUser.places.map(({ address }) => this.#placeIn(user, address)) }];
      }),
    ];
    const nearest = Math.min(...found.map((one) => one.line));
    const places = found.filter((one) => one.line === nearest).flatMap((one) => one.places);
    return places.length === 0 ? undefined : { line: nearest, places };
  }

  linesWithCode(file: SourceFile, from: number, to: number): readonly number[] {
    const lines = new Set(this.#programs().flatMap((program) => program.linesWithCode(file, from, to)));
    return [...lines].sort((a, b) => a - b);
  }

  sourceFiles(): readonly SourceFile[] {
    const byPath = new Map(
      this.#programs().flatMap((program) => program.sourceFiles().map((file) => [file.path, file])),
    );
    return [...byPath.values()];
  }

  symbolAt(address: bigint): ProgramSymbol | undefined {
    return this.#at(address).symbolAt(address);
  }

  symbolNamed(name: string): ProgramSymbol | undefined {
    for (const program of this.#programs()) {
      const found = program.symbolNamed(name);
      if (found !== undefined) return found;
    }
    return undefined;
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
    return this.#ownerOf(frame).environment(frame, inlineDepth, machine);
  }

  typeNamed(keyword: TypeKeyword, path: string): Type | undefined {
    for (const program of this.#programs()) {
      const found = program.typeNamed(keyword, path);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  namesStartingWith(beginning: string, frame: ProgramFrame): readonly string[] {
    return this.#ownerOf(frame).namesStartingWith(beginning, frame);
  }

  describeAddress(address: bigint): string | undefined {
    return this.#at(address).describeAddress(address);
  }

  frameBase(address: bigint): { readonly register: number; readonly offset: number } | undefined {
    return this.#at(address).frameBase(address);
  }

  *unwind(context: UnwindContext): Generator<ProgramFrame, void, undefined> {
    const program = this.#at(context.pc);
    for (const frame of program.unwind(context)) {
      this.#owners.set(frame, program);
      yield frame;
    }
  }

  /** The program whose code or data the present address space has at an address. */
  #at(address: bigint): Program {
    const candidates = this.#users.all.filter((user) => user.contains(address));
    const certain = candidates.find((user) => user.isAt(address, this.#read) === true);
    if (certain !== undefined) return certain.program;
    // Data differs from the file, and pages may be absent: then whichever program the address space runs.
    const running = candidates.find((user) => user.isAt(address, this.#read) !== false || user.isIn(this.#read));
    return running?.isIn(this.#read) === true ? running.program : this.#kernel;
  }

  #placeIn(user: LoadedUserProgram, address: bigint): CodePlace {
    return {
      address,
      when: user.fingerprint(address),
      absence: () =>
        this.#users.isRunning(user)
          ? undefined
          : `${user.name} is not running at this moment; the breakpoint binds by itself once it is.`,
    };
  }

  /** The kernel, then the user programs; only those of one file when it is named. */
  #programs(name?: string): readonly Program[] {
    const users = this.#users.all.filter((user) => name === undefined || user.name === name);
    return [...(name === undefined ? [this.#kernel] : []), ...users.map(({ program }) => program)];
  }

  #own(program: Program, fn: ProgramFunction | undefined): ProgramFunction | undefined {
    if (fn !== undefined) this.#owners.set(fn, program);
    return fn;
  }

  #ownerOf(thing: object): Program {
    return this.#owners.get(thing) ?? this.#kernel;
  }
}

/** `knock!main` is `main` of `knock`. */
function qualified(name: string): { readonly program: string | undefined; readonly name: string } {
  const at = name.indexOf('!');
  return at < 0 ? { program: undefined, name } : { program: name.slice(0, at), name: name.slice(at + 1) };
}

/** A stripped program still says where it is entered. */
function placesIn(user: LoadedUserProgram, name: string): readonly { readonly address: bigint }[] {
  const found = user.program.placesNamed(name);
  const { entry } = user.symbols;
  return found.length === 0 && name === '_start' && entry !== undefined ? [{ address: entry }] : found;
}
