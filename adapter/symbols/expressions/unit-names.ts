import { DW_AT, DW_TAG } from '../dwarf/constants.ts';
import type { Entry } from '../dwarf/entry.ts';
import { originsOf } from '../dwarf/scope.ts';
import type { Unit } from '../dwarf/unit.ts';
import type { Image } from '../image.ts';
import { recover } from '../symbol-error.ts';
import { childrenOf } from '../types/type-reader.ts';

/** What a unit declares under a name, outside of functions. */
export interface Declaration {
  readonly unit: Unit;
  readonly entry: Entry;
}

/** The names that one unit declares outside of its functions, with the namespaces they are in: `core::fmt::Error`. */
export class UnitNames {
  /** By the whole path; offsets in .debug_info. */
  private readonly offsets = new Map<string, number[]>();

  constructor(
    private readonly image: Image,
    readonly unit: Unit,
  ) {
    recover(
      () => {
        this.collect(unit.root, '', 0);
      },
      undefined,
      image.onError,
    );
  }

  /** The declarations of a path, in the order of the file. */
  named(path: string): Declaration[] {
    return (this.offsets.get(path) ?? []).map((offset) => ({ unit: this.unit, entry: this.unit.entryAt(offset) }));
  }

  /** All paths, each once. */
  paths(): IterableIterator<string> {
    return this.offsets.keys();
  }

  private collect(parent: Entry, prefix: string, depth: number): void {
    if (depth > DEEPEST) return;
    for (const entry of childrenOf(this.unit, parent)) {
      const { tag } = entry;
      if (!DECLARING.has(tag)) continue;
      const name = this.nameOf(entry);
      if (name !== undefined && tag !== DW_TAG.namespace) this.add(prefix + name, entry.offset);
      if (tag === DW_TAG.namespace) this.collect(entry, `${prefix}${name ?? '(anonymous namespace)'}::`, depth + 1);
      else if (tag === DW_TAG.enumeration_type) this.collectEnumerators(entry, prefix, name);
      else if (TYPES.has(tag) && !this.unit.isC) this.collect(entry, `${prefix}${name ?? ''}::`, depth + 1);
    }
  }

  private collectEnumerators(enumeration: Entry, prefix: string, name: string | undefined): void {
    for (const entry of childrenOf(this.unit, enumeration)) {
      const enumerator = entry.tag === DW_TAG.enumerator ? this.unit.string(entry.get(DW_AT.name)) : undefined;
      if (enumerator === undefined) continue;
      // Of C's enumerators the names stand alone; in Rust and in C++'s classes behind that of the enumeration.
      this.add(this.unit.isC ? enumerator : `${prefix}${name ?? ''}::${enumerator}`, enumeration.offset);
    }
  }

  private add(path: string, offset: number): void {
    const known = this.offsets.get(path);
    if (known === undefined) this.offsets.set(path, [offset]);
    else known.push(offset);
  }

  /** A definition may leave its name to the declaration it completes. */
  private nameOf(entry: Entry): string | undefined {
    const own = this.unit.string(entry.get(DW_AT.name));
    if (own !== undefined || !entry.has(DW_AT.specification)) return own;
    for (const origin of originsOf(this.image.info, this.unit, entry)) {
      const name = origin.unit.string(origin.entry.get(DW_AT.name));
      if (name !== undefined) return name;
    }
    return undefined;
  }
}

const DEEPEST = 32;

const TYPES: ReadonlySet<number> = new Set([DW_TAG.structure_type, DW_TAG.class_type, DW_TAG.union_type]);

const DECLARING: ReadonlySet<number> = new Set([
  ...TYPES,
  DW_TAG.enumeration_type,
  DW_TAG.typedef,
  DW_TAG.base_type,
  DW_TAG.variable,
  DW_TAG.subprogram,
  DW_TAG.namespace,
]);
