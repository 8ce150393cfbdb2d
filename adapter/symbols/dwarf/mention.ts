import { DW_FORM } from './constants.ts';
import type { DebugInfo } from './debug-info.ts';
import type { Unit } from './unit.ts';

/**
 * The units that may hold an entry of this name: those whose bytes hold the name, or its offset among the strings. It
 * may take a number for an offset that only looks like one, but never misses a unit; it saves walking the 17 million
 * entries of a Linux kernel for a name that stands in a few of its units.
 */
export function unitsMentioning(info: DebugInfo, name: string): Unit[] {
  const text = new TextEncoder().encode(name);
  const patterns = [Uint8Array.of(...text, 0)];
  const strings = info.sections.get('.debug_str');
  for (const offset of occurrences(strings, 0, strings.length, Uint8Array.of(...text, 0))) {
    patterns.push(Uint8Array.of(offset, offset >> 8, offset >> 16, offset >>> 24));
  }
  const found = new Set<Unit>(info.units.filter((unit) => unit.header.offsetSize === 8 || hasIndexedStrings(unit)));
  const contents = info.sections.get('.debug_info');
  for (const pattern of patterns) {
    for (let from = 0; from < contents.length;) {
      const { value: at } = occurrences(contents, from, contents.length, pattern).next();
      if (at === undefined) break;
      const unit = info.unitAt(at);
      if (unit !== undefined) found.add(unit);
      from = unit?.header.end ?? at + 1;
    }
  }
  return info.units.filter((unit) => found.has(unit));
}

/** Whether names may be told by an index instead of an offset; then the unit must be looked into. */
function hasIndexedStrings(unit: Unit): boolean {
  const form = unit.root.abbreviation.attributes.find(({ form }) => INDEX_FORMS.has(form));
  return form !== undefined;
}

const INDEX_FORMS: ReadonlySet<number> = new Set([
  DW_FORM.strx,
  DW_FORM.strx1,
  DW_FORM.strx2,
  DW_FORM.strx3,
  DW_FORM.strx4,
  DW_FORM.GNU_str_index,
]);

/** The offsets at which a pattern of at least two bytes stands in [from, to). */
function* occurrences(bytes: Uint8Array, from: number, to: number, pattern: Uint8Array): Generator<number, undefined> {
  // The second byte is rarer than the first of a name and than the last of an offset, and searched by native code.
  const rare = pattern[1] ?? 0;
  for (let at = bytes.indexOf(rare, from + 1); at >= 0 && at < to; at = bytes.indexOf(rare, at + 1)) {
    const start = at - 1;
    let matched = 0;
    while (matched < pattern.length && bytes[start + matched] === pattern[matched]) matched++;
    if (matched === pattern.length) yield start;
  }
  return undefined;
}
