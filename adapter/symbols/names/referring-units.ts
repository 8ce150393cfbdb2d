import type { DebugInfo, EntryInUnit } from '../dwarf/debug-info.ts';
import type { Unit } from '../dwarf/unit.ts';
import { offsetBytes, unitsHolding } from './units-holding.ts';

/**
 * The units that may refer to an entry of a partial unit: to where dwz moved it, from all the units that had a copy of it.
 * It may take a number for a reference that only looks like one, but never misses a unit; it saves walking all of them.
 */
export function unitsReferringTo(info: DebugInfo, { unit, entry }: EntryInUnit): Unit[] {
  return unitsHolding(info, [offsetBytes(entry.offset - unit.section.base)]);
}
