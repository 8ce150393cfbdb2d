import type { Address } from '../address.ts';
import { ByteCursor, decodeText } from '../byte-cursor.ts';
import { SymbolError } from '../symbol-error.ts';
import type { AbbreviationTable } from './abbreviation.ts';
import { toNumber, toSectionOffset, type AttributeValue } from './attribute-value.ts';
import { DW_AT, DW_TAG, DW_UT } from './constants.ts';
import type { Entry } from './entry.ts';
import type { EntrySection, ReferenceTargets } from './entry-space.ts';
import { EntryReader } from './entry-reader.ts';
import { readForm, readOffset, type Encoding } from './form.ts';
import type { DwarfSections } from './sections.ts';

const encoder = new TextEncoder();

/** The header of a unit (DWARF 5, section 7.5.1; of type units before, DWARF 4, section 7.5.1.2). */
export interface UnitHeader extends Encoding {
  /** DW_UT; before DWARF 5 it follows from the section. */
  readonly unitType: number;
  readonly abbreviationOffset: number;
  /** Of a type unit its signature, of a skeleton and a split unit what they know each other by. */
  readonly identifier: bigint | undefined;
  /** Of a type unit: the entry of its type. */
  readonly typeEntry: number | undefined;
  /** Of the first entry. */
  readonly firstEntry: number;
  readonly end: number;
}

/**
 * Reads what follows the initial length of the unit at `start`, an offset in the section; `header` covers the rest of the
 * unit. `unitType` is what a unit before DWARF 5 is.
 */
export function readUnitHeader(
  header: ByteCursor,
  start: number,
  offsetSize: 4 | 8,
  oldUnitType: number,
  targets: ReferenceTargets,
): UnitHeader {
  const { base } = targets;
  const version = header.u16();
  if (version < 2 || version > 5) throw header.error(`DWARF version ${version} is not known`, start);
  let unitType = oldUnitType;
  let addressSize: number;
  let abbreviationOffset: number;
  if (version >= 5) {
    unitType = header.u8();
    addressSize = header.u8();
    abbreviationOffset = readOffset(header, offsetSize);
  } else {
    abbreviationOffset = readOffset(header, offsetSize);
    addressSize = header.u8();
  }
  if (addressSize !== 4 && addressSize !== 8) throw header.error(`addresses of ${addressSize} bytes`, start);
  const isType = unitType === DW_UT.type || unitType === DW_UT.split_type;
  const isIdentified = isType || unitType === DW_UT.skeleton || unitType === DW_UT.split_compile;
  const identifier = isIdentified ? header.u64() : undefined;
  const typeEntry = isType ? base + start + readOffset(header, offsetSize) : undefined;
  return {
    version,
    offsetSize,
    addressSize,
    unitOffset: base + start,
    targets,
    unitType,
    abbreviationOffset,
    identifier,
    typeEntry,
    firstEntry: base + header.position,
    end: base + header.end,
  };
}

/** A unit: what its first entry says of all of it, and where its entries get their context. */
export class Unit {
  private abbreviationTable: AbbreviationTable | undefined;
  private rootEntry: Entry | undefined;
  private skeletonUnit: Unit | undefined;
  private isFetched = false;

  constructor(
    readonly section: EntrySection,
    /** Those of the unit's own file. */
    readonly sections: DwarfSections,
    readonly header: UnitHeader,
    private readonly readAbbreviations: () => AbbreviationTable,
    /** Of the supplementary file (DWARF 5, section 7.3.6), when there is one. */
    readonly supplementary: DwarfSections | undefined,
  ) {}

  /** Of a unit that was split from the program's file: the unit that is left there, which has its addresses. */
  get skeleton(): Unit | undefined {
    return this.skeletonUnit;
  }

  /** This unit, which was split from the program's file, together with what was left of it there. */
  belongingTo(skeleton: Unit): this {
    this.skeletonUnit = skeleton;
    return this;
  }

  get abbreviations(): AbbreviationTable {
    return (this.abbreviationTable ??= this.readAbbreviations());
  }

  /** The unit's own entry. */
  get root(): Entry {
    return (this.rootEntry ??= this.entryAt(this.header.firstEntry));
  }

  /** Walks the unit's entries from `offset` on, by default from the first. */
  reader(offset = this.header.firstEntry): EntryReader {
    const { firstEntry, end, unitOffset } = this.header;
    if (!(offset >= firstEntry && offset < end)) {
      const { name, base } = this.section;
      throw new SymbolError(`no entry of the unit at 0x${(unitOffset - base).toString(16)}`, name, offset - base);
    }
    this.fetch();
    return new EntryReader(this.section, this.abbreviations, this.header, offset, end);
  }

  /** Reads the unit's own bytes from an offset of its section on, for those that make no entries of them. */
  cursor(sectionOffset: number): ByteCursor {
    const { name, contents, base } = this.section;
    this.fetch();
    return new ByteCursor(contents, name, sectionOffset, this.header.end - base);
  }

  entryAt(offset: number): Entry {
    const reader = this.reader(offset);
    reader.advance();
    return reader.read();
  }

  /** Makes sure of the unit's bytes. */
  fetch(): void {
    if (this.isFetched) return;
    const { base } = this.section;
    this.sections.fetch('.debug_info', this.header.unitOffset - base, this.header.end - base);
    this.isFetched = true;
  }

  get isTypeUnit(): boolean {
    return this.header.typeEntry !== undefined;
  }

  /** Made to be imported by others (DWARF 5, section 3.1.1): it has no code of its own. */
  get isPartial(): boolean {
    // Before version 5 only the unit's entry says so, which has to be read for it.
    const { version, unitType } = this.header;
    return version >= 5 ? unitType === DW_UT.partial : this.root.tag === DW_TAG.partial_unit;
  }

  /** An offset in .debug_info, as expressions have it, in the numbering of entry-space.ts. */
  entryOffset(sectionOffset: number): number {
    return this.section.base + sectionOffset;
  }

  /** What a split unit is known by (DWARF 5, section 3.1.3.1). GNU's split DWARF 4 has it among the attributes. */
  get splitIdentifier(): bigint | undefined {
    const attribute = this.root.get(DW_AT.GNU_dwo_id);
    return this.header.identifier ?? (attribute?.kind === 'constant' ? attribute.value : undefined);
  }

  /** Of a skeleton: the file that the rest of the unit is in, absolute or below `directory`. */
  get splitFile(): string | undefined {
    return this.string(this.root.get(DW_AT.dwo_name) ?? this.root.get(DW_AT.GNU_dwo_name));
  }

  /** The main source file as the compiler was given it. */
  get name(): string {
    return this.string(this.root.get(DW_AT.name)) ?? this.skeleton?.name ?? '';
  }

  /** The directory that the compiler ran in: absolute, or relative to nothing known when the build was mapped so. */
  get directory(): string {
    return this.string(this.root.get(DW_AT.comp_dir)) ?? this.skeleton?.directory ?? '';
  }

  /** The compiler and its options. */
  get producer(): string {
    return this.string(this.root.get(DW_AT.producer)) ?? '';
  }

  /** DW_LANG. */
  get language(): number | undefined {
    return toNumber(this.root.get(DW_AT.language));
  }

  /**
   * Written in C or assembly: functions stand in no type, and types are named by keyword. A unit that was made for others to
   * import does not say its language; those that share so much are kernels.
   */
  get isC(): boolean {
    const { language } = this;
    return language === undefined ? this.isPartial : C_LANGUAGES.has(language);
  }

  get isRust(): boolean {
    return this.language === DW_LANG_Rust;
  }

  /** Where the unit's line number program is in .debug_line; of a split unit, in that of the program's file. */
  get lineProgram(): { readonly sections: DwarfSections; readonly offset: number } | undefined {
    const { root, sections } = this.skeleton ?? this;
    const offset = toSectionOffset(root.get(DW_AT.stmt_list));
    return offset === undefined ? undefined : { sections, offset };
  }

  /** What ranges and location lists count from, until they say otherwise. */
  get baseAddress(): Address {
    return this.skeleton?.baseAddress ?? this.address(this.root.get(DW_AT.low_pc)) ?? 0;
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
      case 'inline-string':
        return decodeText(value.bytes);
      case 'supplementary-string':
        return this.supplementary?.text('.debug_str', value.offset);
      case 'string-index': {
        const { offsetSize } = this.header;
        const at = this.stringOffsetsBase + value.index * offsetSize;
        const cursor = this.sections.cursorAt('.debug_str_offsets', at, 'an index of a string');
        return this.sections.text('.debug_str', readOffset(cursor, offsetSize));
      }
      default:
        return undefined;
    }
  }

  /** The bytes of the string that a form at the cursor stands for; empty when it is none or cannot be found. */
  stringBytes(cursor: ByteCursor, form: number): Uint8Array {
    return encoder.encode(this.string(readForm(cursor, form, this.header, 0n)) ?? '');
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

  /** An address of the unit's part of .debug_addr, which a split unit leaves in the program's file. */
  addressAt(index: number): Address {
    const { root, header, sections } = this.skeleton ?? this;
    const { addressSize, version } = header;
    const given = root.get(DW_AT.addr_base) ?? root.get(DW_AT.GNU_addr_base);
    // Without a base DWARF 5 begins behind the header of the section; GNU's table for DWARF 4 has no header.
    const base = toSectionOffset(given) ?? (version >= 5 ? 8 : 0);
    return sections.cursorAt('.debug_addr', base + index * addressSize, 'an index of an address').address(addressSize);
  }

  private get stringOffsetsBase(): number {
    const { version, offsetSize } = this.header;
    const given = toSectionOffset(this.root.get(DW_AT.str_offsets_base));
    return given ?? (version < 5 ? 0 : offsetSize === 4 ? 8 : 16);
  }
}

/** sec_offset, loclistx, and the plain data4 and data8 of DWARF 3. */
const LOCATION_LIST_FORMS: ReadonlySet<number> = new Set([0x17, 0x22, 0x06, 0x07]);

const DW_LANG_Rust = 0x1c;

/** DW_LANG of C89, C, C99, C11, C17 and assembly. */
const C_LANGUAGES: ReadonlySet<number> = new Set([0x01, 0x02, 0x0c, 0x1d, 0x2c, 0x8001]);
