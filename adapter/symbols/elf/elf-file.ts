import type { Address } from '../address.ts';
import { ByteCursor, decodeText } from '../byte-cursor.ts';
import { positionsOf } from '../byte-search.ts';
import { wholeContents, type FileContents } from '../file-contents.ts';
import { SymbolError } from '../symbol-error.ts';
import { decompressGnuSection, decompressSection } from './decompress.ts';
import { applyRelocations } from './relocation.ts';
import { SectionFlag, SectionType, type Section, type Segment } from './section.ts';

const EM_RISCV = 243;
const SHN_XINDEX = 0xffff;
const PT_LOAD = 1;
const SECTION_HEADER_SIZE = 64;
/** Bytes of an Elf64_Sym. */
export const SYMBOL_SIZE = 24;
/** Section indices from here on mean something else: absolute, common. */
export const FIRST_RESERVED_SECTION = 0xff00;
const PROGRAM_HEADER_SIZE = 56;

/** What an ELF file is for (e_type). */
export type ElfKind = 'relocatable' | 'executable' | 'shared' | 'other';

/** A 64-bit little-endian RISC-V ELF file (System V gABI; RISC-V ELF psABI). Contents are handed out on demand. */
export class ElfFile {
  private readonly byName = new Map<string, Section>();
  private readonly cache = new Map<number, Uint8Array>();
  /** The sections that are in memory when the file is loaded. */
  readonly allocated: readonly Section[];

  private constructor(
    private readonly file: FileContents,
    readonly kind: ElfKind,
    readonly entry: Address,
    readonly sections: readonly Section[],
    readonly segments: readonly Segment[],
  ) {
    for (const section of sections) if (!this.byName.has(section.name)) this.byName.set(section.name, section);
    this.allocated = sections.filter(({ flags }) => (flags & SectionFlag.allocate) !== 0);
  }

  /**
   * Reads the headers. Throws SymbolError when this is no such file, or its section headers cannot be read. The sections
   * of a relocatable file are where `sectionAddresses` puts them by name, or else one behind the other from 0 on.
   */
  static parse(given: Uint8Array | FileContents, sectionAddresses?: ReadonlyMap<string, Address>): ElfFile {
    const file = given instanceof Uint8Array ? wholeContents(given) : given;
    const { bytes } = file;
    file.fetch(0, 64);
    const header = new ByteCursor(bytes, 'the ELF header', 0, Math.min(64, bytes.length));
    if (header.remaining < 4 || header.u32() !== 0x464c457f) throw header.error('not an ELF file', 0);
    if (header.u8() !== 2) throw header.error('a 32-bit ELF file: only RV64 can be debugged', 4);
    if (header.u8() !== 1) throw header.error('a big-endian ELF file: RISC-V is little-endian', 5);
    header.seek(16);
    const kind = (['other', 'relocatable', 'executable', 'shared'] as const)[header.u16()] ?? 'other';
    const machine = header.u16();
    if (machine !== EM_RISCV) throw header.error(`made for machine ${machine}, not for RISC-V (${EM_RISCV})`, 18);
    header.skip(4);
    const entry = header.address(8);
    const programHeaders = header.size64();
    const sectionHeaders = header.size64();
    header.skip(6);
    const programHeaderSize = header.u16();
    const segmentCount = header.u16();
    const sectionHeaderSize = header.u16();
    const sectionCount = header.u16();
    const nameSection = header.u16();
    const sections =
      sectionHeaders === 0 ? [] : readSections(file, sectionHeaders, sectionHeaderSize, sectionCount, nameSection);
    return new ElfFile(
      file,
      kind,
      entry,
      kind === 'relocatable' ? placeSections(sections, sectionAddresses) : sections,
      segmentCount === 0 ? [] : readSegments(file, programHeaders, programHeaderSize, segmentCount),
    );
  }

  get bytes(): Uint8Array {
    return this.file.bytes;
  }

  /** The first section of this name. */
  section(name: string): Section | undefined {
    return this.byName.get(name);
  }

  /**
   * The bytes of a section, decompressed when they are compressed; of a debug section also under its GNU name
   * (.zdebug_info). Undefined when the section is missing or has no bytes in the file.
   */
  contentsOf(name: string): Uint8Array | undefined {
    const section = this.byName.get(name) ?? this.byName.get(name.replace(/^\.debug_/, '.zdebug_'));
    return section === undefined || section.type === SectionType.noBits ? undefined : this.contents(section);
  }

  /** The bytes of a section, decompressed when they are compressed. Empty for one without bytes in the file. */
  contents(section: Section): Uint8Array {
    const cached = this.cache.get(section.index);
    if (cached !== undefined) return cached;
    const contents = this.kind === 'relocatable' ? this.readRelocated(section) : this.read(section);
    this.cache.set(section.index, contents);
    return contents;
  }

  /**
   * Makes sure of [start, end) of the contents of a section, of those whose contents are not read as a whole: see PARTIAL.
   */
  fetchPart(name: string, start: number, end: number): void {
    const section = this.byName.get(name);
    if (section === undefined || !this.isPartial(section)) return;
    const { offset, size } = section;
    this.file.fetch(offset + Math.max(0, start), offset + Math.min(end, size));
  }

  /** Where any of some patterns stands in the contents of a section, ascending. */
  positionsIn(name: string, patterns: readonly Uint8Array[]): readonly number[] {
    const section = this.byName.get(name);
    if (section === undefined || !this.isPartial(section)) return positionsOf(patterns, this.contentsOf(name) ?? NONE);
    const { offset, size } = section;
    return this.file.positionsOf(patterns, offset, offset + size).map((position) => position - offset);
  }

  /** The loaded section that holds an address. */
  sectionAt(address: Address): Section | undefined {
    return this.allocated.find(({ address: start, size }) => start <= address && address < start + size);
  }

  /** The bytes that the file puts at an address: as many of `length` as one segment has. */
  loadedBytes(address: Address, length: number): Uint8Array | undefined {
    for (const { virtualAddress, offset, fileSize } of this.segments) {
      const into = address - virtualAddress;
      if (!(into >= 0 && into < fileSize)) continue;
      const end = offset + Math.min(into + length, fileSize);
      this.file.fetch(offset + into, end);
      return this.bytes.subarray(offset + into, end);
    }
    if (this.kind !== 'relocatable') return undefined;
    const section = this.sectionAt(address);
    const into = address - (section?.address ?? 0);
    return section && this.read(section).subarray(into, into + length);
  }

  /**
   * Debug information of a relocatable file says where things are by relocations alone. Those of code and data are left
   * to whoever loads them.
   */
  private readRelocated(section: Section): Uint8Array {
    const contents = this.read(section);
    if ((section.flags & SectionFlag.allocate) !== 0 && section.name !== '.eh_frame') return contents;
    const tables = this.sections.filter(
      ({ type, information }) => type === SectionType.relocations && information === section.index,
    );
    if (tables.length === 0) return contents;
    // A copy whatever the bytes are a view of: `slice` of a Buffer is none.
    const relocated = { name: section.name, contents: new Uint8Array(contents), address: section.address };
    for (const table of tables) {
      const symbols = this.sections[table.link];
      if (symbols === undefined) throw new SymbolError('relocations without symbols', table.name, 0);
      applyRelocations(relocated, { name: table.name, contents: this.read(table) }, this.symbolValues(symbols));
    }
    return relocated.contents;
  }

  /** The values of symbols, by index: those of undefined ones are 0, as those in sections that are not loaded count from 0. */
  private symbolValues(table: Section): (index: number) => Address {
    const contents = this.read(table);
    return (index) => {
      const cursor = new ByteCursor(contents, table.name, Math.min(index * SYMBOL_SIZE, contents.length));
      cursor.skip(6);
      const section = cursor.u16();
      const value = cursor.address(8);
      return section === 0 || section >= FIRST_RESERVED_SECTION ? value : value + this.addressOf(section);
    };
  }

  /** What is added to the values of symbols in a section: in a linked file they are addresses already. */
  addressOf(section: number): Address {
    return this.kind === 'relocatable' ? (this.sections[section]?.address ?? 0) : 0;
  }

  private read(section: Section): Uint8Array {
    const { name, offset, size } = section;
    if (section.type === SectionType.noBits) return new Uint8Array(0);
    if (offset + size > this.bytes.length) {
      throw new SymbolError(`the file ends inside this section of ${size} bytes; it is cut short`, name, offset);
    }
    if (!this.isPartial(section)) this.file.fetch(offset, offset + size);
    const raw = this.bytes.subarray(offset, offset + size);
    if ((section.flags & SectionFlag.compressed) !== 0) return decompressSection(raw, name);
    return name.startsWith('.zdebug_') ? decompressGnuSection(raw, name) : raw;
  }

  private isPartial({ name, flags }: Section): boolean {
    return PARTIAL.has(name) && (flags & SectionFlag.compressed) === 0 && this.kind !== 'relocatable';
  }
}

const NONE = new Uint8Array(0);

/** Large sections, whose contents hold nothing before `fetchPart` was asked for it. */
const PARTIAL: ReadonlySet<string> = new Set(['.debug_info', '.debug_line']);

function readSections(file: FileContents, start: number, size: number, count: number, names: number): Section[] {
  const { bytes } = file;
  const table = 'the section headers';
  if (size < SECTION_HEADER_SIZE) throw new SymbolError(`section headers of ${size} bytes`, table, start);
  if (start + size > bytes.length) {
    throw new SymbolError('the section headers lie beyond the end of the file; it is cut short', table, start);
  }
  // Counts that do not fit the ELF header stand in the first section's header.
  file.fetch(start, start + SECTION_HEADER_SIZE);
  const first = readSectionHeader(new ByteCursor(bytes, table, start), 0);
  const sectionCount = count === 0 ? first.size : count;
  const nameSection = names === SHN_XINDEX ? first.link : names;
  if (start + sectionCount * size > bytes.length) {
    throw new SymbolError(`${sectionCount} section headers do not fit the file; it is cut short`, table, start);
  }
  file.fetch(start, start + sectionCount * size);
  const headers = Array.from({ length: sectionCount }, (_, index) =>
    readSectionHeader(new ByteCursor(bytes, table, start + index * size), index),
  );
  const strings = headers[nameSection];
  if (strings !== undefined) file.fetch(strings.offset, strings.offset + strings.size);
  const nameBytes =
    strings === undefined ? new Uint8Array(0) : bytes.subarray(strings.offset, strings.offset + strings.size);
  return headers.map(({ nameOffset, ...header }) => ({ ...header, name: nameAt(nameBytes, nameOffset) }));
}

function placeSections(sections: readonly Section[], given: ReadonlyMap<string, Address> | undefined): Section[] {
  let next = 0;
  return sections.map((section) => {
    if ((section.flags & SectionFlag.allocate) === 0) return { ...section, address: 0 };
    if (given !== undefined) return { ...section, address: given.get(section.name) ?? Number.NaN };
    const alignment = Math.max(1, section.alignment);
    const address = Math.ceil(next / alignment) * alignment;
    next = address + section.size;
    return { ...section, address };
  });
}

function readSectionHeader(cursor: ByteCursor, index: number): Omit<Section, 'name'> & { nameOffset: number } {
  const nameOffset = cursor.u32();
  const type = cursor.u32();
  const flags = Number(cursor.u64() & 0xffff_ffffn);
  const address = cursor.address(8);
  const offset = cursor.size64();
  const size = cursor.size64();
  const link = cursor.u32();
  const information = cursor.u32();
  const alignment = cursor.size64();
  const entrySize = cursor.size64();
  return { index, nameOffset, type, flags, address, offset, size, link, information, alignment, entrySize };
}

function readSegments(file: FileContents, start: number, size: number, count: number): Segment[] {
  const { bytes } = file;
  file.fetch(start, start + count * size);
  const table = 'the program headers';
  if (size < PROGRAM_HEADER_SIZE) throw new SymbolError(`program headers of ${size} bytes`, table, start);
  const segments: Segment[] = [];
  for (let index = 0; index < count; index++) {
    const cursor = new ByteCursor(bytes, table, Math.min(start + index * size, bytes.length));
    const type = cursor.u32();
    cursor.skip(4);
    const offset = cursor.size64();
    const virtualAddress = cursor.address(8);
    const physicalAddress = cursor.address(8);
    const fileSize = cursor.size64();
    const memorySize = cursor.size64();
    if (type === PT_LOAD) segments.push({ virtualAddress, physicalAddress, offset, fileSize, memorySize });
  }
  return segments;
}

/** A name in a table of strings; empty where there is none, as damaged names must not hide a section's contents. */
export function nameAt(strings: Uint8Array, offset: number): string {
  if (offset >= strings.length) return '';
  const terminator = strings.indexOf(0, offset);
  return decodeText(strings.subarray(offset, terminator < 0 ? strings.length : terminator));
}
