import type { Address } from '../address.ts';
import type { ElfFile as Elf } from '../elf/elf-file.ts';
import { ElfFile } from '../elf/elf-file.ts';
import { buildId, debugLink } from '../elf/identity.ts';
import { recover, SymbolError } from '../symbol-error.ts';
import { pathsByBuildId, type CompanionFiles } from './companion-files.ts';
import { crc32 } from '../../../emulator/recording/crc32.ts';

/**
 * The file that a program's debug information was moved to: by its build-id, or by the name in `.gnu_debuglink`, as gdb
 * looks for it: beside the program, in `.debug` there, and below each folder of debug information. One that belongs to
 * another build is told of and passed over. Undefined when the program has its own, or there is none to be found. The
 * sections of a relocatable one are where `sectionAddresses` puts them by name.
 */
export function findDebugFile(
  elf: Elf,
  files: CompanionFiles,
  onError: (error: SymbolError) => void,
  sectionAddresses?: ReadonlyMap<string, Address>,
): Elf | undefined {
  if (elf.contentsOf('.debug_info') !== undefined) return undefined;
  const own = recover(() => buildId(elf), undefined, onError);
  for (const path of own === undefined ? [] : pathsByBuildId(own, files)) {
    const found = open(path, files, onError, sectionAddresses);
    if (found === undefined) continue;
    if (recover(() => buildId(found), undefined, onError) === own) return found;
    onError(new SymbolError(`${path} has another build-id`, '.note.gnu.build-id', 0));
  }
  return findByLink(elf, own, files, onError, sectionAddresses);
}

function findByLink(
  elf: Elf,
  own: string | undefined,
  files: CompanionFiles,
  onError: (error: SymbolError) => void,
  sectionAddresses: ReadonlyMap<string, Address> | undefined,
): Elf | undefined {
  const link = recover(() => debugLink(elf), undefined, onError);
  // A name with a folder would lead anywhere.
  if (link === undefined || link.fileName === '' || /[\\/]/.test(link.fileName)) return undefined;
  const { directory, debugDirectories } = files;
  const folders = [directory, `${directory}/.debug`, ...debugDirectories.map((each) => `${each}/${directory}`)];
  for (const folder of folders) {
    const path = `${folder === '' ? '.' : folder}/${link.fileName}`;
    const found = open(path, files, onError, sectionAddresses);
    if (found?.contentsOf('.debug_info') === undefined) continue;
    const theirs = recover(() => buildId(found), undefined, onError);
    const isSame = own !== undefined && theirs !== undefined ? own === theirs : crc32(found.bytes) === link.checksum;
    if (isSame) return found;
    onError(new SymbolError(`${path} was made from another build`, '.gnu_debuglink', 0));
  }
  return undefined;
}

/** An ELF file, if there is one at a path; of a relocatable one the sections are where `sectionAddresses` puts them. */
export function open(
  path: string,
  files: CompanionFiles,
  onError: (error: SymbolError) => void,
  sectionAddresses?: ReadonlyMap<string, Address>,
): Elf | undefined {
  const bytes = files.read(path);
  return bytes && recover(() => ElfFile.parse(bytes, sectionAddresses), undefined, onError);
}
