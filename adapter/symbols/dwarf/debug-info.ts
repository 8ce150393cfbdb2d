import { ByteCursor } from '../byte-cursor.ts';
import { recover, SymbolError } from '../symbol-error.ts';
import { AbbreviationTable } from './abbreviation.ts';
import { DW_UT } from './constants.ts';
import { SPACE_SIZE, type EntrySection, type ReferenceTargets } from './entry-space.ts';
import type { Entry } from './entry.ts';
import { readInitialLength } from './form.ts';
import type { DwarfSections } from './sections.ts';
import { readUnitHeader, Unit, type UnitHeader } from './unit.ts';

/** An entry with the unit that gives it its context. */
export interface EntryInUnit {
  readonly unit: Unit;
  readonly entry: Entry;
}

/** A section of entries and the units in it, by ascending offset. */
interface UnitSection extends EntrySection {
  readonly units: Unit[];
}

/** Bytes of a unit's header, in the 64-bit format with a signature and a type's offset. */
const LONGEST_UNIT_HEADER = 40;

/** The units of .debug_info and .debug_types, of split units and of a supplementary file. Their headers are read at first. */
export class DebugInfo {
  /** The units of the program's own file. */
  readonly units: readonly Unit[];
  /** Those of the supplementary file. */
  readonly supplementaryUnits: readonly Unit[];
  private readonly spaces: UnitSection[] = [];
  private readonly typesBySignature = new Map<bigint, number>();
  private readonly abbreviations = new Map<DwarfSections, Map<number, AbbreviationTable>>();
  private readonly supplementaryBase: number | undefined;
  private readonly split = new Map<Unit, Unit>();

  constructor(
    readonly sections: DwarfSections,
    /** Told of units that cannot be read; the others stay. */
    private readonly onError: (error: SymbolError) => void,
    /** Of the file that strings and types were moved to because several programs share them (DWARF 5, section 7.3.6). */
    private readonly supplementary?: DwarfSections,
    /** The rest of a unit of which the program's file has a skeleton (DWARF 5, section 7.3.2). */
    private readonly findSplitUnit: (skeleton: Unit, info: DebugInfo) => Unit | undefined = () => undefined,
  ) {
    // The program's own section comes first: its base is 0.
    this.supplementaryBase = supplementary === undefined ? undefined : SPACE_SIZE;
    const own = this.newSpace(sections, '.debug_info');
    this.supplementaryUnits = supplementary === undefined ? [] : this.addUnits(supplementary, '.debug_info');
    this.units = [
      ...this.fill(own, sections, () => sections, DW_UT.compile, false),
      ...this.addUnits(sections, '.debug_types'),
    ];
  }

  /**
   * Reads the headers of one more section of units, and gives them. `name` is `.debug_info`, or `.debug_types`, where
   * DWARF 4 has type units. In a package each unit has parts of the sections for itself, which `sectionsOf` tells.
   */
  addUnits(
    sections: DwarfSections,
    name: '.debug_info' | '.debug_types',
    sectionsOf: (header: UnitHeader) => DwarfSections = () => sections,
  ): readonly Unit[] {
    if (!sections.has(name)) {
      // The base that was promised to the supplementary file is its, even if it is empty.
      if (sections === this.supplementary) this.newSpace(sections, name);
      return [];
    }
    const oldUnitType = name === '.debug_types' ? DW_UT.type : DW_UT.compile;
    const space = this.newSpace(sections, name);
    return this.fill(space, sections, sectionsOf, oldUnitType, sections === this.supplementary);
  }

  /** The unit that holds an entry's offset. */
  unitAt(offset: number): Unit | undefined {
    const units = this.spaces[Math.floor(offset / SPACE_SIZE)]?.units ?? [];
    let low = 0;
    let high = units.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((units[middle]?.header.unitOffset ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    const unit = units[low - 1];
    return unit !== undefined && offset < unit.header.end ? unit : undefined;
  }

  /** The entry that a reference points to. */
  entryAt(offset: number): EntryInUnit {
    const unit = this.unitAt(offset);
    if (unit === undefined) {
      const { name, base } = this.spaces[Math.floor(offset / SPACE_SIZE)] ?? { name: '.debug_info', base: 0 };
      throw new SymbolError('a reference leads to no unit', name, offset - base);
    }
    return { unit, entry: unit.entryAt(offset) };
  }

  /** The whole of a unit: of a skeleton, the unit that was split from it if that can be found; of others, themselves. */
  wholeOf(unit: Unit): Unit {
    let whole = this.split.get(unit);
    if (whole === undefined) {
      const isSkeleton = recover(() => unit.splitFile !== undefined, false, this.onError);
      const found = isSkeleton ? recover(() => this.findSplitUnit(unit, this), undefined, this.onError) : undefined;
      this.split.set(unit, (whole = found ?? unit));
    }
    return whole;
  }

  /** Whether all units are those of the program's own file: then the same file has the same ones again. */
  get isAlone(): boolean {
    if (this.supplementary !== undefined) return false;
    // The entries of two thousand units need not be read for it: skeletons have their addresses in a table.
    const mayBeSplit = this.sections.has('.debug_addr');
    return !this.units.some(({ header }) => header.unitType === DW_UT.skeleton || (mayBeSplit && header.version < 5));
  }

  /** All units there are, split ones whole. Those that were not read yet are read for it. */
  everyUnit(): Unit[] {
    for (const unit of this.units) this.wholeOf(unit);
    return this.spaces.flatMap(({ units }) => units).filter((unit) => this.wholeOf(unit) === unit);
  }

  private newSpace(sections: DwarfSections, name: '.debug_info' | '.debug_types'): UnitSection {
    const base = this.spaces.length * SPACE_SIZE;
    const space = { name: sections.nameOf(name), contents: sections.get(name), base, units: [] };
    this.spaces.push(space);
    return space;
  }

  private fill(
    space: UnitSection,
    sections: DwarfSections,
    sectionsOf: (header: UnitHeader) => DwarfSections,
    oldUnitType: number,
    isSupplementary: boolean,
  ): readonly Unit[] {
    const { base, units } = space;
    const targets: ReferenceTargets = {
      base,
      supplementaryBase: isSupplementary ? undefined : this.supplementaryBase,
      typeOfSignature: (signature) => this.typesBySignature.get(signature),
    };
    const cursor = new ByteCursor(space.contents, space.name);
    const readNext = (): boolean => {
      if (cursor.atEnd) return false;
      const start = cursor.position;
      sections.fetch('.debug_info', start, start + LONGEST_UNIT_HEADER);
      const { offsetSize, end } = readInitialLength(cursor);
      const rest = cursor.part(cursor.position, end);
      cursor.seek(end);
      recover(
        () => {
          const header = readUnitHeader(rest, start, offsetSize, oldUnitType, targets);
          const own = sectionsOf(header);
          const abbreviations = (): AbbreviationTable => this.abbreviationsAt(own, header.abbreviationOffset);
          units.push(new Unit(space, own, header, abbreviations, this.supplementary));
          const { identifier, typeEntry } = header;
          if (identifier === undefined || typeEntry === undefined) return;
          if (!this.typesBySignature.has(identifier)) this.typesBySignature.set(identifier, typeEntry);
        },
        undefined,
        this.onError,
      );
      return true;
    };
    // A unit with a damaged length hides those behind it.
    while (recover(readNext, false, this.onError));
    return units;
  }

  private abbreviationsAt(sections: DwarfSections, offset: number): AbbreviationTable {
    let tables = this.abbreviations.get(sections);
    if (tables === undefined) this.abbreviations.set(sections, (tables = new Map<number, AbbreviationTable>()));
    let table = tables.get(offset);
    if (table === undefined) {
      table = AbbreviationTable.read(sections.cursorAt('.debug_abbrev', offset, 'a table of abbreviations'));
      tables.set(offset, table);
    }
    return table;
  }
}
