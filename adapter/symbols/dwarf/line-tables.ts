import type { Address } from '../address.ts';
import { joinPath } from '../source-path.ts';
import { recover, type SymbolError } from '../symbol-error.ts';
import { readLineHeader, type LineHeader } from './line-header.ts';
import { runLineProgram } from './line-program.ts';
import type { LineTable } from './line-table.ts';
import type { DwarfSections } from './sections.ts';
import type { Unit } from './unit.ts';

/** A line number program: its rows are made when they are asked for. */
interface LineProgram {
  readonly sections: DwarfSections;
  readonly header: LineHeader | undefined;
  table: LineTable | undefined;
}

/** The line tables of all units: headers and rows are read when they are first asked for, and kept. */
export class LineTables {
  private readonly programs = new Map<DwarfSections, Map<number, LineProgram>>();
  private readonly paths = new PathCache();

  constructor(
    private readonly isLoaded: (address: Address) => boolean,
    private readonly onError: (error: SymbolError) => void,
  ) {}

  /** The header alone: enough to know the unit's files. Undefined when the unit has none, or none that can be read. */
  headerOf(unit: Unit): LineHeader | undefined {
    return this.programOf(unit)?.header;
  }

  tableOf(unit: Unit): LineTable | undefined {
    const program = this.programOf(unit);
    if (program?.header === undefined) return undefined;
    const { header, sections } = program;
    program.table ??= runLineProgram(sections.get('.debug_line'), header, this.isLoaded, this.onError);
    return program.table;
  }

  private programOf(unit: Unit): LineProgram | undefined {
    const place = recover(() => unit.lineProgram, undefined, this.onError);
    if (place === undefined) return undefined;
    const { sections, offset } = place;
    let programs = this.programs.get(sections);
    if (programs === undefined) this.programs.set(sections, (programs = new Map<number, LineProgram>()));
    let program = programs.get(offset);
    if (program === undefined) {
      const header = recover(() => readLineHeader(sections, offset, unit), undefined, this.onError);
      programs.set(offset, (program = { sections, header, table: undefined }));
    }
    return program;
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
