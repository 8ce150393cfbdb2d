import type { ColumnsOf } from '../cache/columns.ts';
import type { IndexCache } from '../cache/index-cache.ts';
import type { DebugInfo, EntryInUnit } from '../dwarf/debug-info.ts';
import type { SymbolError } from '../symbol-error.ts';
import { NameIndex, type NameKind } from './name-index.ts';
import { unitsNaming } from './naming-units.ts';

/** Who asks for more names than this is served faster by an index of all. */
const MOST_SEARCHED_NAMES = 8;
/** A program of fewer units is walked in no time. */
const MANY_UNITS = 64;
/** A name in more of the units than this part is found by the index, too. */
const FEW_UNITS = 1 / 4;

const COLUMNS = ['u32', 'f64'] as const;

/**
 * The names of a program. A walk over all units for the index of all names takes seconds in a kernel, so where none was kept
 * the first few names are searched for in the units that may have them.
 */
export class ProgramNameIndex {
  private readonly searched = new Map<string, NameIndex>();
  private whole: NameIndex | undefined;

  constructor(
    private readonly info: DebugInfo,
    private readonly kept: IndexCache,
    private readonly onError: (error: SymbolError) => void,
  ) {
    this.whole = kept.find('names', COLUMNS, this.restore);
  }

  /** The entries of a name; see NameIndex.find. */
  find(name: string, kinds: readonly NameKind[]): EntryInUnit[] {
    return this.indexOf(name).find(name, kinds);
  }

  private indexOf(name: string): NameIndex {
    return this.whole ?? this.searched.get(name) ?? this.search(name) ?? this.makeWhole();
  }

  /** An index of the units that may have a name; undefined where the index of all is better. */
  private search(name: string): NameIndex | undefined {
    const { length } = this.info.units;
    if (length < MANY_UNITS || this.searched.size >= MOST_SEARCHED_NAMES) return undefined;
    const units = unitsNaming(this.info, name);
    if (units === undefined || units.length > length * FEW_UNITS) return undefined;
    const index = NameIndex.build(this.info, units, this.onError);
    this.searched.set(name, index);
    return index;
  }

  private makeWhole(): NameIndex {
    this.whole = this.kept.load(
      'names',
      COLUMNS,
      this.restore,
      () => NameIndex.build(this.info, this.info.everyUnit(), this.onError),
      ({ columns }) => [columns.hash, columns.offset],
    );
    return this.whole;
  }

  private readonly restore = (columns: ColumnsOf<typeof COLUMNS>): NameIndex | undefined =>
    NameIndex.restore(this.info, columns, this.onError);
}
