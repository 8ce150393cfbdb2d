import { DW_AT, DW_TAG } from '../dwarf/constants.ts';
import type { Unit } from '../dwarf/unit.ts';
import { childrenOf, type TypeReader } from './type-reader.ts';
import type { StructureType } from './type.ts';

const TAGS: ReadonlySet<number> = new Set([DW_TAG.structure_type, DW_TAG.union_type, DW_TAG.class_type]);

/** The first definition of a structure, union or class of this tag at the outermost level of one of the units. */
export function structureNamed(units: readonly Unit[], tag: string, types: TypeReader): StructureType | undefined {
  for (const unit of units) {
    for (const entry of childrenOf(unit, unit.root)) {
      if (!TAGS.has(entry.tag) || entry.has(DW_AT.declaration)) continue;
      if (unit.string(entry.get(DW_AT.name)) !== tag) continue;
      const type = types.typeAt(unit, entry);
      if (type.kind === 'structure') return type;
    }
  }
  return undefined;
}
