import type { Address } from '../address.ts';
import { joinPath } from '../source-path.ts';
import { recover, type SymbolError } from '../symbol-error.ts';
import { readLineHeader, type LineHeader } from './line-header.ts';
import { runLineProgram } from './line-program.ts';
import type { LineTable } from './line-table.ts';
import type { Unit } from './unit.ts';

/** The line tables of all units: headers and rows are read when they are first asked for, and kept. */
export class LineTables {
  private readonly headers = new Map<number, LineHeader | undefined>();
  private readonly paths = new PathCache();
  private readonly tables = new Map<number, LineTable | undefined>();

  constructor(
    private readonly isLoaded: (address: Address) => boolean,
    private readonly onError: (error: SymbolError) => void,
  ) {}

  /** The header alone: enough to know the unit's files. Undefined when the unit has none, or none that can be read. */
  headerOf(unit: Unit): LineHeader | undefined {
    const offset = recover(() => unit.lineProgram, undefined, this.onError);
    if (offset === undefined) return undefined;
    if (!this.headers.has(offset)) {
      const read = (): LineHeader => readLineHeader(unit.sections, offset, unit.header.addressSize);
      this.headers.set(offset, recover(read, undefined, this.onError));
    }
    return this.headers.get(offset);
  }

  tableOf(unit: Unit): LineTable | undefined {
    const header = this.headerOf(unit);
    if (header === undefined) return undefined;
    const key = header.programStart;
    if (!this.tables.has(key)) {
      const contents = unit.sections.get('.debug_line');
      this.tables.set(key, runLineProgram(contents, header, this.isLoaded, this.onError));
    }
    return this.tables.get(key);
  }

  /** The path of a file of the unit's table, joined with its directories as far as they are known. */
  pathOf(unit: Unit, file: number): string | undefined {
    const header = this.headerOf(unit);
    const declared = header?.files[file] ?? this.tableOf(unit)?.files[file];
    if (header === undefined || declared === undefined) return undefined;
    const compilation = recover(() => unit.directory, '', this.onError);
    return this.paths.get(compilation, header.directories[declared.directoryIndex] ?? '', declared.name);
  }
}

/** Joined paths, each made once: a Linux kernel's units declare a million files, 5,000 of them different. */
class PathCache {
  private readonly known = new Map<string, Map<string, Map<string, string>>>();

  get(compilation: string, directory: string, name: string): string {
    const inCompilation = this.inner(this.known, compilation, () => new Map<string, Map<string, string>>());
    const inDirectory = this.inner(inCompilation, directory, () => new Map<string, string>());
    return this.inner(inDirectory, name, () => joinPath(compilation, joinPath(directory, name)));
  }

  private inner<T>(map: Map<string, T>, key: string, make: () => T): T {
    let value = map.get(key);
    if (value === undefined) map.set(key, (value = make()));
    return value;
  }
}
