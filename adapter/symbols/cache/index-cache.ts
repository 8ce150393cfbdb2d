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
    const restored = this.find(part, types, restore);
    if (restored !== undefined) return restored;
    const made = make();
    if (this.buildId === undefined) return made;
    const bytes = encodeColumns(this.identityOf(part), columnsOf(made));
    if (bytes !== undefined) this.cache.write(`${this.buildId}.${part}`, bytes);
    return made;
  }

  /** An index from the cache, if it is there. */
  find<T, const Types extends ColumnTypes>(
    part: string,
    types: Types,
    restore: (columns: ColumnsOf<Types>) => T | undefined,
  ): T | undefined {
    const kept = this.buildId === undefined ? undefined : this.cache.read(`${this.buildId}.${part}`);
    const columns = kept && decodeColumns(this.identityOf(part), kept, types);
    return columns && restore(columns);
  }

  private identityOf(part: string): string {
    return `${part} ${this.buildId} ${this.fingerprint}`;
  }
}
