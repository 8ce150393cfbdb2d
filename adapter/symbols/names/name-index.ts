import type { DebugInfo, EntryInUnit } from '../dwarf/debug-info.ts';
import { DW_AT, DW_TAG } from '../dwarf/constants.ts';
import { originsOf } from '../dwarf/scope.ts';
import type { Unit } from '../dwarf/unit.ts';
import { recover, type SymbolError } from '../symbol-error.ts';
import { hashName, PairSet, StringHashes } from './name-hash.ts';
import { scanNames, type NameSink } from './name-scan.ts';

/** The columns of a name index: what is kept of it in a cache. */
export interface NameColumns {
  /** Ascending as unsigned numbers. */
  readonly hash: Uint32Array;
  /** Of the entry, in the numbering of entry-space.ts. */
  readonly offset: Float64Array;
}

/** What to look for. Types of C have names of their own by keyword: `struct list_head` is no `list_head`. */
export type NameKind = 'function' | 'variable' | 'struct' | 'union' | 'enum' | 'typedef' | 'base' | 'enumerator';

const TAGS: Record<NameKind, readonly number[]> = {
  function: [DW_TAG.subprogram],
  variable: [DW_TAG.variable, DW_TAG.constant],
  struct: [DW_TAG.structure_type, DW_TAG.class_type],
  union: [DW_TAG.union_type],
  enum: [DW_TAG.enumeration_type],
  typedef: [DW_TAG.typedef],
  base: [DW_TAG.base_type],
  enumerator: [DW_TAG.enumerator],
};

/** For those who ask for a name without knowing what it is. */
export const ALL_KINDS: readonly NameKind[] = [
  'function',
  'variable',
  'struct',
  'union',
  'enum',
  'typedef',
  'base',
  'enumerator',
];

/**
 * Where the names of a program are: all functions and variables; and of types, enumerators and mere declarations one for
 * each name and size, for a kernel's units have thousands of copies of each. Made by one walk over all units.
 */
export class NameIndex {
  constructor(
    private readonly info: DebugInfo,
    readonly columns: NameColumns,
    private readonly onError: (error: SymbolError) => void,
  ) {}

  static build(info: DebugInfo, units: Iterable<Unit>, onError: (error: SymbolError) => void): NameIndex {
    const builder = new NameBuilder();
    for (const unit of units) {
      recover(
        () => {
          scanNames(unit, builder.hashesOf(unit), builder.add);
        },
        undefined,
        onError,
      );
    }
    return new NameIndex(info, builder.finish(), onError);
  }

  /** The index that columns were of; undefined when they are of none. What an entry is called is looked at anyway. */
  static restore(
    info: DebugInfo,
    [hash, offset]: readonly [hash: Uint32Array, offset: Float64Array],
    onError: (error: SymbolError) => void,
  ): NameIndex | undefined {
    if (hash.length !== offset.length) return undefined;
    for (let at = 1; at < hash.length; at++) if ((hash[at - 1] ?? 0) > (hash[at] ?? 0)) return undefined;
    if (!offset.every((entry) => info.unitAt(entry) !== undefined)) return undefined;
    return new NameIndex(info, { hash, offset }, onError);
  }

  /**
   * The entries of a name, of the kinds asked for, in the order of the file but declarations last. `name` is the last part of a path
   * (`a::b::name`): what is around an entry is not looked at.
   */
  find(name: string, kinds: readonly NameKind[]): EntryInUnit[] {
    const tags = new Set(kinds.flatMap((kind) => TAGS[kind]));
    const { hash: hashes, offset } = this.columns;
    const bytes = new TextEncoder().encode(name);
    const wanted = hashName(bytes, 0, bytes.length) >>> 0;
    const found: EntryInUnit[] = [];
    for (let at = lowerBound(hashes, wanted); hashes[at] === wanted; at++) {
      const entry = recover(() => this.check(offset[at] ?? 0, name, tags), undefined, this.onError);
      if (entry !== undefined) found.push(entry);
    }
    const isDeclaration = ({ entry }: EntryInUnit): boolean => entry.has(DW_AT.declaration);
    return [...found.filter((each) => !isDeclaration(each)), ...found.filter(isDeclaration)];
  }

  /** The entry, if it has this name: names may share a hash, and a cache may be wrong. */
  private check(offset: number, name: string, tags: ReadonlySet<number>): EntryInUnit | undefined {
    const present = this.info.entryAt(offset);
    if (!tags.has(present.entry.tag)) return undefined;
    for (const { unit, entry } of originsOf(this.info, present.unit, present.entry)) {
      const own = unit.string(entry.get(DW_AT.name));
      if (own !== undefined) return own === name ? present : undefined;
    }
    return undefined;
  }
}

/** The first index of an ascending column whose value is not below `wanted`. */
function lowerBound(ascending: Uint32Array, wanted: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

class NameBuilder {
  private count = 0;
  private hash = new Uint32Array(256);
  private offset = new Float64Array(256);
  private readonly once = new PairSet();
  private readonly hashes = new Map<Uint8Array, StringHashes>();

  hashesOf(unit: Unit): StringHashes | undefined {
    const strings = unit.sections.get('.debug_str');
    let hashes = this.hashes.get(strings);
    if (hashes === undefined) this.hashes.set(strings, (hashes = new StringHashes(strings)));
    return hashes;
  }

  readonly add: NameSink = (hash, offset, tag, size, isDeclaration) => {
    const isEach = (tag === DW_TAG.subprogram || tag === DW_TAG.variable) && !isDeclaration;
    if (!isEach && !this.once.add(hash, (size << 9) | (isDeclaration ? 0x100 : 0) | (tag & 0xff))) return;
    if (this.count === this.hash.length) this.grow();
    this.hash[this.count] = hash;
    this.offset[this.count++] = offset;
  };

  /** Sorted by hash; names of one hash stay in the order of the file. */
  finish(): NameColumns {
    const { count, hash } = this;
    // Sorting by the first bits of the hash leaves a few names to each bucket.
    const bits = Math.max(1, Math.min(16, Math.ceil(Math.log2(count + 1)) - 2));
    const bucketOf = (at: number): number => (hash[at] ?? 0) >>> (32 - bits);
    const starts = new Uint32Array(2 ** bits + 1);
    for (let at = 0; at < count; at++) starts[bucketOf(at) + 1] = (starts[bucketOf(at) + 1] ?? 0) + 1;
    for (let bucket = 1; bucket < starts.length; bucket++) {
      starts[bucket] = (starts[bucket] ?? 0) + (starts[bucket - 1] ?? 0);
    }
    const next = starts.slice();
    const order = new Uint32Array(count);
    for (let at = 0; at < count; at++) {
      const place = next[bucketOf(at)] ?? 0;
      next[bucketOf(at)] = place + 1;
      order[place] = at;
    }
    for (let bucket = 0; bucket + 1 < starts.length; bucket++) {
      const [start = 0, end = 0] = [starts[bucket], starts[bucket + 1]];
      if (end - start > 1) order.subarray(start, end).sort((a, b) => (hash[a] ?? 0) - (hash[b] ?? 0) || a - b);
    }
    return {
      hash: Uint32Array.from(order, (at) => hash[at] ?? 0),
      offset: Float64Array.from(order, (at) => this.offset[at] ?? 0),
    };
  }

  private grow(): void {
    const [hash, offset] = [new Uint32Array(this.count * 2), new Float64Array(this.count * 2)];
    hash.set(this.hash);
    offset.set(this.offset);
    this.hash = hash;
    this.offset = offset;
  }
}
