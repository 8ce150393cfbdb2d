import type { SearchPredicate } from '../../../emulator/machine/predicate.ts';
import type { ReadMemory } from '../../guests/memory/memory.ts';
import type { Program as Symbols } from '../../symbols/program.ts';
import { SymbolsProgram } from '../symbols-program.ts';
import { holdsBytes } from './code-places.ts';

const PAGE = 4096n;
/** Bytes of code that tell a program from others at the same address; they lie in one page, for the next may be absent. */
const FINGERPRINT = 24;
const WORD = 8;

/** A user program where it is loaded, recognized in memory by its code. */
export class LoadedUserProgram {
  readonly program: SymbolsProgram;

  constructor(
    /** The file's name without its directory, as the kernel's records of programs have it too. */
    readonly name: string,
    readonly symbols: Symbols,
    /** Where the person has the file. */
    path: string,
  ) {
    this.program = new SymbolsProgram(symbols, { path, space: 'user' });
  }

  contains(address: bigint): boolean {
    return this.symbols.contains(address);
  }

  /**
   * Holds where the memory at an address has this program's code, whichever process has it mapped, now or later. Undefined
   * for an address whose bytes the file does not have.
   */
  fingerprint(address: bigint): SearchPredicate | undefined {
    const found = this.#fingerprintBytes(address);
    if (found === undefined) return undefined;
    return holdsBytes(found.start, found.bytes);
  }

  /** Whether memory has this program's code around an address; undefined where it cannot be read. */
  isAt(address: bigint, read: ReadMemory): boolean | undefined {
    const found = this.#fingerprintBytes(address);
    if (found === undefined) return undefined;
    const memory = read(found.start, found.bytes.length);
    return memory?.every((byte, index) => byte === found.bytes[index]);
  }

  /** Whether an address space runs this program, by the code at its entry, which stays in memory once it was executed. */
  isIn(read: ReadMemory): boolean {
    const { entry } = this.symbols;
    return entry !== undefined && this.isAt(entry, read) === true;
  }

  /** Whole words around the address: it is among them, and they are in its page. */
  #fingerprintBytes(address: bigint): { readonly start: bigint; readonly bytes: Uint8Array } | undefined {
    const page = address - (address % PAGE);
    const last = page + PAGE - BigInt(FINGERPRINT);
    const aligned = address - (address % BigInt(WORD));
    const start = aligned < last ? aligned : last;
    const bytes = this.symbols.fileBytes(start, FINGERPRINT);
    if (bytes === undefined || bytes.length < WORD) return undefined;
    return { start, bytes: bytes.subarray(0, bytes.length - (bytes.length % WORD)) };
  }
}
