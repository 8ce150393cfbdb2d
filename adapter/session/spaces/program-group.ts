import type { StopCondition } from '../../../emulator/machine/stop.ts';
import type { Program as Symbols } from '../../symbols/program.ts';
import type { CodePlace } from '../program.ts';
import type { SymbolsProgram } from '../symbols-program.ts';

/** The symbols of a file, where the file is loaded. */
export interface LoadedCode {
  /** As `FILE!NAME` has it. */
  readonly name: string;
  readonly symbols: Symbols;
  readonly program: SymbolsProgram;
}

/** A file that is known, but is nowhere in memory at the present moment. */
export interface AwaitedCode {
  readonly name: string;
  /** At addresses that mean nothing. */
  readonly program: SymbolsProgram;
  /** Why breakpoints in it are pending, as a sentence. */
  readonly reason: string;
}

/** Programs of one kind: the kernel, its modules, the firmware, user programs. All of it is of the present moment. */
export interface ProgramGroup {
  /** For messages. */
  readonly names: readonly string[];
  readonly loaded: readonly LoadedCode[];
  /** Other places of what is loaded, where breakpoints are set too: a kernel before it has paging. */
  readonly aliases: readonly LoadedCode[];
  readonly awaited: readonly AwaitedCode[];
  /** What may become of a name that nobody has, for files are found by themselves; a sentence. */
  readonly prospect?: string | undefined;
  /** The one whose code or data a hart finds at an address. */
  at(address: bigint): LoadedCode | undefined;
  placeIn(code: LoadedCode, address: bigint): CodePlace;
  /** What to wait for that may change `loaded` or `aliases`, in either direction of time. */
  readonly arrivals: readonly StopCondition[];
}
