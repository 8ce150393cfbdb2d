import { ByteCursor } from '../byte-cursor.ts';
import type { Contribution } from '../dwarf/sections.ts';

/** The parts that the units of a package (.dwp) have of its sections, by the units' identifiers. */
export type PackageIndex = ReadonlyMap<bigint, ReadonlyMap<string, Contribution>>;

/** Sections by their numbers in an index of DWARF 5 (section 7.3.5.3), and of GNU's version 2 for DWARF 4. */
const SECTIONS_5: readonly (string | undefined)[] = [
  undefined,
  '.debug_info',
  undefined,
  '.debug_abbrev',
  '.debug_line',
  '.debug_loclists',
  '.debug_str_offsets',
  '.debug_macro',
  '.debug_rnglists',
];
const SECTIONS_2: readonly (string | undefined)[] = [
  undefined,
  '.debug_info',
  '.debug_types',
  '.debug_abbrev',
  '.debug_line',
  '.debug_loc',
  '.debug_str_offsets',
  '.debug_macinfo',
  '.debug_macro',
];

/**
 * Reads `.debug_cu_index` or `.debug_tu_index` (DWARF 5, section 7.3.5.3): a hash table of identifiers, then a row of
 * offsets and a row of sizes for each unit.
 */
export function readPackageIndex(contents: Uint8Array, section: string): PackageIndex {
  const units = new Map<bigint, ReadonlyMap<string, Contribution>>();
  if (contents.length === 0) return units;
  const cursor = new ByteCursor(contents, section);
  // Version 5 is a half with padding behind it, version 2 a word: in little-endian order the same.
  const version = cursor.u32();
  if (version !== 2 && version !== 5) throw cursor.error(`version ${version} of an index is not known`, 0);
  const sectionCount = cursor.u32();
  const unitCount = cursor.u32();
  const slotCount = cursor.u32();
  const identifiers = cursor.position;
  const rows = identifiers + slotCount * 8;
  const names = rows + slotCount * 4;
  const offsets = names + sectionCount * 4;
  const sizes = offsets + unitCount * sectionCount * 4;
  if (sizes + unitCount * sectionCount * 4 > contents.length) {
    throw cursor.error(`${slotCount} slots and ${unitCount} units do not fit the index`, 0);
  }
  const known = version === 5 ? SECTIONS_5 : SECTIONS_2;
  const word = (offset: number): number => new ByteCursor(contents, section, offset).u32();
  for (let slot = 0; slot < slotCount; slot++) {
    const row = word(rows + slot * 4);
    if (row === 0) continue;
    if (row > unitCount) throw cursor.error(`a slot of unit ${row}, of which there are ${unitCount}`, rows + slot * 4);
    const parts = new Map<string, Contribution>();
    for (let column = 0; column < sectionCount; column++) {
      const name = known[word(names + column * 4)];
      const at = ((row - 1) * sectionCount + column) * 4;
      if (name !== undefined) parts.set(name, { offset: word(offsets + at), size: word(sizes + at) });
    }
    units.set(new ByteCursor(contents, section, identifiers + slot * 8).u64(), parts);
  }
  return units;
}
