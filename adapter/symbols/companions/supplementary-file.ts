import { ByteCursor } from '../byte-cursor.ts';
import { buildId, hexadecimal } from '../elf/identity.ts';
import type { ElfFile } from '../elf/elf-file.ts';
import { joinPath } from '../source-path.ts';
import { recover, SymbolError } from '../symbol-error.ts';
import { pathsByBuildId, type CompanionFiles } from './companion-files.ts';
import { open } from './debug-file.ts';

/** A file that a program shares debug information with, and what it is known by. */
interface SupplementaryLink {
  readonly section: '.gnu_debugaltlink' | '.debug_sup';
  /** Absolute, or from the program's folder. */
  readonly fileName: string;
  /** The build-id, or DWARF 5's checksum; in hexadecimal. */
  readonly identifier: string;
}

/**
 * The supplementary file (DWARF 5, section 7.3.6) that dwz moved to what several programs have in common. One that is
 * missing or belongs to another build is told of: then names and types are missing.
 */
export function findSupplementaryFile(
  elf: ElfFile,
  files: CompanionFiles,
  onError: (error: SymbolError) => void,
): ElfFile | undefined {
  const link = recover(() => supplementaryLink(elf), undefined, onError);
  if (link === undefined) return undefined;
  const { fileName, section, identifier } = link;
  const baseNames = files.debugDirectories.map((directory) => `${directory}/.dwz/${fileName.replace(/^.*\//, '')}`);
  const byBuildId = section === '.gnu_debugaltlink' ? pathsByBuildId(identifier, files) : [];
  for (const path of [joinPath(files.directory, fileName), ...byBuildId, ...baseNames]) {
    const found = open(path, files, onError);
    if (found === undefined) continue;
    const theirs = recover(
      () => (section === '.gnu_debugaltlink' ? buildId(found) : readDebugSup(found)?.identifier),
      undefined,
      onError,
    );
    if (theirs === identifier) return found;
    onError(new SymbolError(`${path} is of another build`, section, 0));
  }
  onError(new SymbolError(`the supplementary file ${fileName} was not found: names and types are missing`, section, 0));
  return undefined;
}

function supplementaryLink(elf: ElfFile): SupplementaryLink | undefined {
  const section = '.gnu_debugaltlink';
  const contents = elf.contentsOf(section);
  if (contents === undefined) {
    const sup = readDebugSup(elf);
    return sup?.isSupplementary === false ? { section: '.debug_sup', ...sup } : undefined;
  }
  const cursor = new ByteCursor(contents, section);
  return { section, fileName: cursor.cString(), identifier: hexadecimal(cursor.take8(cursor.remaining)) };
}

/** DWARF 5, section 7.3.6: both files have one, with the same checksum. */
function readDebugSup(
  elf: ElfFile,
): { readonly isSupplementary: boolean; readonly fileName: string; readonly identifier: string } | undefined {
  const contents = elf.contentsOf('.debug_sup');
  if (contents === undefined) return undefined;
  const cursor = new ByteCursor(contents, '.debug_sup');
  const version = cursor.u16();
  if (version !== 5) throw cursor.error(`version ${version} is not known`, 0);
  const isSupplementary = cursor.u8() !== 0;
  const fileName = cursor.cString();
  return { isSupplementary, fileName, identifier: hexadecimal(cursor.take8(cursor.uleb128())) };
}
