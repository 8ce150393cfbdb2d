import type { StopCondition } from '../../../emulator/machine/stop.ts';
import { ifKnown } from '../../guests/guest-error.ts';
import type { UserSpace } from '../../guests/guest.ts';
import type { Program as Symbols } from '../../symbols/program.ts';
import type { GuestView } from '../guest/guest-view.ts';
import type { CodePlace } from '../program.ts';
import { SymbolsProgram } from '../symbols-program.ts';
import { entriesOf } from './arrivals.ts';
import type { AwaitedCode, LoadedCode, ProgramGroup } from './program-group.ts';
import { LoadedUserProgram } from './user-file.ts';

/** A user program's file, as it was named in the attribute `symbols`. */
export interface UserFile {
  /** Without its directory. */
  readonly name: string;
  /** Where the person has it. */
  readonly path: string;
  readonly symbols: Symbols;
  /** Where it is loaded, less where it was linked to be; undefined for one that processes load where they like. */
  readonly bias: bigint | undefined;
}

/** `libc.so.6`, `ld-linux-riscv64-lp64d.so.1`. */
const LIBRARY = /\.so(\.\d+)*$/;

/**
 * The user programs whose files are known. One that is linked to its address is the same everywhere; the places of one that
 * is loaded anywhere follow from the processes that run it at the present moment.
 */
export class UserPrograms implements ProgramGroup {
  readonly aliases = [];
  readonly #files: readonly UserFile[];
  readonly #guestView: GuestView;
  readonly #counter: () => number;
  readonly #loaded = new Map<string, LoadedUserProgram>();
  readonly #unplaced = new Map<UserFile, SymbolsProgram>();
  #present: { readonly counter: number; readonly all: readonly LoadedUserProgram[] } | undefined;

  constructor(files: readonly UserFile[], guestView: GuestView, counter: () => number) {
    this.#files = files;
    this.#guestView = guestView;
    this.#counter = counter;
  }

  get names(): readonly string[] {
    return this.#files.map(({ name }) => name);
  }

  /** Programs at each address that is known for them at the present moment. */
  get loaded(): readonly LoadedUserProgram[] {
    const counter = this.#counter();
    if (this.#present?.counter !== counter) {
      this.#present = { counter, all: this.#files.flatMap((file) => this.#placesOf(file)) };
    }
    return this.#present.all;
  }

  /** Those that are loaded anywhere, while no process has them mapped. */
  get awaited(): readonly AwaitedCode[] {
    const present = new Set(this.loaded.map(({ name }) => name));
    return this.#files.flatMap((file) => {
      if (file.bias !== undefined || present.has(file.name)) return [];
      const known = this.#unplaced.get(file) ?? new SymbolsProgram(file.symbols, { path: file.path, space: 'user' });
      this.#unplaced.set(file, known);
      return [{ name: file.name, program: known, reason: notRunning(file.name) }];
    });
  }

  get arrivals(): readonly StopCondition[] {
    const { programs, isOfProgram } = this.#guestView.guest.arrivals;
    return this.#files
      .filter(({ bias }) => bias === undefined)
      .flatMap(({ name }) => entriesOf(this.#guestView, programs, LIBRARY.test(name) ? undefined : isOfProgram(name)));
  }

  /** Which program has an address tells its code in memory, so that programs at the same addresses are never confused. */
  at(address: bigint): LoadedUserProgram | undefined {
    // The upper half is the kernel's, and most of what is asked for.
    if (address >> 63n === 1n) return undefined;
    const { memory } = this.#guestView;
    const candidates = this.loaded.filter((user) => user.contains(address));
    const certain = candidates.find((user) => user.isAt(address, memory) === true);
    if (certain !== undefined) return certain;
    // Data differs from the file, and pages may be absent: then whichever program the address space runs.
    const running = candidates.find((user) => user.isAt(address, memory) !== false || user.isIn(memory));
    return running?.isIn(memory) === true ? running : undefined;
  }

  placeIn(code: LoadedCode, address: bigint): CodePlace {
    const user = this.loaded.find((one) => one === code);
    return {
      address,
      when: user?.fingerprint(address),
      absence: () => (user !== undefined && this.isRunning(user) ? undefined : notRunning(code.name)),
      owner: code.program,
    };
  }

  /** Whether a process runs the program at the present moment. */
  isRunning(program: LoadedUserProgram): boolean {
    const { memory } = this.#guestView;
    return program.isIn(memory) || this.#spaces().some(({ read }) => program.isIn(read));
  }

  #placesOf(file: UserFile): readonly LoadedUserProgram[] {
    const biases = file.bias === undefined ? this.#biasesOf(file) : [file.bias];
    return [...new Set(biases)].map((bias) => {
      const key = `${file.name}@${bias}`;
      const known = this.#loaded.get(key);
      if (known !== undefined) return known;
      const loaded = new LoadedUserProgram(
        file.name,
        bias === 0n ? file.symbols : file.symbols.relocated(bias),
        file.path,
      );
      this.#loaded.set(key, loaded);
      return loaded;
    });
  }

  /** Where processes have the beginning of the file mapped: those that were started with it, or any for a shared library. */
  #biasesOf({ name }: UserFile): readonly bigint[] {
    const { guest } = this.#guestView;
    const isLibrary = LIBRARY.test(name);
    return (ifKnown(() => guest.tasks()) ?? []).flatMap((task) => {
      const program = isLibrary ? undefined : ifKnown(() => task.space?.()?.program);
      if (program !== undefined && lastPart(program) !== name) return [];
      return (ifKnown(() => guest.mappings(task)) ?? [])
        .filter((mapping) => mapping.offset === 0n && lastPart(mapping.name) === name)
        .map(({ start }) => start);
    });
  }

  #spaces(): readonly UserSpace[] {
    const { guest } = this.#guestView;
    return (ifKnown(() => guest.tasks()) ?? []).flatMap((task) => ifKnown(() => task.space?.()) ?? []);
  }
}

function notRunning(name: string): string {
  return `${name} is not running at this moment; the breakpoint binds by itself once it is.`;
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
