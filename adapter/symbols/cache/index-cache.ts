import type { Column, ColumnsOf, ColumnTypes } from './columns.ts';
import { decodeColumns, encodeColumns } from './columns.ts';
import type { SymbolCache } from './symbol-cache.ts';

/** The indexes of one program in a cache. */
export class IndexCache {
  constructor(
    private readonly cache: SymbolCache,
    /** The program's build-id in lower-case hexadecimal, or undefined for one that is not to be cached. */
    private readonly buildId: string | undefined,
    /** What else tells the program from others: the sizes of its sections. */
    private readonly fingerprint: string,
  ) {}

  /**
   * An index from the cache, or else made and put there. `restore` looks at the columns and gives undefined when they
   * cannot be those of this program.
   */
  load<T, const Types extends ColumnTypes>(
    part: string,
    types: Types,
    restore: (columns: ColumnsOf<Types>) => T | undefined,
    make: () => T,
    columnsOf: (made: T) => readonly Column[],
  ): T {
    if (this.buildId === undefined) return make();
    const identity = `${part} ${this.buildId} ${this.fingerprint}`;
    const key = `${this.buildId}.${part}`;
    const kept = this.cache.read(key);
    const columns = kept && decodeColumns(identity, kept, types);
    const restored = columns && restore(columns);
    if (restored !== undefined) return restored;
    const made = make();
    const bytes = encodeColumns(identity, columnsOf(made));
    if (bytes !== undefined) this.cache.write(key, bytes);
    return made;
  }
}
