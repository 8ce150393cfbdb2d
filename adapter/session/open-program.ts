import type { TimelineContract } from '../../emulator/replay/timeline-contract.ts';
import type { FileContents } from '../symbols/file-contents.ts';
import { Program as Symbols, type LoadOptions } from '../symbols/program.ts';
import type { SymbolConfiguration } from './configuration/shared.ts';
import type { SymbolFile } from './configuration/symbol-files.ts';
import { RequestFailure, sentenceOf } from './failure.ts';
import type { SessionHost } from './host.ts';
import type { FirmwareFile } from './spaces/firmware-group.ts';
import { KernelLocation } from './spaces/kernel-location.ts';
import { ModuleFinder, readModuleFile, type ModuleFile } from './spaces/module-files.ts';
import type { UserFile } from './spaces/user-programs.ts';

/** What runs in the guest as far as there are files of it, and what the person should know about its symbols. */
export interface OpenedProgram {
  /** How messages call the kernel's file. */
  readonly name: string;
  /** Undefined when there are no symbols of the kernel. */
  readonly kernel: KernelLocation | undefined;
  /** Where the person has its file; undefined when that is the recording's own. */
  readonly kernelPath: string | undefined;
  readonly modules: readonly ModuleFile[];
  /** Finds the files of modules that nobody named; undefined where there is nothing to look into. */
  readonly moduleFinder: ModuleFinder | undefined;
  readonly users: readonly UserFile[];
  readonly firmware: readonly FirmwareFile[];
  readonly remarks: readonly string[];
}

type FileHost = Pick<SessionHost, 'files' | 'symbols'>;

const ELF_MAGIC = [0x7f, 0x45, 0x4c, 0x46];

/** The kernel's symbols, before it is asked where they are. */
interface OpenedKernel {
  readonly name: string;
  readonly symbols: Symbols | undefined;
  readonly remarks: readonly string[];
}

/**
 * Reads the symbols of what runs in a timeline: of the files that the configuration names, and where none of them is the
 * kernel's, of the kernel file. Throws when a file that was named cannot be used; a kernel file without symbols is only worth a
 * remark.
 */
export async function openProgram(
  timeline: TimelineContract,
  { symbols: named, debugDirectories }: SymbolConfiguration,
  host: FileHost,
): Promise<OpenedProgram> {
  const options = (path: string): LoadOptions =>
    host.symbols === undefined
      ? {}
      : { cache: host.symbols.cache, companions: host.symbols.companionsOf(path, debugDirectories) };
  const finder = host.symbols && new ModuleFinder(host.symbols, debugDirectories);
  const users: UserFile[] = [];
  const modules: ModuleFile[] = [];
  const firmware: FirmwareFile[] = [];
  let kernel: SymbolFile | undefined;
  for (const one of named) {
    const { file, space, address } = one;
    if (space === 'kernel') {
      kernel = one;
      continue;
    }
    if (space === 'module') {
      const bytes = await host.files.read(file);
      const module = readable(file, () => readModuleFile(file, bytes, options(file)));
      modules.push(finder?.withLines(module) ?? module);
      continue;
    }
    const symbols = load(file, await contentsOf(file, host), options(file));
    const name = programName(file);
    if (space === 'firmware') firmware.push({ name, path: file, symbols, bias: address });
    else users.push({ name, path: file, symbols, bias: address ?? (symbols.isPositionIndependent ? undefined : 0n) });
  }
  const { name, symbols, remarks } = await openKernel(timeline.kernelFile, kernel?.file, host, options);
  const moduleFinder = finder?.hasFolders === true ? finder : undefined;
  const location = symbols && new KernelLocation(symbols, timeline, kernel?.address);
  return { name, kernel: location, kernelPath: kernel?.file, modules, moduleFinder, users, firmware, remarks };
}

/** A file with symbols: opened where the host can read it in parts, else read. */
async function contentsOf(path: string, { files, symbols }: FileHost): Promise<Uint8Array | FileContents> {
  return symbols?.open(path) ?? (await files.read(path));
}

/** The name that the kernel knows a program by: the file's, without what build systems add. */
function programName(file: string): string {
  return file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1).replace(/\.(elf|debug)$/, '');
}

async function openKernel(
  kernelFile: TimelineContract['kernelFile'],
  path: string | undefined,
  host: FileHost,
  options: (path: string) => LoadOptions,
): Promise<OpenedKernel> {
  if (path !== undefined) {
    const loaded = load(path, await contentsOf(path, host), options(path));
    return opened(loaded, mismatch(loaded, kernelFile));
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

function opened(symbols: Symbols, remarks: readonly string[]): OpenedKernel {
  return { name: symbols.name, symbols, remarks: [...remarks, ...shortcomings(symbols)] };
}

function unknown(name: string, ...remarks: readonly string[]): OpenedKernel {
  return { name, symbols: undefined, remarks };
}

function load(path: string, contents: Uint8Array | FileContents, options: LoadOptions): Symbols {
  return readable(path, () => Symbols.load(path, contents, options));
}

function readable<Read>(path: string, read: () => Read): Read {
  try {
    return read();
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
