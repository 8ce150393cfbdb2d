import type { TimelineContract } from '../../emulator/replay/timeline-contract.ts';
import type { KernelSymbols } from '../guests/kernel-object.ts';
import { Program as Symbols } from '../symbols/program.ts';
import type { SymbolConfiguration } from './configuration/shared.ts';
import { RequestFailure, sentenceOf } from './failure.ts';
import { FileKernelSymbols } from './guest/kernel-symbols.ts';
import type { SourceFiles } from './host.ts';
import type { Program } from './program.ts';
import { SymbolsProgram } from './symbols-program.ts';
import { UnknownProgram } from './unknown-program.ts';

/** The program, and what the person should know about its symbols. */
export interface OpenedProgram {
  readonly program: Program;
  /** The kernel's symbols; undefined when there are none. */
  readonly kernel: KernelSymbols | undefined;
  readonly remarks: readonly string[];
}

const ELF_MAGIC = [0x7f, 0x45, 0x4c, 0x46];

/**
 * Reads the symbols of what runs in a timeline: of the file that the configuration names, else of the kernel file. Throws
 * when a file that was named cannot be used; a kernel file without symbols is only worth a remark.
 */
export async function openProgram(
  { kernelFile }: TimelineContract,
  { symbols }: SymbolConfiguration,
  files: SourceFiles,
): Promise<OpenedProgram> {
  if (symbols !== undefined) {
    const bytes = await files.read(symbols);
    const loaded = load(symbols, bytes);
    return opened(loaded, mismatch(loaded, kernelFile));
  }
  if (kernelFile === undefined) return { program: new UnknownProgram('the firmware'), kernel: undefined, remarks: [] };
  const { name, bytes } = kernelFile;
  if (!isElf(bytes)) {
    const remark = `${name} has no symbols. Name an ELF file that has in the attribute "symbols".`;
    return { program: new UnknownProgram(name), kernel: undefined, remarks: [remark] };
  }
  try {
    return opened(Symbols.load(name, bytes), []);
  } catch (error) {
    return {
      program: new UnknownProgram(name),
      kernel: undefined,
      remarks: [`The symbols of ${name} cannot be read: ${sentenceOf(error)}.`],
    };
  }
}

function opened(symbols: Symbols, remarks: readonly string[]): OpenedProgram {
  return {
    program: new SymbolsProgram(symbols),
    kernel: new FileKernelSymbols(symbols),
    remarks: [...remarks, ...shortcomings(symbols)],
  };
}

function load(path: string, bytes: Uint8Array): Symbols {
  try {
    return Symbols.load(path, bytes);
  } catch (error) {
    throw new RequestFailure(
      `"symbols": ${path} cannot be read: ${sentenceOf(error)}. Name the RISC-V ELF file that the kernel was made from.`,
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
