import type { DebugInfo } from '../dwarf/debug-info.ts';
import type { Unit } from '../dwarf/unit.ts';

/** The units of the program's own `.debug_info` whose bytes hold any of some patterns, in the order of the file. */
export function unitsHolding(info: DebugInfo, patterns: readonly Uint8Array[]): Unit[] {
  const found = new Set<Unit>();
  for (const position of info.sections.positionsIn('.debug_info', patterns)) {
    const unit = info.unitAt(position);
    if (unit !== undefined) found.add(unit);
  }
  return [...found];
}

/** An offset as it is written where another part of the debug information refers to it: its low four bytes. */
export function offsetBytes(offset: number): Uint8Array {
  return Uint8Array.of(offset, offset >> 8, offset >> 16, offset >>> 24);
}
