import type { Address } from '../address.ts';
import type { CallSite, CallSites } from '../dwarf/call-sites.ts';
import { DW_AT } from '../dwarf/constants.ts';
import type { DebugInfo } from '../dwarf/debug-info.ts';
import { rangesOf } from '../dwarf/range-list.ts';
import { functionOf, originsOf, type Scope } from '../dwarf/scope.ts';
import type { ElfSymbol, SymbolTable } from '../elf/symbol-table.ts';

/** Calls that are looked at for the ways from one function to another. */
const MOST_CALLS = 4096;
/** Functions that are looked at for a way back to one. */
const MOST_FUNCTIONS = 32;
/** Tail calls behind each other. */
const LONGEST_WAY = 64;

/** What is asked of a program's image. */
interface DescribedCode {
  readonly info: DebugInfo;
  readonly symbols: SymbolTable;
  readonly callSites: CallSites;
  scopeAt(address: Address): Scope | undefined;
  functionAt(address: Address): Scope | undefined;
  codeSymbolAt(address: Address): ElfSymbol | undefined;
}

/** The tail calls on a way, from the outermost in. */
type Way = readonly CallSite[];

/** What all ways found so far have in common: as many of the first calls, and of the last, of one of them. */
interface Common {
  readonly way: Way;
  readonly first: number;
  readonly last: number;
}

/**
 * Functions whose frames are gone because they ended by calling another. Where they were can be told when the calls that the
 * compiler describes leave only one way from the caller that is still there to the function that runs, or all ways have a part in
 * common. These are gdb's conditions: where a call on some way goes to is not known, nothing is told.
 */
export class TailCalls {
  private readonly known = new Map<string, readonly Address[]>();
  private readonly knownToComeBack = new Map<Address, boolean>();

  constructor(private readonly image: DescribedCode) {}

  /**
   * Where the frames would stand between that of a call, which returns to `returnAddress`, and that of the function at `callee`: the
   * addresses behind the tail calls, the innermost first. Throws SymbolError.
   */
  between(returnAddress: Address, callee: Address): readonly Address[] {
    const start = this.startOf(callee);
    if (start === undefined) return [];
    const key = `${returnAddress} ${start}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const found = this.search(returnAddress, start);
    this.known.set(key, found);
    return found;
  }

  /**
   * Whether the function that begins at an address may have come to its beginning again by tail calls, its own or those of
   * functions that it ended by calling: what it was passed then is another matter than what its caller passed. Calls are
   * followed as far as they are told. Throws SymbolError.
   */
  mayComeBackTo(start: Address): boolean {
    const known = this.knownToComeBack.get(start);
    if (known !== undefined) return known;
    const reached = new Set<Address>([start]);
    let comesBack = false;
    for (const fn of reached) {
      const targets = (this.of(fn) ?? []).map((site) => this.targetOf(site));
      comesBack ||= targets.includes(start);
      if (comesBack || reached.size > MOST_FUNCTIONS) break;
      for (const target of targets) if (target !== undefined) reached.add(target);
    }
    this.knownToComeBack.set(start, comesBack);
    return comesBack;
  }

  private search(returnAddress: Address, callee: Address): readonly Address[] {
    const caller = this.image.scopeAt(returnAddress - 1);
    const site = caller && this.image.callSites.returningTo(functionOf(caller), returnAddress);
    if (site === undefined) return [];
    const common = new WaysBetween(this, callee).from(site);
    if (common === undefined) return [];
    const { way, first, last } = common;
    // The only way has all its calls in common with itself, at either end.
    const told =
      first === way.length && last === way.length ? way : [...way.slice(0, first), ...way.slice(way.length - last)];
    return told.map((one) => one.returnAddress).reverse();
  }

  /** The tail calls of the function that begins at an address; undefined when nothing describes one that does. */
  of(start: Address): readonly CallSite[] | undefined {
    const scope = this.image.scopeAt(start);
    const fn = scope && functionOf(scope);
    if (fn?.start !== start) return undefined;
    return this.tellsAll(fn) ? this.image.callSites.of(fn).filter(({ isTailCall }) => isTailCall) : [];
  }

  /** Where a call goes; undefined where that is computed as it is made, or not told. */
  targetOf({ entry }: CallSite): Address | undefined {
    if (entry.has(DW_AT.call_target) || entry.has(DW_AT.GNU_call_site_target)) return undefined;
    const origin = entry.get(DW_AT.call_origin) ?? entry.get(DW_AT.abstract_origin);
    if (origin?.kind !== 'reference') return undefined;
    const called = this.image.info.entryAt(origin.offset);
    if (!called.entry.has(DW_AT.declaration)) {
      const starts = rangesOf(called.unit, called.entry).map(({ start }) => start);
      return starts.length === 0 ? undefined : Math.min(...starts);
    }
    const { unit } = called;
    const name = unit.string(called.entry.get(DW_AT.linkage_name)) ?? unit.string(called.entry.get(DW_AT.name));
    const symbols = name === undefined ? [] : this.image.symbols.named(name);
    return (symbols.find(({ binding }) => binding !== 'local') ?? symbols[0])?.address;
  }

  private startOf(address: Address): Address | undefined {
    return this.image.functionAt(address)?.start ?? this.image.codeSymbolAt(address)?.address;
  }

  private tellsAll({ unit, entry }: Scope): boolean {
    for (const origin of originsOf(this.image.info, unit, entry)) {
      if (COMPLETE.some((attribute) => origin.entry.has(attribute))) return true;
    }
    return false;
  }
}

/** A function that has one of these describes all its tail calls. */
const COMPLETE = [
  DW_AT.call_all_calls,
  DW_AT.call_all_tail_calls,
  DW_AT.GNU_all_call_sites,
  DW_AT.GNU_all_tail_call_sites,
] as const;

/** A search through all ways by tail calls to the function that begins at an address, without going through any call twice. */
class WaysBetween {
  private readonly way: CallSite[] = [];
  private common: Common | undefined;
  private looked = 0;

  constructor(
    private readonly calls: TailCalls,
    private readonly callee: Address,
  ) {}

  /** Undefined when there is no way, they have nothing in common, or not all are known. */
  from(site: CallSite): Common | undefined {
    return this.follow(site) ? this.common : undefined;
  }

  /** Whether the ways that begin with a call are all known, and have something in common with those before. */
  private follow(site: CallSite): boolean {
    const target = this.calls.targetOf(site);
    if (target === undefined) return false;
    if (target === this.callee) {
      this.common = this.common === undefined ? alone(this.way) : inCommon(this.common, this.way);
      return this.common !== undefined;
    }
    const further = this.calls.of(target);
    if (further === undefined || this.way.length >= LONGEST_WAY) return false;
    for (const next of further) {
      if (this.way.includes(next)) continue;
      if (++this.looked > MOST_CALLS) return false;
      this.way.push(next);
      if (!this.follow(next)) return false;
      this.way.pop();
    }
    return true;
  }
}

function alone(way: Way): Common {
  return { way: [...way], first: way.length, last: way.length };
}

/** What is left in common when there is another way; undefined for nothing. */
function inCommon({ way, first, last }: Common, other: Way): Common | undefined {
  const most = Math.min(way.length, other.length);
  let before = 0;
  while (before < Math.min(first, most) && way[before] === other[before]) before++;
  let behind = 0;
  while (behind < Math.min(last, most) && way.at(-1 - behind) === other.at(-1 - behind)) behind++;
  return before + behind === 0 ? undefined : { way, first: before, last: behind };
}
