import type { DebugInfo, EntryInUnit } from '../dwarf/debug-info.ts';
import type { Unit } from '../dwarf/unit.ts';

/**
 * The units that may refer to an entry of a partial unit: to where dwz moved it, from all the units that had a copy of it.
 * It may take a number for a reference that only looks like one, but never misses a unit; it saves walking all of them.
 */
export function unitsReferringTo(info: DebugInfo, { unit, entry }: EntryInUnit): Unit[] {
  const offset = entry.offset - unit.section.base;
  const pattern = Uint8Array.of(offset, offset >> 8, offset >> 16, offset >>> 24);
  const [contents] = info.units.map(({ section }) => section.contents);
  for (const each of info.units) each.fetch();
  const found = new Set<Unit>();
  for (let from = 0; contents !== undefined && from < contents.length;) {
    const at = indexOf(contents, pattern, from);
    if (at === undefined) break;
    const referring = info.unitAt(at);
    if (referring !== undefined) found.add(referring);
    from = referring?.header.end ?? at + 1;
  }
  return [...found];
}

/** Where a pattern of four bytes stands, at or behind `from`. */
function indexOf(bytes: Uint8Array, pattern: Uint8Array, from: number): number | undefined {
  // The second byte of an offset is rarer than the last, and searched by native code.
  const rare = pattern[1] ?? 0;
  for (let at = bytes.indexOf(rare, from + 1); at >= 0; at = bytes.indexOf(rare, at + 1)) {
    if (pattern.every((byte, index) => bytes[at - 1 + index] === byte)) return at - 1;
  }
  return undefined;
}
