import type { TimelineContract } from '../../emulator/replay/timeline-contract.ts';
import type { KernelSymbols } from '../guests/kernel-object.ts';
import { Program as Symbols, type LoadOptions } from '../symbols/program.ts';
import type { SymbolConfiguration } from './configuration/shared.ts';
import { RequestFailure, sentenceOf } from './failure.ts';
import { FileKernelSymbols } from './guest/kernel-symbols.ts';
import type { SessionHost, SourceFiles } from './host.ts';
import type { Program } from './program.ts';
import type { UserFile } from './spaces/user-programs.ts';
import { SymbolsProgram } from './symbols-program.ts';
import { UnknownProgram } from './unknown-program.ts';

/** The program, and what the person should know about its symbols. */
export interface OpenedProgram {
  readonly kernel: Program;
  /** The kernel's symbols; undefined when there are none. */
  readonly symbols: KernelSymbols | undefined;
  readonly users: readonly UserFile[];
  readonly remarks: readonly string[];
}

const ELF_MAGIC = [0x7f, 0x45, 0x4c, 0x46];

/** The kernel and what is known of its symbols, before user programs are looked at. */
type OpenedKernel = Omit<OpenedProgram, 'users'>;

/**
 * Reads the symbols of what runs in a timeline: of the file that the configuration names, else of the kernel file; and those
 * of user programs. Throws when a file that was named cannot be used; a kernel file without symbols is only worth a remark.
 */
export async function openProgram(
  { kernelFile }: TimelineContract,
  { symbols, userPrograms, debugDirectories }: SymbolConfiguration,
  host: Pick<SessionHost, 'files' | 'symbols'>,
): Promise<OpenedProgram> {
  const options = (path: string): LoadOptions =>
    host.symbols === undefined
      ? {}
      : { cache: host.symbols.cache, companions: host.symbols.companionsOf(path, debugDirectories) };
  const users: UserFile[] = [];
  for (const { file, address } of userPrograms) {
    const loaded = load(file, await host.files.read(file), options(file));
    const bias = address ?? (loaded.isPositionIndependent ? undefined : 0n);
    users.push({ name: programName(file), path: file, symbols: loaded, bias });
  }
  return { ...(await openKernel(kernelFile, symbols, host.files, options)), users };
}

/** The name that the kernel knows a program by: the file's, without what build systems add. */
function programName(file: string): string {
  return file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1).replace(/\.(elf|debug)$/, '');
}

async function openKernel(
  kernelFile: TimelineContract['kernelFile'],
  symbols: string | undefined,
  files: SourceFiles,
  options: (path: string) => LoadOptions,
): Promise<OpenedKernel> {
  if (symbols !== undefined) {
    const bytes = await files.read(symbols);
    const loaded = load(symbols, bytes, options(symbols));
    return opened(loaded, mismatch(loaded, kernelFile), symbols);
  }
  if (kernelFile === undefined) return unknown('the firmware');
  const { name, bytes } = kernelFile;
  if (!isElf(bytes)) {
    return unknown(name, `${name} has no symbols. Name an ELF file that has in the attribute "symbols".`);
  }
  try {
    return opened(Symbols.load(name, bytes, options(name)), []);
  } catch (error) {
    return unknown(name, `The symbols of ${name} cannot be read: ${sentenceOf(error)}.`);
  }
}

function opened(symbols: Symbols, remarks: readonly string[], path?: string): OpenedKernel {
  return {
    kernel: new SymbolsProgram(symbols, { path, space: 'kernel' }),
    symbols: new FileKernelSymbols(symbols),
    remarks: [...remarks, ...shortcomings(symbols)],
  };
}

function unknown(name: string, ...remarks: readonly string[]): OpenedKernel {
  return { kernel: new UnknownProgram(name), symbols: undefined, remarks };
}

function load(path: string, bytes: Uint8Array, options: LoadOptions): Symbols {
  try {
    return Symbols.load(path, bytes, options);
  } catch (error) {
    throw new RequestFailure(
      `"symbols": ${path} cannot be read: ${sentenceOf(error)}. Name the RISC-V ELF file that was built.`,
    );
  }
}

function shortcomings(symbols: Symbols): readonly string[] {
  if (symbols.hasLineInformation) return [];
  return [`${symbols.name} has no line information: sources cannot be shown. Compile the kernel with -g.`];
}

/** Symbols of another build tell wrong lines and names, which nobody would notice at once. */
function mismatch(symbols: Symbols, kernel: TimelineContract['kernelFile']): readonly string[] {
  if (kernel === undefined || !isElf(kernel.bytes)) return [];
  let own: string | undefined;
  try {
    own = Symbols.load(kernel.name, kernel.bytes).buildId;
  } catch {
    return [];
  }
  if (own === undefined || symbols.buildId === undefined || own === symbols.buildId) return [];
  return [
    `${symbols.name} does not belong to ${kernel.name}: their build identifiers are ${symbols.buildId} and ${own}. ` +
      'Name the file that this kernel was made from in "symbols".',
  ];
}

function isElf(bytes: Uint8Array): boolean {
  return ELF_MAGIC.every((byte, index) => bytes[index] === byte);
}
