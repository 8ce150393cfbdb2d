import type { KernelSymbols } from '../../guests/kernel-object.ts';
import type { Program as Symbols } from '../../symbols/program.ts';
import type { StructureType, Type } from '../../symbols/types/type.ts';

const NOTHING = { pc: 0n, readRegister: () => undefined, readMemory: () => undefined };

/** A kernel's symbols as the guests ask for them. Types are looked up once: a list of tasks asks for the same few often. */
export class FileKernelSymbols implements KernelSymbols {
  readonly #symbols: Symbols;
  readonly #variableTypes = new Map<string, Type | undefined>();

  constructor(symbols: Symbols) {
    this.#symbols = symbols;
  }

  get name(): string {
    return this.#symbols.name;
  }

  address(symbol: string): bigint | undefined {
    return this.#symbols.lookupSymbol(symbol)?.address;
  }

  variableType(name: string): Type | undefined {
    if (!this.#variableTypes.has(name)) {
      this.#variableTypes.set(name, this.#symbols.variableNamed(name, NOTHING)?.type);
    }
    return this.#variableTypes.get(name);
  }

  structure(tag: string): StructureType | undefined {
    return this.#symbols.structureNamed(tag);
  }

  describe(address: bigint): string | undefined {
    return this.#symbols.contains(address) ? this.#symbols.symbolNear(address)?.text : undefined;
  }
}
