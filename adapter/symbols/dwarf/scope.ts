import type { Address, AddressRange } from '../address.ts';
import { contains } from '../address.ts';
import { RangeIndex } from '../range-index.ts';
import { recover, type SymbolError } from '../symbol-error.ts';
import { DW_AT, DW_TAG } from './constants.ts';
import type { DebugInfo } from './debug-info.ts';
import type { Entry } from './entry.ts';
import { rangesOf } from './range-list.ts';
import type { Unit } from './unit.ts';

/** A stretch of code with names of its own: a function, a copy of one inlined into another, or a block. */
export interface Scope {
  readonly kind: 'function' | 'inlined' | 'block';
  readonly unit: Unit;
  readonly entry: Entry;
  /** The scope around it; of a function that is not nested in another, undefined. */
  readonly parent: Scope | undefined;
  readonly children: readonly Scope[];
  readonly ranges: readonly AddressRange[];
  /** Where it is entered. */
  readonly start: Address;
}

/** The scopes of a unit that have code. */
export class UnitScopes {
  private readonly index: RangeIndex;

  private constructor(
    /** In the order of the file. */
    readonly functions: readonly Scope[],
    /** Names around functions (namespaces, classes), by the offset of the function's entry; only where there are. */
    readonly enclosingNames: ReadonlyMap<number, string>,
  ) {
    const builder = RangeIndex.builder();
    functions.forEach(({ ranges }, at) => {
      for (const { start, end } of ranges) builder.add(start, end, at);
    });
    this.index = builder.build();
  }

  /** Walks the unit's entries once. What follows a damaged entry is missing. */
  static read(unit: Unit, onError: (error: SymbolError) => void): UnitScopes {
    const walk = new ScopeWalk(unit);
    recover(
      () => {
        walk.run();
      },
      undefined,
      onError,
    );
    return new UnitScopes(walk.functions, walk.enclosingNames);
  }

  /** The function that holds an address; of nested ones the innermost. */
  functionAt(address: Address): Scope | undefined {
    const at = this.index.find(address);
    return at === undefined ? undefined : this.functions[at];
  }

  /** The innermost scope that holds an address. */
  innermostAt(address: Address): Scope | undefined {
    let scope = this.functionAt(address);
    for (;;) {
      const inner: Scope | undefined = scope?.children.find(
        ({ kind, ranges }) => kind !== 'function' && contains(ranges, address),
      );
      if (inner === undefined) return scope;
      scope = inner;
    }
  }
}

/** The function, not the inlined copy, that a scope is a part of. */
export function functionOf(scope: Scope): Scope {
  let outer = scope;
  while (outer.kind !== 'function' && outer.parent !== undefined) outer = outer.parent;
  return outer;
}

/** The entries that say more of an entry: those it was made from or declared by, itself first. */
export function* originsOf(info: DebugInfo, unit: Unit, entry: Entry): Generator<{ unit: Unit; entry: Entry }> {
  let present = { unit, entry };
  for (let hop = 0; hop < LONGEST_CHAIN; hop++) {
    yield present;
    const next = present.entry.get(DW_AT.abstract_origin) ?? present.entry.get(DW_AT.specification);
    if (next?.kind !== 'reference') return;
    const inSameUnit = next.offset >= present.unit.header.firstEntry && next.offset < present.unit.header.end;
    present = inSameUnit ? { unit: present.unit, entry: present.unit.entryAt(next.offset) } : info.entryAt(next.offset);
  }
}

/** A definition, its declaration, and what they were inlined from: more is a loop. */
const LONGEST_CHAIN = 8;

interface MutableScope extends Scope {
  readonly children: MutableScope[];
}

/** An entry whose children are being read. */
interface OpenEntry {
  readonly scope: MutableScope | undefined;
  /** `outer::inner::`, what the names inside begin with. */
  readonly prefix: string;
}

class ScopeWalk {
  readonly functions: MutableScope[] = [];
  readonly enclosingNames = new Map<number, string>();
  private readonly reader;
  private readonly open: OpenEntry[] = [];

  constructor(private readonly unit: Unit) {
    this.reader = unit.reader();
  }

  run(): void {
    const { reader, open } = this;
    while (reader.advance()) {
      const { abbreviation } = reader;
      if (abbreviation === undefined) {
        open.pop();
        if (open.length === 0) return;
        continue;
      }
      const { tag, hasChildren } = abbreviation;
      if (open.length === 0 && reader.offset === this.unit.header.firstEntry) {
        reader.skip();
        if (!hasChildren) return;
        open.push({ scope: undefined, prefix: '' });
      } else if (NAMING_TAGS.has(tag)) {
        this.enterNaming(tag);
      } else if (tag === DW_TAG.subprogram || tag === DW_TAG.inlined_subroutine || tag === DW_TAG.lexical_block) {
        this.enterScope(tag);
      } else if (hasChildren) {
        reader.skipChildren(reader.read());
      } else {
        reader.skip();
      }
    }
  }

  private enterNaming(tag: number): void {
    const { reader, unit, open } = this;
    const entry = reader.read();
    if (!entry.hasChildren) return;
    // In C no type holds a function.
    if (tag !== DW_TAG.namespace && unit.isC) {
      reader.skipChildren(entry);
      return;
    }
    const outer = open.at(-1);
    const name = unit.string(entry.get(DW_AT.name)) ?? (tag === DW_TAG.namespace ? '(anonymous namespace)' : '');
    open.push({ scope: outer?.scope, prefix: `${outer?.prefix ?? ''}${name}::` });
  }

  private enterScope(tag: number): void {
    const { reader, unit, open } = this;
    const entry = reader.read();
    const outer = open.at(-1);
    const prefix = outer?.prefix ?? '';
    if (tag === DW_TAG.subprogram && prefix !== '') this.enclosingNames.set(entry.offset, prefix);
    const ranges = rangesOf(unit, entry);
    const [first] = ranges;
    if (first === undefined) {
      // A block without code may still stand around blocks with some; a function without code is a declaration.
      if (tag === DW_TAG.lexical_block && entry.hasChildren) open.push({ scope: outer?.scope, prefix });
      else reader.skipChildren(entry);
      return;
    }
    const scope: MutableScope = {
      kind: tag === DW_TAG.subprogram ? 'function' : tag === DW_TAG.inlined_subroutine ? 'inlined' : 'block',
      unit,
      entry,
      parent: outer?.scope,
      children: [],
      ranges,
      start: startOf(unit, entry, first.start),
    };
    if (scope.kind === 'function') this.functions.push(scope);
    outer?.scope?.children.push(scope);
    if (entry.hasChildren) open.push({ scope, prefix });
  }
}

function startOf(unit: Unit, entry: Entry, fallback: Address): Address {
  const value = entry.get(DW_AT.entry_pc);
  // In DWARF 5 a constant counts from the start of the scope.
  const start =
    value?.kind === 'constant'
      ? fallback + Number(value.value)
      : (unit.address(value) ?? unit.address(entry.get(DW_AT.low_pc)) ?? fallback);
  return Number.isSafeInteger(start) ? start : fallback;
}

const NAMING_TAGS: ReadonlySet<number> = new Set([
  DW_TAG.namespace,
  DW_TAG.structure_type,
  DW_TAG.class_type,
  DW_TAG.union_type,
  DW_TAG.enumeration_type,
]);
