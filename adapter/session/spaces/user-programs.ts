import { ifKnown } from '../../guests/guest-error.ts';
import type { UserSpace } from '../../guests/guest.ts';
import type { Program as Symbols } from '../../symbols/program.ts';
import type { GuestView } from '../guest/guest-view.ts';
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

/**
 * The user programs whose files are known. One that is linked to its address is the same everywhere; the places of one that
 * is loaded anywhere follow from the processes that run it at the present moment.
 */
export class UserPrograms {
  readonly #files: readonly UserFile[];
  readonly #guestView: GuestView;
  readonly #counter: () => number;
  readonly #loaded = new Map<string, LoadedUserProgram>();
  #present: { readonly counter: number; readonly all: readonly LoadedUserProgram[] } | undefined;

  constructor(files: readonly UserFile[], guestView: GuestView, counter: () => number) {
    this.#files = files;
    this.#guestView = guestView;
    this.#counter = counter;
  }

  get files(): readonly UserFile[] {
    return this.#files;
  }

  /** Programs at each address that is known for them at the present moment. */
  get all(): readonly LoadedUserProgram[] {
    const counter = this.#counter();
    if (this.#present?.counter !== counter) {
      this.#present = { counter, all: this.#files.flatMap((file) => this.#placesOf(file)) };
    }
    return this.#present.all;
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

  /** Where processes have the beginning of the file mapped. */
  #biasesOf({ name }: UserFile): readonly bigint[] {
    const { guest } = this.#guestView;
    return (ifKnown(() => guest.tasks()) ?? []).flatMap((task) =>
      (ifKnown(() => guest.mappings(task)) ?? [])
        .filter((mapping) => mapping.offset === 0n && lastPart(mapping.name) === name)
        .map(({ start }) => start),
    );
  }

  #spaces(): readonly UserSpace[] {
    const { guest } = this.#guestView;
    return (ifKnown(() => guest.tasks()) ?? []).flatMap((task) => ifKnown(() => task.space?.()) ?? []);
  }
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
