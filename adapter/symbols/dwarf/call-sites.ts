import type { Address } from '../address.ts';
import { DW_AT, DW_TAG } from './constants.ts';
import type { Entry } from './entry.ts';
import type { Scope } from './scope.ts';
import type { Unit } from './unit.ts';

/** A call that a compiler describes so that its callee's arguments, and its frame, can be told later (DWARF 5, section 3.4). */
export interface CallSite {
  readonly unit: Unit;
  readonly entry: Entry;
  /** Behind the call, or behind the jump that takes its place. */
  readonly returnAddress: Address;
  /** It is a jump: the frame of the function that makes the call is gone by then. */
  readonly isTailCall: boolean;
}

/** The calls that functions make, those in copies inlined into them included; each function's are read once. */
export class CallSites {
  private readonly known = new WeakMap<Scope, readonly CallSite[]>();

  /** In the order of the file. Throws SymbolError. */
  of(fn: Scope): readonly CallSite[] {
    const known = this.known.get(fn);
    if (known !== undefined) return known;
    const sites = [...read(fn)];
    this.known.set(fn, sites);
    return sites;
  }

  /** The call in a function that returns to an address. Throws SymbolError. */
  returningTo(fn: Scope, address: Address): CallSite | undefined {
    return this.of(fn).find(({ returnAddress }) => returnAddress === address);
  }
}

function* read({ unit, entry }: Scope): Generator<CallSite> {
  if (!entry.hasChildren) return;
  const reader = unit.reader(entry.end);
  for (let depth = 1; depth > 0 && reader.advance();) {
    const { abbreviation } = reader;
    if (abbreviation === undefined) {
      depth--;
      continue;
    }
    if (abbreviation.hasChildren) depth++;
    const { tag } = abbreviation;
    if (tag !== DW_TAG.call_site && tag !== DW_TAG.GNU_call_site) {
      reader.skip();
      continue;
    }
    const site = reader.read();
    const returnAddress = unit.address(site.get(DW_AT.call_return_pc) ?? site.get(DW_AT.low_pc));
    if (returnAddress === undefined) continue;
    const isTailCall = site.has(DW_AT.call_tail_call) || site.has(DW_AT.GNU_tail_call);
    yield { unit, entry: site, returnAddress, isTailCall };
  }
}
