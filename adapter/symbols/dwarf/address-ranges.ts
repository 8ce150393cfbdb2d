import type { AddressRange } from '../address.ts';
import { recover, type SymbolError } from '../symbol-error.ts';
import { readInitialLength, readOffset } from './form.ts';
import type { DwarfSections } from './sections.ts';

const SECTION = '.debug_aranges';

/**
 * The ranges of code and data by unit, as `.debug_aranges` lists them (DWARF 5, section 6.1.2); by the unit's offset in
 * `.debug_info`. Not every compiler makes the table: a unit that is not in it may have ranges all the same. What follows a
 * damaged set is left out.
 */
export function readAddressRanges(
  sections: DwarfSections,
  onError: (error: SymbolError) => void,
): ReadonlyMap<number, readonly AddressRange[]> {
  const found = new Map<number, AddressRange[]>();
  if (!sections.has(SECTION)) return found;
  const cursor = sections.cursorAt(SECTION, 0, 'the table of address ranges');
  const readSet = (): boolean => {
    if (cursor.atEnd) return false;
    const start = cursor.position;
    const { offsetSize, end } = readInitialLength(cursor);
    const set = cursor.part(cursor.position, end);
    cursor.seek(end);
    const version = set.u16();
    if (version !== 2) throw set.error(`version ${version} of the table is not known`, start);
    const unit = readOffset(set, offsetSize);
    const addressSize = set.u8();
    const segmentSize = set.u8();
    if ((addressSize !== 4 && addressSize !== 8) || segmentSize !== 0) {
      throw set.error(`addresses of ${addressSize} bytes in segments named by ${segmentSize}`, start);
    }
    // The pairs begin at a multiple of their size from the start of the set.
    const pair = 2 * addressSize;
    set.skip((pair - ((set.position - start) % pair)) % pair);
    const ranges = found.get(unit) ?? [];
    found.set(unit, ranges);
    while (set.remaining >= pair) {
      const from = set.address(addressSize);
      const length = set.address(addressSize);
      // A pair of zeros ends the set; a linker leaves others where it has put nothing.
      if (length > 0) ranges.push({ start: from, end: from + length });
    }
    return true;
  };
  while (recover(readSet, false, onError));
  return found;
}
