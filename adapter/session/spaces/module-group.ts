import type { StopCondition } from '../../../emulator/machine/stop.ts';
import { ifKnown } from '../../guests/guest-error.ts';
import type { KernelModule } from '../../guests/guest.ts';
import { littleEndian } from '../../guests/memory/memory.ts';
import { SymbolError } from '../../symbols/symbol-error.ts';
import type { GuestView } from '../guest/guest-view.ts';
import { fixedPlace, type CodePlace } from '../program.ts';
import { SymbolsProgram } from '../symbols-program.ts';
import { entriesOf } from './arrivals.ts';
import { holdsBytes } from './code-places.ts';
import type { ModuleFile, ModuleFinder } from './module-files.ts';
import type { AwaitedCode, LoadedCode, ProgramGroup } from './program-group.ts';

/** Sections of a module that are given back once it is initialised. */
const INITIALIZATION = '.init.';
const POINTER = 8;
const NO_SECTIONS: ReadonlyMap<string, bigint> = new Map();

/** A module as it was loaded, with the symbols of its file. */
interface LoadedModule extends LoadedCode {
  readonly module: KernelModule;
  /** Where its initialisation lies, or lay. */
  readonly initial: readonly { readonly low: bigint; readonly high: bigint }[];
}

/** The kernel's loadable modules, as they come and go. Files are named by the person, or found when a module is loaded. */
export class ModuleGroup implements ProgramGroup {
  readonly #files: readonly ModuleFile[];
  readonly #finder: ModuleFinder | undefined;
  readonly #guestView: GuestView;
  readonly #counter: () => number;
  /** By what the kernel says of the module: one that is loaded again may be the same. */
  readonly #loaded = new Map<string, LoadedModule>();
  /** Modules without a file, by name and address. */
  readonly #unknown = new Set<string>();
  #present: { readonly counter: number; readonly all: readonly LoadedModule[] } | undefined;

  constructor(
    files: readonly ModuleFile[],
    finder: ModuleFinder | undefined,
    guestView: GuestView,
    counter: () => number,
  ) {
    this.#files = files;
    this.#finder = finder;
    this.#guestView = guestView;
    this.#counter = counter;
  }

  get names(): readonly string[] {
    return this.#files.map(({ module }) => module);
  }

  get loaded(): readonly LoadedModule[] {
    const counter = this.#counter();
    if (this.#present?.counter !== counter) this.#present = { counter, all: this.#find() };
    return this.#present.all;
  }

  readonly aliases = [];

  get awaited(): readonly AwaitedCode[] {
    const present = new Set(this.loaded.map(({ name }) => name));
    return this.#files.flatMap(({ module: name, program }) => {
      if (present.has(name)) return [];
      const reason = `${name} is not loaded at this moment; the breakpoint binds by itself once it is.`;
      return [{ name, program, reason }];
    });
  }

  get prospect(): string | undefined {
    return this.#finder && 'It binds by itself when a module is loaded that has it.';
  }

  get arrivals(): readonly StopCondition[] {
    const { guest } = this.#guestView;
    return this.#files.length === 0 && this.#finder === undefined
      ? []
      : entriesOf(this.#guestView, guest.arrivals.modules);
  }

  at(address: bigint): LoadedModule | undefined {
    // The kernel's upper half only: most of what is asked for here is not of the kernel at all.
    if (address >> 63n === 0n) return undefined;
    return this.loaded.find(
      (one) =>
        one.module.regions.some((part) => part.address <= address && address < part.address + BigInt(part.size)) &&
        one.symbols.contains(address),
    );
  }

  /**
   * Other code may lie there before the module is loaded and after it is removed. A breakpoint in the initialisation is kept when
   * that is over: running back it is met again.
   */
  placeIn(code: LoadedCode, address: bigint): CodePlace {
    const loaded = this.loaded.find(({ symbols }) => symbols === code.symbols);
    if (loaded === undefined) return { ...fixedPlace(address), owner: code.program };
    const { mark, initialization } = loaded.module;
    const isLoaded = holdsBytes(mark.address, mark.bytes);
    const place = { address, owner: code.program };
    if (!loaded.initial.some(({ low, high }) => low <= address && address < high)) {
      return { ...place, when: isLoaded, absence: () => undefined };
    }
    const operand = { kind: 'memory', address: initialization } as const;
    const isGivenBack = (): boolean => littleEndian(this.#guestView.memory(initialization, POINTER)) === 0n;
    const text = `${loaded.name} has been initialised, and that code given back: it runs when the module is loaded.`;
    return {
      ...place,
      when: { kind: 'all', of: [isLoaded, { kind: 'compare', operand, comparison: '!=', value: 0n }] },
      absence: () => (isGivenBack() ? text : undefined),
    };
  }

  #find(): readonly LoadedModule[] {
    if (this.#files.length === 0 && this.#finder === undefined) return [];
    const modules = ifKnown(() => this.#guestView.guest.modules()) ?? [];
    return modules.flatMap((module) => {
      const text = module.regions.map(({ address, size }) => `${address.toString(16)}+${size}`).join(' ');
      const key = `${module.name} ${module.address.toString(16)} ${module.state} ${text}`;
      const loaded = this.#loaded.get(key) ?? this.#load(module);
      if (loaded === undefined) return [];
      this.#loaded.set(key, loaded);
      return [loaded];
    });
  }

  /** Undefined when nobody has its file, or it is not placed yet. */
  #load(module: KernelModule): LoadedModule | undefined {
    const key = `${module.name} ${module.address.toString(16)}`;
    const sections = this.#unknown.has(key) ? NO_SECTIONS : module.sections();
    if (sections.size === 0) return undefined;
    const file = this.#fileOf(module);
    if (file === undefined) {
      this.#unknown.add(key);
      return undefined;
    }
    try {
      const symbols = file.placed(sections);
      const initial = [...sections].flatMap(([name, low]) => {
        const size = name.startsWith(INITIALIZATION) ? symbols.sectionSize(name) : undefined;
        return size === undefined ? [] : [{ low, high: low + BigInt(size) }];
      });
      return {
        name: module.name,
        symbols,
        program: new SymbolsProgram(symbols, { path: file.path, space: 'module' }),
        module,
        initial,
      };
    } catch (error) {
      if (error instanceof SymbolError) return undefined;
      throw error;
    }
  }

  /** One that the person named, unless it is of another build than what was loaded. */
  #fileOf(module: KernelModule): ModuleFile | undefined {
    const named = this.#files.find((file) => {
      if (file.module !== module.name) return false;
      const buildId = file.buildId === undefined ? undefined : module.buildId();
      return buildId === undefined || buildId === file.buildId;
    });
    return named ?? this.#finder?.find(module, this.#release());
  }

  /** `6.12.3` of `Linux version 6.12.3 (...)`. */
  #release(): string | undefined {
    return ifKnown(() => this.#guestView.guest.identity().version)?.split(' ')[2];
  }
}
