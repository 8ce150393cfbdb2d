import type { DebugInfo } from './dwarf/debug-info.ts';
import type { LineTables } from './dwarf/line-tables.ts';
import type { Unit } from './dwarf/unit.ts';
import { baseName, isAbsolute, matchPath } from './source-path.ts';

/** A source file that a unit's line table declares. */
export interface UnitFile {
  readonly unit: Unit;
  /** Into the unit's file table. */
  readonly file: number;
  readonly path: string;
}

/**
 * Which units declare which source files. Made from the line tables' headers when a file is first asked for; a unit
 * declares every header file it included, whether or not any code came from it.
 */
export class SourceIndex {
  private constructor(
    private readonly info: DebugInfo,
    private readonly lines: LineTables,
    /** By base name: unit index * FILES + file index, in a number each, for there are a million in a Linux kernel. */
    private readonly byBaseName: ReadonlyMap<string, ArrayLike<number>>,
  ) {}

  static build(info: DebugInfo, lines: LineTables): SourceIndex {
    const byBaseName = new Map<string, number[]>();
    info.units.forEach((unit, at) => {
      // A type unit has its line table from the units that use it.
      if (unit.isTypeUnit) return;
      lines.headerOf(unit)?.files.forEach((file, index) => {
        if (file === undefined || index >= FILES) return;
        const name = baseName(file.name);
        const entries = byBaseName.get(name);
        if (entries === undefined) byBaseName.set(name, [at * FILES + index]);
        else entries.push(at * FILES + index);
      });
    });
    return new SourceIndex(info, lines, byBaseName);
  }

  /** The columns that it is made of, to be kept: names, each with a zero byte behind it; counts of entries; entries. */
  get columns(): readonly [names: Uint8Array, counts: Uint32Array, entries: Float64Array] {
    const lists = [...this.byBaseName.values()];
    const entries = new Float64Array(lists.reduce((total, { length }) => total + length, 0));
    let at = 0;
    for (const list of lists) {
      entries.set(list, at);
      at += list.length;
    }
    const names = [...this.byBaseName.keys()].map((name) => `${name}\0`).join('');
    return [new TextEncoder().encode(names), Uint32Array.from(lists, ({ length }) => length), entries];
  }

  /** The index that columns were of; undefined when they cannot be of these units. */
  static restore(
    info: DebugInfo,
    lines: LineTables,
    [names, counts, entries]: SourceIndex['columns'],
  ): SourceIndex | undefined {
    const list = new TextDecoder().decode(names).split('\0');
    if (list.pop() !== '' || list.length !== counts.length) return undefined;
    const limit = info.units.length * FILES;
    if (!entries.every((entry) => Number.isSafeInteger(entry) && entry >= 0 && entry < limit)) return undefined;
    const byBaseName = new Map<string, ArrayLike<number>>();
    let at = 0;
    list.forEach((name, index) => {
      const count = counts[index] ?? 0;
      byBaseName.set(name, entries.subarray(at, at + count));
      at += count;
    });
    return at === entries.length ? new SourceIndex(info, lines, byBaseName) : undefined;
  }

  /** The paths of all files, sorted. */
  paths(): string[] {
    const paths = new Set<string>();
    for (const entries of this.byBaseName.values()) {
      for (const { path } of this.resolve(entries)) paths.add(path);
    }
    return [...paths].sort();
  }

  /**
   * The files that a path names best (see matchPath). An absolute path that agrees with several files in nothing but
   * the last name is taken for none of them.
   */
  find(path: string): UnitFile[] {
    const candidates = this.resolve(this.byBaseName.get(baseName(path)) ?? []);
    let best = 1;
    for (const candidate of candidates) best = Math.max(best, matchPath(path, candidate.path));
    const found = candidates.filter((candidate) => matchPath(path, candidate.path) === best);
    const isGuess = best === 1 && isAbsolute(path) && new Set(found.map((file) => file.path)).size > 1;
    return isGuess ? [] : found;
  }

  private resolve(entries: ArrayLike<number>): UnitFile[] {
    const files: UnitFile[] = [];
    for (const entry of Array.from(entries)) {
      const unit = this.info.units[Math.floor(entry / FILES)];
      const file = entry % FILES;
      const path = unit === undefined ? undefined : this.lines.pathOf(unit, file);
      if (unit !== undefined && path !== undefined) files.push({ unit: this.info.wholeOf(unit), file, path });
    }
    return files;
  }
}

/** More files than any unit declares. */
const FILES = 2 ** 20;
