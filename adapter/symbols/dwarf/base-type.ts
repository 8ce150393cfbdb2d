import { toNumber } from './attribute-value.ts';
import { DW_AT, DW_TAG } from './constants.ts';
import type { BaseType } from './typed-value.ts';
import type { Unit } from './unit.ts';

/** The type of numbers that an expression names by its offset in a unit; undefined for one that is none. Throws SymbolError. */
export function baseTypeAt(unit: Unit, offset: number): BaseType | undefined {
  const entry = unit.entryAt(unit.header.unitOffset + offset);
  const kind = KINDS.get(toNumber(entry.get(DW_AT.encoding)) ?? 0);
  const size = toNumber(entry.get(DW_AT.byte_size));
  if (entry.tag !== DW_TAG.base_type || kind === undefined || size === undefined || size < 1) return undefined;
  return { kind, size };
}

/** By DW_ATE (DWARF 5, section 7.8). */
const KINDS: ReadonlyMap<number, BaseType['kind']> = new Map([
  [0x01, 'unsigned'],
  [0x02, 'unsigned'],
  [0x04, 'float'],
  [0x05, 'signed'],
  [0x06, 'signed'],
  [0x07, 'unsigned'],
  [0x08, 'unsigned'],
  [0x10, 'unsigned'],
]);
