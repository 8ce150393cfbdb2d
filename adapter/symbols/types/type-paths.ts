import { DW_AT, DW_TAG } from '../dwarf/constants.ts';
import type { Unit } from '../dwarf/unit.ts';

/** Units of other languages than C nest types in namespaces, and Rust its modules; deeper than this nothing is meant. */
const DEEPEST = 64;

/**
 * The namespaces and types that types of a unit stand in, as `a::b::`, by the offset of the type's entry. Made by one walk;
 * what a damaged unit hides has no path.
 */
export function typePathsOf(unit: Unit): ReadonlyMap<number, string> {
  const paths = new Map<number, string>();
  const prefixes = [''];
  const reader = unit.reader(unit.root.end);
  while (unit.root.hasChildren && reader.advance()) {
    const { abbreviation } = reader;
    if (abbreviation === undefined) {
      prefixes.pop();
      if (prefixes.length === 0) break;
      continue;
    }
    const entry = reader.read();
    const prefix = prefixes.at(-1) ?? '';
    const isType = TYPES.has(entry.tag);
    if (isType && prefix !== '') paths.set(entry.offset, prefix);
    if (!entry.hasChildren) continue;
    if ((!isType && entry.tag !== DW_TAG.namespace) || prefixes.length > DEEPEST) {
      reader.skipChildren(entry);
      continue;
    }
    prefixes.push(`${prefix}${unit.string(entry.get(DW_AT.name)) ?? '(anonymous)'}::`);
  }
  return paths;
}

const TYPES: ReadonlySet<number> = new Set([
  DW_TAG.structure_type,
  DW_TAG.class_type,
  DW_TAG.union_type,
  DW_TAG.enumeration_type,
  DW_TAG.typedef,
]);
