import type { Unit } from '../dwarf/unit.ts';
import { recover, type SymbolError } from '../symbol-error.ts';
import { parseMacro, type Macro } from './macro.ts';
import { readMacros } from './macro-reader.ts';

/** A place in a unit's sources. A file is told by its number in the unit's line table, under which it may have several. */
export interface MacroPlace {
  readonly isFile: (file: number) => boolean;
  /** From 1. */
  readonly line: number;
}

/** A change of a macro, by its number among all that happened in the unit. */
interface Change {
  readonly order: number;
  /** Undefined where the macro ends to be. */
  readonly macro: Macro | undefined;
}

/** A file being read, and what happened in it, in its order; `to` is when it ends. */
interface Inclusion {
  readonly file: number;
  to: number;
  readonly lines: { readonly line: number; readonly order: number }[];
}

/** The macros of a unit, by name and place: what the preprocessor would have put for a name at a line. */
export class MacroTable {
  private readonly changes = new Map<string, Change[]>();
  private readonly inclusions: Inclusion[] = [];

  private constructor() {
    // Filled by `read`.
  }

  /** Reads a unit's macros. What follows a damaged entry is missing. */
  static read(unit: Unit, onError: (error: SymbolError) => void): MacroTable {
    const table = new MacroTable();
    recover(
      () => {
        table.fill(unit);
      },
      undefined,
      onError,
    );
    return table;
  }

  get isEmpty(): boolean {
    return this.changes.size === 0;
  }

  /**
   * The macro that a name stands for at a place: where its file is included first. At the end of the unit when there is
   * no place, or the unit does not include the file.
   */
  find(name: string, place?: MacroPlace): Macro | undefined {
    const until = place === undefined ? Number.POSITIVE_INFINITY : this.orderAt(place);
    const changes = this.changes.get(name) ?? [];
    return changes.findLast(({ order }) => order < until)?.macro;
  }

  /** All macros that are defined at a place. */
  *definedAt(place?: MacroPlace): Generator<Macro> {
    for (const name of this.changes.keys()) {
      const macro = this.find(name, place);
      if (macro !== undefined) yield macro;
    }
  }

  /** How much has happened before the code of a line is read; a definition on the line itself has. */
  private orderAt({ isFile, line }: MacroPlace): number {
    const inclusion = this.inclusions.find(({ file }) => isFile(file));
    if (inclusion === undefined) return Number.POSITIVE_INFINITY;
    return inclusion.lines.find((event) => event.line > line)?.order ?? inclusion.to;
  }

  private fill(unit: Unit): void {
    const open: Inclusion[] = [];
    let order = 0;
    for (const event of readMacros(unit)) {
      order++;
      const inner = open.at(-1);
      if (event.kind === 'end-file') {
        if (inner !== undefined) inner.to = order;
        open.pop();
        continue;
      }
      inner?.lines.push({ line: event.line, order });
      if (event.kind === 'start-file') {
        const inclusion = { file: event.file, to: Number.POSITIVE_INFINITY, lines: [] };
        this.inclusions.push(inclusion);
        open.push(inclusion);
        continue;
      }
      const macro = parseMacro(event.text, inner?.file, event.line);
      if (macro === undefined) continue;
      const change = { order, macro: event.kind === 'define' ? macro : undefined };
      const changes = this.changes.get(macro.name);
      if (changes === undefined) this.changes.set(macro.name, [change]);
      else changes.push(change);
    }
  }
}
