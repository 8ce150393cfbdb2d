import type { Address } from '../address.ts';
import { RangeIndex } from '../range-index.ts';
import { recover, type SymbolError } from '../symbol-error.ts';
import type { DebugInfo } from './debug-info.ts';
import type { LineTables } from './line-tables.ts';
import { readAddressRanges } from './address-ranges.ts';
import { rangesOf } from './range-list.ts';
import type { Unit } from './unit.ts';

/** Where a program has something, and where that is code. */
export interface LoadedPlaces {
  readonly isLoaded: (address: Address) => boolean;
  readonly isCode: (address: Address) => boolean;
}

/**
 * Which unit an address belongs to, by the table of address ranges; of a unit that has no code there, by the ranges that its
 * own entry gives; and of one that gives none, by its line table.
 */
export class UnitIndex {
  private constructor(
    private readonly info: DebugInfo,
    private readonly index: RangeIndex,
  ) {}

  static build(
    info: DebugInfo,
    lines: LineTables,
    { isLoaded, isCode }: LoadedPlaces,
    onError: (error: SymbolError) => void,
  ): UnitIndex {
    const builder = RangeIndex.builder();
    const listed = readAddressRanges(info.sections, onError);
    info.units.forEach((unit, at) => {
      // Reading the entries of two thousand units for it takes longer than all else.
      const code = listed.get(unit.header.unitOffset)?.filter(({ start }) => isCode(start)) ?? [];
      for (const { start, end } of code) builder.add(start, end, at);
      if (code.length > 0) return;
      if (unit.isTypeUnit || recover(() => unit.isPartial, true, onError)) return;
      const ranges = recover(() => rangesOf(unit, unit.root), [], onError);
      const covered = ranges.length > 0 ? ranges : (lines.tableOf(unit)?.sequences ?? []);
      for (const { start, end } of covered) if (isLoaded(start)) builder.add(start, end, at);
    });
    return new UnitIndex(info, builder.build());
  }

  /** The index that columns were of; undefined when they cannot be of these units. */
  static restore(info: DebugInfo, columns: RangeIndex['columns']): UnitIndex | undefined {
    const index = RangeIndex.restore(columns, info.units.length);
    return index && new UnitIndex(info, index);
  }

  get columns(): RangeIndex['columns'] {
    return this.index.columns;
  }

  find(address: Address): Unit | undefined {
    const at = this.index.find(address);
    const unit = at === undefined ? undefined : this.info.units[at];
    return unit && this.info.wholeOf(unit);
  }

  /** The first unit with code at or above an address, and where that begins. */
  next(address: Address): { readonly start: Address; readonly unit: Unit } | undefined {
    const next = this.index.next(address);
    const unit = next === undefined ? undefined : this.info.units[next.value];
    return next === undefined || unit === undefined ? undefined : { start: next.start, unit: this.info.wholeOf(unit) };
  }
}
