import { ByteCursor } from '../byte-cursor.ts';
import type { ElfFile } from './elf-file.ts';
import { SectionType } from './section.ts';

const NT_GNU_BUILD_ID = 3;

/** The build-id in lower-case hexadecimal: the same in a stripped file and in the file of its debug information. */
export function buildId(elf: ElfFile): string | undefined {
  for (const section of elf.sections) {
    if (section.type !== SectionType.note) continue;
    const found = buildIdInNotes(elf.contents(section), section.name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The build-id among the notes of a section, as a file or a guest's memory has them. */
export function buildIdInNotes(notes: Uint8Array, section: string): string | undefined {
  const cursor = new ByteCursor(notes, section);
  while (cursor.remaining >= 12) {
    const nameSize = cursor.u32();
    const descriptionSize = cursor.u32();
    const type = cursor.u32();
    const name = cursor.take8(Math.min(align4(nameSize), cursor.remaining));
    const description = cursor.take8(Math.min(align4(descriptionSize), cursor.remaining));
    const isGnu = nameSize === 4 && name[0] === 0x47 && name[1] === 0x4e && name[2] === 0x55;
    if (isGnu && type === NT_GNU_BUILD_ID) return hexadecimal(description.subarray(0, descriptionSize));
  }
  return undefined;
}

/** Where a stripped file says that its debug information is. */
export interface DebugLink {
  /** A file name without directory. */
  readonly fileName: string;
  /** CRC-32 of that file. */
  readonly checksum: number;
}

/** Reads `.gnu_debuglink`. */
export function debugLink(elf: ElfFile): DebugLink | undefined {
  const section = '.gnu_debuglink';
  const contents = elf.contentsOf(section);
  if (contents === undefined) return undefined;
  const cursor = new ByteCursor(contents, section);
  const fileName = cursor.cString();
  cursor.seek(Math.min(align4(cursor.position), cursor.end));
  return { fileName, checksum: cursor.u32() };
}

function align4(size: number): number {
  return Math.ceil(size / 4) * 4;
}

/** Two digits for each byte, in lower case. */
export function hexadecimal(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
