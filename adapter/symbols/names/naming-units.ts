import type { DebugInfo } from '../dwarf/debug-info.ts';
import type { Unit } from '../dwarf/unit.ts';
import { offsetBytes, unitsHolding } from './units-holding.ts';

/** A name that ends this many strings or more is no longer found faster than by a walk over all entries. */
const MOST_STRINGS = 6;

/**
 * The units that may have an entry of a name: those with a reference to a string that ends in it (linkers share the ends
 * of strings), or with the name itself. It may take other bytes for such a reference, but misses no unit. Undefined where
 * names are referred to in more ways than by offset: in split units, and those that share a supplementary file.
 */
export function unitsNaming(info: DebugInfo, name: string): Unit[] | undefined {
  const { sections } = info;
  if (!info.isAlone || sections.has('.debug_types') || sections.has('.debug_str_offsets')) return undefined;
  const inline = new TextEncoder().encode(`${name}\0`);
  const strings = ['.debug_str', '.debug_line_str'].flatMap((section) => sections.positionsIn(section, [inline]));
  if (strings.length > MOST_STRINGS) return undefined;
  return unitsHolding(info, [...strings.map(offsetBytes), inline]);
}
