import { ByteCursor } from '../byte-cursor.ts';
import { recover, SymbolError } from '../symbol-error.ts';
import { AbbreviationTable } from './abbreviation.ts';
import type { Entry } from './entry.ts';
import { readInitialLength } from './form.ts';
import type { DwarfSections } from './sections.ts';
import { readUnitHeader, Unit } from './unit.ts';

/** An entry with the unit that gives it its context. */
export interface EntryInUnit {
  readonly unit: Unit;
  readonly entry: Entry;
}

/** The units of .debug_info. Only their headers are read at first. */
export class DebugInfo {
  readonly units: readonly Unit[];
  private readonly abbreviations = new Map<number, AbbreviationTable>();

  constructor(
    readonly sections: DwarfSections,
    /** Told of units that cannot be read; those before them stay. */
    onError: (error: SymbolError) => void,
  ) {
    const units: Unit[] = [];
    const cursor = new ByteCursor(sections.get('.debug_info'), '.debug_info');
    const readNext = (): boolean => {
      if (cursor.atEnd) return false;
      const start = cursor.position;
      const { offsetSize, end } = readInitialLength(cursor);
      const rest = cursor.part(cursor.position, end);
      cursor.seek(end);
      recover(
        () => {
          const header = readUnitHeader(rest, start, offsetSize);
          units.push(new Unit(sections, header, (offset) => this.abbreviationsAt(offset)));
        },
        undefined,
        onError,
      );
      return true;
    };
    // A unit with a damaged length hides those behind it.
    while (recover(readNext, false, onError));
    this.units = units;
  }

  /** The unit that holds an offset of .debug_info. */
  unitAt(offset: number): Unit | undefined {
    let low = 0;
    let high = this.units.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.units[middle]?.header.unitOffset ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    const unit = this.units[low - 1];
    return unit !== undefined && offset < unit.header.end ? unit : undefined;
  }

  /** The entry that a reference points to. */
  entryAt(offset: number): EntryInUnit {
    const unit = this.unitAt(offset);
    if (unit === undefined) throw new SymbolError('a reference leads to no unit', '.debug_info', offset);
    return { unit, entry: unit.entryAt(offset) };
  }

  private abbreviationsAt(offset: number): AbbreviationTable {
    let table = this.abbreviations.get(offset);
    if (table === undefined) {
      table = AbbreviationTable.read(this.sections.get('.debug_abbrev'), offset);
      this.abbreviations.set(offset, table);
    }
    return table;
  }
}
