import type { ByteCursor } from '../byte-cursor.ts';
import { toNumber, type AttributeValue } from './attribute-value.ts';
import { DW_LNCT } from './constants.ts';
import { NO_TARGETS } from './entry-space.ts';
import { LONGEST_INITIAL_LENGTH, readForm, readInitialLength, readOffset, type Encoding } from './form.ts';
import type { DwarfSections } from './sections.ts';
import type { Unit } from './unit.ts';

/** A source file as the line table names it. */
export interface DeclaredFile {
  /** A name, or a path from the directory, or an absolute path. */
  readonly name: string;
  /** Into the directories of the same header. */
  readonly directoryIndex: number;
  /** Of the contents, in hexadecimal. */
  readonly md5: string | undefined;
}

/** The header of a line number program (DWARF 5, section 6.2.4; versions 2 to 5). */
export interface LineHeader {
  readonly version: number;
  readonly offsetSize: 4 | 8;
  readonly addressSize: number;
  readonly minimumInstructionLength: number;
  readonly maximumOperationsPerInstruction: number;
  readonly defaultIsStatement: boolean;
  readonly lineBase: number;
  readonly lineRange: number;
  /** The number of operands of each standard opcode; index 0 is unused. */
  readonly operandCounts: readonly number[];
  /** Index 0 is the compilation directory (before DWARF 5 it is empty: the unit knows it). */
  readonly directories: readonly string[];
  /** By the numbers that the program uses; before DWARF 5 index 0 is undefined. */
  readonly files: readonly (DeclaredFile | undefined)[];
  /** The first opcode and the end, in .debug_line. */
  readonly programStart: number;
  readonly programEnd: number;
}

/**
 * Reads the header at `offset` of .debug_line. `unit` is one that it belongs to: it tells the size of an address, which
 * older versions do not, and the strings that are meant by indices.
 */
export function readLineHeader(sections: DwarfSections, offset: number, unit: Unit): LineHeader {
  const section = sections.cursorAt('.debug_line', offset, 'a line program');
  sections.fetch('.debug_line', offset, offset + LONGEST_INITIAL_LENGTH);
  const { offsetSize, end } = readInitialLength(section);
  sections.fetch('.debug_line', offset, end);
  const cursor = section.part(section.position, end);
  const version = cursor.u16();
  if (version < 2 || version > 5) throw cursor.error(`line table version ${version} is not known`, offset);
  let { addressSize } = unit.header;
  if (version >= 5) {
    addressSize = cursor.u8();
    if (cursor.u8() !== 0) throw cursor.error('segment selectors, which RISC-V does not have');
  }
  const headerLength = readOffset(cursor, offsetSize);
  const programStart = cursor.position + headerLength;
  if (programStart > end) throw cursor.error('the header is longer than the line program', offset);
  const minimumInstructionLength = cursor.u8();
  const maximumOperationsPerInstruction = version >= 4 ? Math.max(1, cursor.u8()) : 1;
  const defaultIsStatement = cursor.u8() !== 0;
  const lineBase = cursor.i8();
  const lineRange = cursor.u8();
  const opcodeBase = cursor.u8();
  if (lineRange === 0 || opcodeBase === 0) throw cursor.error('a line range or opcode base of zero', offset);
  const operandCounts = [0, ...Array.from({ length: opcodeBase - 1 }, () => cursor.u8())];
  const tables = version >= 5 ? readTables5(cursor, sections, offsetSize, unit) : readTables2(cursor);
  return {
    version,
    offsetSize,
    addressSize,
    minimumInstructionLength,
    maximumOperationsPerInstruction,
    defaultIsStatement,
    lineBase,
    lineRange,
    operandCounts,
    ...tables,
    programStart,
    programEnd: end,
  };
}

/** A file entry of the old form: in the header, and as DW_LNE_define_file. The name is read already. */
export function readOldFileEntry(cursor: ByteCursor, name: string): DeclaredFile {
  const directoryIndex = cursor.uleb128();
  cursor.skipLeb128();
  cursor.skipLeb128();
  return { name, directoryIndex, md5: undefined };
}

type Tables = Pick<LineHeader, 'directories' | 'files'>;

function readTables2(cursor: ByteCursor): Tables {
  const directories = [''];
  for (let name = cursor.cString(); name !== ''; name = cursor.cString()) directories.push(name);
  const files: (DeclaredFile | undefined)[] = [undefined];
  for (let name = cursor.cString(); name !== ''; name = cursor.cString()) files.push(readOldFileEntry(cursor, name));
  return { directories, files };
}

function readTables5(cursor: ByteCursor, sections: DwarfSections, offsetSize: 4 | 8, unit: Unit): Tables {
  const { addressSize } = unit.header;
  const encoding: Encoding = { version: 5, offsetSize, addressSize, unitOffset: 0, targets: NO_TARGETS };
  const text = (value: AttributeValue): string => {
    if (value.kind === 'string') return sections.text(value.section, value.offset);
    const path = unit.string(value);
    if (path === undefined) throw cursor.error('a path is not a string');
    return path;
  };
  const directories: string[] = [];
  readEntries(cursor, encoding, (fields) => {
    const path = fields.get(DW_LNCT.path);
    directories.push(path === undefined ? '' : text(path));
  });
  const files: DeclaredFile[] = [];
  readEntries(cursor, encoding, (fields) => {
    const path = fields.get(DW_LNCT.path);
    const md5 = fields.get(DW_LNCT.MD5);
    files.push({
      name: path === undefined ? '' : text(path),
      directoryIndex: toNumber(fields.get(DW_LNCT.directory_index)) ?? 0,
      md5: md5?.kind === 'block' ? Array.from(md5.bytes, (b) => b.toString(16).padStart(2, '0')).join('') : undefined,
    });
  });
  return { directories, files };
}

/** A table that describes its own columns (section 6.2.4.1). The map is used again for the next entry. */
function readEntries(
  cursor: ByteCursor,
  encoding: Encoding,
  take: (fields: ReadonlyMap<number, AttributeValue>) => void,
): void {
  const columns = Array.from({ length: cursor.u8() }, () => ({ content: cursor.uleb128(), form: cursor.uleb128() }));
  const countAt = cursor.position;
  const count = cursor.uleb128();
  const fields = new Map<number, AttributeValue>();
  for (let entry = 0; entry < count; entry++) {
    const start = cursor.position;
    for (const { content, form } of columns) fields.set(content, readForm(cursor, form, encoding, 0n));
    // Entries without bytes would let a damaged count run on for ever.
    if (cursor.position === start) throw cursor.error(`${count} entries without contents`, countAt);
    take(fields);
  }
}
