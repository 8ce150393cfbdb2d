import { gunzipSync } from 'fflate';
import { decompress as decompressZstd } from 'fzstd';
import type { KernelModule } from '../../guests/guest.ts';
import { pathsByBuildId } from '../../symbols/companions/companion-files.ts';
import { decodeText } from '../../symbols/byte-cursor.ts';
import { ElfFile } from '../../symbols/elf/elf-file.ts';
import { Program as Symbols, type LoadOptions } from '../../symbols/program.ts';
import { baseName } from '../../symbols/source-path.ts';
import { recover, SymbolError } from '../../symbols/symbol-error.ts';
import { decompressXz } from '../../symbols/xz/decompress-xz.ts';
import { isXz } from '../../symbols/xz/stream.ts';
import { sentenceOf } from '../failure.ts';
import type { SymbolHost } from '../host.ts';
import { SymbolsProgram } from '../symbols-program.ts';

/** The file of a loadable module. */
export interface ModuleFile {
  readonly path: string;
  /** As the kernel calls it: `nf_tables` of nf-tables.ko. */
  readonly module: string;
  readonly buildId: string | undefined;
  /** The kernel that it was made for, such as `6.12.3-riscv64`, as it says itself. */
  readonly release: string | undefined;
  readonly hasLines: boolean;
  /** At addresses that mean nothing: for what is asked before the module is loaded. */
  readonly program: SymbolsProgram;
  /** With its sections where the kernel has put them. Throws SymbolError. */
  readonly placed: (sections: ReadonlyMap<string, bigint>) => Symbols;
}

const FILE_NAME = /([^/\\]+)\.ko(?:\.debug)?(?:\.gz|\.xz|\.zst)?$/;

/** Whether a path names the file of a module. */
export function isModulePath(path: string): boolean {
  return FILE_NAME.test(path);
}

/** The module that a file is of, by the file's name; undefined for other files. */
function moduleOfPath(path: string): string | undefined {
  return FILE_NAME.exec(path)?.[1]?.replaceAll('-', '_');
}

/** Reads a module's file, unpacked where it is compressed. Throws SymbolError when it is none. */
export function readModuleFile(path: string, packed: Uint8Array, options: LoadOptions): ModuleFile {
  const bytes = unpacked(packed);
  const unplaced = Symbols.load(path, bytes, options);
  return {
    path,
    module: moduleOfPath(path) ?? baseName(path).replace(/\.[^.]*$/, ''),
    buildId: unplaced.buildId,
    release: releaseOf(bytes),
    hasLines: unplaced.hasLineInformation,
    program: new SymbolsProgram(unplaced),
    placed: (sectionAddresses) => Symbols.load(path, bytes, { ...options, sectionAddresses }),
  };
}

/** The first word of `vermagic` in `.modinfo` (include/linux/vermagic.h): strings `name=value`, each with a zero behind it. */
function releaseOf(bytes: Uint8Array): string | undefined {
  const information = recover(
    () => ElfFile.parse(bytes).contentsOf('.modinfo'),
    undefined,
    () => undefined,
  );
  const text = information && decodeText(information);
  return text === undefined ? undefined : /(?:^|\0)vermagic=([^\0 ]+)/.exec(text)?.[1];
}

const GZIP = [0x1f, 0x8b];
const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];

function unpacked(bytes: Uint8Array): Uint8Array {
  const begins = (magic: readonly number[]): boolean => magic.every((byte, index) => bytes[index] === byte);
  if (isXz(bytes)) return decompressXz(bytes);
  try {
    if (begins(GZIP)) return gunzipSync(bytes);
    return begins(ZSTD) ? decompressZstd(bytes) : bytes;
  } catch (error) {
    throw new SymbolError(`the compressed file is damaged: ${sentenceOf(error)}`, 'the file', 0);
  }
}

/**
 * Finds the file of a module that the kernel has loaded, in folders of debug information: by its build-id as gdb does, else by
 * its name below `lib/modules/RELEASE`, or in the folder itself. Of several the first one that has lines.
 */
export class ModuleFinder {
  readonly #host: SymbolHost;
  readonly #folders: readonly string[];
  readonly #listed = new Map<string, ReadonlyMap<string, readonly string[]>>();
  readonly #found = new Map<string, ModuleFile | undefined>();

  /** `folders` are those that the person named. */
  constructor(host: SymbolHost, folders: readonly string[]) {
    this.#host = host;
    this.#folders = folders;
  }

  /** Whether there is anything to be found: folders that the person named, or modules in the system's. */
  get hasFolders(): boolean {
    const { debugDirectories } = this.#companions('');
    return debugDirectories.some(
      (folder) => this.#folders.includes(folder) || this.#modulesBelow(`${folder}/lib/modules`).size > 0,
    );
  }

  /** Undefined when there is none. `release` is the kernel's, such as `6.12.3-riscv64`. */
  find(module: KernelModule, release: string | undefined): ModuleFile | undefined {
    const buildId = module.buildId();
    const key = `${module.name} ${buildId ?? ''}`;
    if (!this.#found.has(key)) this.#found.set(key, this.#search(module.name, buildId, release));
    return this.#found.get(key);
  }

  /** The file with the lines of one that has none, which distributions keep apart; the same one where there is none. */
  withLines(file: ModuleFile): ModuleFile {
    const { module, buildId, release, hasLines } = file;
    if (hasLines || buildId === undefined) return file;
    const found = this.#search(module, buildId, release);
    return found?.buildId === buildId && found.hasLines ? found : file;
  }

  #search(name: string, buildId: string | undefined, release: string | undefined): ModuleFile | undefined {
    let best: ModuleFile | undefined;
    for (const path of this.#candidates(name, buildId, release)) {
      const file = this.#read(path);
      const isSame = buildId === undefined || file?.buildId === undefined || file.buildId === buildId;
      if (file === undefined || !isSame) continue;
      if (file.hasLines) return file;
      best ??= file;
    }
    return best;
  }

  *#candidates(name: string, buildId: string | undefined, release: string | undefined): Generator<string> {
    const companions = this.#companions('');
    if (buildId !== undefined) yield* pathsByBuildId(buildId, companions);
    const releases =
      release === undefined ? [] : companions.debugDirectories.map((each) => `${each}/lib/modules/${release}`);
    const paths = new Set(
      [...releases, ...this.#folders].flatMap((folder) => this.#modulesBelow(folder).get(name) ?? []),
    );
    yield* paths;
  }

  #read(path: string): ModuleFile | undefined {
    const companions = this.#companions(path);
    const bytes = companions.read(path);
    try {
      return bytes && readModuleFile(path, bytes, { companions });
    } catch (error) {
      if (error instanceof SymbolError) return undefined;
      throw error;
    }
  }

  #companions(path: string): ReturnType<SymbolHost['companionsOf']> {
    return this.#host.companionsOf(path, this.#folders);
  }

  /** Paths by the module's name. */
  #modulesBelow(folder: string): ReadonlyMap<string, readonly string[]> {
    const known = this.#listed.get(folder);
    if (known !== undefined) return known;
    const found = new Map<string, string[]>();
    for (const path of this.#host.filesBelow(folder)) {
      const module = moduleOfPath(path);
      if (module === undefined) continue;
      const there = found.get(module);
      if (there === undefined) found.set(module, [path]);
      else there.push(path);
    }
    this.#listed.set(folder, found);
    return found;
  }
}
