import { privilegeIs } from '../../../emulator/machine/predicate.ts';
import type { TimelineContract } from '../../../emulator/replay/timeline-contract.ts';
import type { Program as Symbols } from '../../symbols/program.ts';
import type { CodePlace } from '../program.ts';
import { SymbolsProgram } from '../symbols-program.ts';
import { biasByCode, codeSample, hasSample } from './code-places.ts';
import type { LoadedCode, ProgramGroup } from './program-group.ts';

/** Where the board has firmware: at the start of RAM. */
const START_OF_RAM = 0x8000_0000n;

/** The file of a firmware, as the attribute `symbols` names it. */
export interface FirmwareFile {
  /** Without its directory. */
  readonly name: string;
  /** Where the person has it. */
  readonly path: string;
  readonly symbols: Symbols;
  /** Where it is loaded, less where it was linked to be; undefined to find that out. */
  readonly bias: bigint | undefined;
}

/** The firmware below the kernel, such as OpenSBI. It runs in M-mode, at physical addresses. */
export class FirmwareGroup implements ProgramGroup {
  readonly aliases = [];
  readonly awaited = [];
  readonly arrivals = [];
  readonly #files: readonly FirmwareFile[];
  readonly #timeline: TimelineContract;
  readonly #places = new Map<FirmwareFile, LoadedCode>();

  constructor(files: readonly FirmwareFile[], timeline: TimelineContract) {
    this.#files = files;
    this.#timeline = timeline;
  }

  get names(): readonly string[] {
    return this.#files.map(({ name }) => name);
  }

  get loaded(): readonly LoadedCode[] {
    return this.#files.map((file) => {
      const known = this.#places.get(file);
      if (known !== undefined) return known;
      const bias = file.bias ?? this.#biasOf(file);
      const symbols = bias === undefined || bias === 0n ? file.symbols : file.symbols.relocated(bias);
      const code = {
        name: file.name,
        symbols,
        program: new SymbolsProgram(symbols, { path: file.path, space: 'firmware' }),
      };
      // As long as nothing tells, where it was linked to be is as good as any.
      if (bias !== undefined) this.#places.set(file, code);
      return code;
    });
  }

  at(address: bigint): LoadedCode | undefined {
    if (this.#timeline.harts[0]?.privilege !== 'M') return undefined;
    return this.loaded.find(({ symbols }) => symbols.contains(address));
  }

  placeIn({ program }: LoadedCode, address: bigint): CodePlace {
    return { address, when: privilegeIs('M'), absence: () => undefined, owner: program };
  }

  #biasOf({ symbols }: FirmwareFile): bigint | undefined {
    const read = (address: bigint, length: number): Uint8Array | undefined => {
      const { bytes } = this.#timeline.readPhysical(address, length);
      return bytes.length === length ? bytes : undefined;
    };
    const sample = codeSample(symbols);
    const start = symbols.codeStart;
    const candidates = [0n, ...(start === undefined ? [] : [START_OF_RAM - start])];
    const found = candidates.find((bias) => sample !== undefined && hasSample(sample, bias, read) === true);
    if (found !== undefined) return found;
    const [hart] = this.#timeline.harts;
    return hart?.privilege === 'M' ? biasByCode(symbols, hart.pc, read) : undefined;
  }
}
