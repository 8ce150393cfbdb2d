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
  /** By base name: unit index * FILES + file index, in a number each, for there are a million in a Linux kernel. */
  private readonly byBaseName = new Map<string, number[]>();

  constructor(
    private readonly info: DebugInfo,
    private readonly lines: LineTables,
  ) {
    info.units.forEach((unit, at) => {
      // A type unit has its line table from the units that use it.
      if (unit.isTypeUnit) return;
      lines.headerOf(unit)?.files.forEach((file, index) => {
        if (file === undefined || index >= FILES) return;
        const name = baseName(file.name);
        const entries = this.byBaseName.get(name);
        if (entries === undefined) this.byBaseName.set(name, [at * FILES + index]);
        else entries.push(at * FILES + index);
      });
    });
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

  private resolve(entries: readonly number[]): UnitFile[] {
    const files: UnitFile[] = [];
    for (const entry of entries) {
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
