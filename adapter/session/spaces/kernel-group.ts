import { privilegeIs, type SearchPredicate } from '../../../emulator/machine/predicate.ts';
import type { StopCondition } from '../../../emulator/machine/stop.ts';
import type { Program as Symbols } from '../../symbols/program.ts';
import { fixedPlace, type CodePlace } from '../program.ts';
import { SymbolsProgram } from '../symbols-program.ts';
import type { KernelLocation } from './kernel-location.ts';
import type { LoadedCode, ProgramGroup } from './program-group.ts';

/** Addresses are physical: in M-mode, and while satp has the mode Bare. */
const TRANSLATION_OFF: SearchPredicate = {
  kind: 'any',
  of: [
    privilegeIs('M'),
    { kind: 'compare', operand: { kind: 'satp' }, comparison: '==', mask: 0xfn << 60n, value: 0n },
  ],
};

/** The kernel: where it runs, and before it has paging at its physical address, too. */
export class KernelGroup implements ProgramGroup {
  readonly names: readonly string[];
  readonly awaited = [];
  readonly #location: KernelLocation;
  readonly #path: string | undefined;
  readonly #code = new Map<Symbols, LoadedCode>();

  /** `path` is where the person has the kernel's file. */
  constructor(location: KernelLocation, path: string | undefined) {
    this.#location = location;
    this.#path = path;
    this.names = [location.symbols.name];
  }

  get loaded(): readonly LoadedCode[] {
    return [this.#codeOf(this.#location.symbols)];
  }

  get aliases(): readonly LoadedCode[] {
    const { physicalSymbols } = this.#location;
    return physicalSymbols === undefined ? [] : [this.#codeOf(physicalSymbols)];
  }

  get arrivals(): readonly StopCondition[] {
    return this.#location.arrivals;
  }

  at(address: bigint): LoadedCode | undefined {
    const { symbols, physicalSymbols, isTranslationOff } = this.#location;
    if (symbols.contains(address)) return this.#codeOf(symbols);
    return isTranslationOff && physicalSymbols?.contains(address) === true ? this.#codeOf(physicalSymbols) : undefined;
  }

  placeIn(code: LoadedCode, address: bigint): CodePlace {
    if (code.symbols === this.#location.symbols) return fixedPlace(address);
    return { address, when: TRANSLATION_OFF, absence: () => undefined, owner: code.program };
  }

  #codeOf(symbols: Symbols): LoadedCode {
    const known = this.#code.get(symbols);
    if (known !== undefined) return known;
    const code = {
      name: symbols.name,
      symbols,
      program: new SymbolsProgram(symbols, { path: this.#path, space: 'kernel' }),
    };
    this.#code.set(symbols, code);
    return code;
  }
}
