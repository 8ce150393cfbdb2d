import type { Address } from '../address.ts';
import { ByteCursor } from '../byte-cursor.ts';
import { SymbolError } from '../symbol-error.ts';
import type { AbbreviationTable } from './abbreviation.ts';
import { toNumber, toSectionOffset, type AttributeValue } from './attribute-value.ts';
import { DW_AT, DW_TAG, DW_UT } from './constants.ts';
import type { Entry } from './entry.ts';
import { EntryReader } from './entry-reader.ts';
import { readOffset, type Encoding } from './form.ts';
import type { DwarfSections } from './sections.ts';

/** The header of a unit (DWARF 5, section 7.5.1). Offsets are in .debug_info. */
export interface UnitHeader extends Encoding {
  /** DW_UT; before DWARF 5 all are compile units. */
  readonly unitType: number;
  readonly abbreviationOffset: number;
  /** Of the first entry. */
  readonly firstEntry: number;
  readonly end: number;
}

/** Reads what follows the initial length of the unit at `unitOffset`; `header` covers the rest of the unit. */
export function readUnitHeader(header: ByteCursor, unitOffset: number, offsetSize: 4 | 8): UnitHeader {
  const version = header.u16();
  if (version < 2 || version > 5) throw header.error(`DWARF version ${version} is not known`, unitOffset);
  let unitType: number = DW_UT.compile;
  let addressSize: number;
  let abbreviationOffset: number;
  if (version >= 5) {
    unitType = header.u8();
    addressSize = header.u8();
    abbreviationOffset = readOffset(header, offsetSize);
    if (unitType === DW_UT.skeleton || unitType === DW_UT.split_compile) header.skip(8);
    if (unitType === DW_UT.type || unitType === DW_UT.split_type) header.skip(8 + offsetSize);
  } else {
    abbreviationOffset = readOffset(header, offsetSize);
    addressSize = header.u8();
  }
  if (addressSize !== 4 && addressSize !== 8) throw header.error(`addresses of ${addressSize} bytes`, unitOffset);
  const { position: firstEntry, end } = header;
  return { unitOffset, version, offsetSize, addressSize, unitType, abbreviationOffset, firstEntry, end };
}

/** A unit of .debug_info: what its first entry says of all of it, and where its entries get their context. */
export class Unit {
  private abbreviationTable: AbbreviationTable | undefined;
  private rootEntry: Entry | undefined;

  constructor(
    readonly sections: DwarfSections,
    readonly header: UnitHeader,
    private readonly readAbbreviations: (offset: number) => AbbreviationTable,
  ) {}

  get abbreviations(): AbbreviationTable {
    return (this.abbreviationTable ??= this.readAbbreviations(this.header.abbreviationOffset));
  }

  /** The unit's own entry. */
  get root(): Entry {
    return (this.rootEntry ??= this.entryAt(this.header.firstEntry));
  }

  /** Walks the unit's entries from `offset` on, by default from the first. */
  reader(offset = this.header.firstEntry): EntryReader {
    const { firstEntry, end, unitOffset } = this.header;
    if (!(offset >= firstEntry && offset < end)) {
      throw new SymbolError(`no entry of the unit at 0x${unitOffset.toString(16)}`, '.debug_info', offset);
    }
    return new EntryReader(this.sections.get('.debug_info'), this.abbreviations, this.header, offset, end);
  }

  entryAt(offset: number): Entry {
    const reader = this.reader(offset);
    reader.advance();
    return reader.read();
  }

  get isTypeUnit(): boolean {
    return this.header.unitType === DW_UT.type || this.header.unitType === DW_UT.split_type;
  }

  /** The main source file as the compiler was given it. */
  get name(): string {
    return this.string(this.root.get(DW_AT.name)) ?? '';
  }

  /** The directory that the compiler ran in: absolute, or relative to nothing known when the build was mapped so. */
  get directory(): string {
    return this.string(this.root.get(DW_AT.comp_dir)) ?? '';
  }

  /** The compiler and its options. */
  get producer(): string {
    return this.string(this.root.get(DW_AT.producer)) ?? '';
  }

  /** DW_LANG. */
  get language(): number | undefined {
    return toNumber(this.root.get(DW_AT.language));
  }

  /** Written in C or assembly: functions stand in no type, and types are named by keyword. */
  get isC(): boolean {
    return C_LANGUAGES.has(this.language ?? 0);
  }

  /** Of the unit's line number program, in .debug_line. */
  get lineProgram(): number | undefined {
    return toSectionOffset(this.root.get(DW_AT.stmt_list));
  }

  /** What ranges and location lists count from, until they say otherwise. */
  get baseAddress(): Address {
    return this.address(this.root.get(DW_AT.low_pc)) ?? 0;
  }

  /**
   * Whether the compiler tracked variables from instruction to instruction: then they have their values from a
   * function's first instruction on. A compiler that does not stores the arguments first.
   */
  get tracksVariables(): boolean {
    for (const { tag, attributes } of this.abbreviations) {
      if (tag !== DW_TAG.variable && tag !== DW_TAG.formal_parameter) continue;
      const form = attributes.find(({ name }) => name === DW_AT.location)?.form;
      if (form !== undefined && LOCATION_LIST_FORMS.has(form)) return true;
    }
    return false;
  }

  string(value: AttributeValue | undefined): string | undefined {
    switch (value?.kind) {
      case 'string':
        return this.sections.text(value.section, value.offset);
      case 'string-index': {
        const { offsetSize } = this.header;
        const base = toSectionOffset(this.root.get(DW_AT.str_offsets_base)) ?? (offsetSize === 4 ? 8 : 16);
        const cursor = this.tableEntry('.debug_str_offsets', base + value.index * offsetSize);
        return this.sections.text('.debug_str', readOffset(cursor, offsetSize));
      }
      default:
        return undefined;
    }
  }

  address(value: AttributeValue | undefined): Address | undefined {
    switch (value?.kind) {
      case 'address':
        return value.address;
      case 'address-index':
        return this.addressAt(value.index);
      default:
        return undefined;
    }
  }

  /** An address of the unit's part of .debug_addr. */
  addressAt(index: number): Address {
    const { addressSize } = this.header;
    const base = toSectionOffset(this.root.get(DW_AT.addr_base)) ?? 8;
    return this.tableEntry('.debug_addr', base + index * addressSize).address(addressSize);
  }

  private tableEntry(section: string, offset: number): ByteCursor {
    const contents = this.sections.get(section);
    if (offset > contents.length) throw new SymbolError('an index leads beyond the table', section, offset);
    return new ByteCursor(contents, section, offset);
  }
}

/** sec_offset, loclistx, and the plain data4 and data8 of DWARF 3. */
const LOCATION_LIST_FORMS: ReadonlySet<number> = new Set([0x17, 0x22, 0x06, 0x07]);

/** DW_LANG of C89, C, C99, C11, C17 and assembly. */
const C_LANGUAGES: ReadonlySet<number> = new Set([0x01, 0x02, 0x0c, 0x1d, 0x2c, 0x8001]);
