import type { Address, AddressRange } from '../address.ts';
import { toNumber, toSectionOffset, type AttributeValue } from './attribute-value.ts';
import { DW_AT, DW_RLE } from './constants.ts';
import type { Entry } from './entry.ts';
import { readOffset } from './form.ts';
import type { Unit } from './unit.ts';

/** The addresses that an entry covers: DW_AT_low_pc with DW_AT_high_pc, or DW_AT_ranges (DWARF 5, section 2.17). */
export function rangesOf(unit: Unit, entry: Entry): AddressRange[] {
  const ranges = entry.get(DW_AT.ranges);
  if (ranges !== undefined) return readRangeList(unit, ranges);
  const start = unit.address(entry.get(DW_AT.low_pc));
  const high = entry.get(DW_AT.high_pc);
  if (start === undefined || high === undefined) return [];
  const end = high.kind === 'constant' ? start + (toNumber(high) ?? 0) : unit.address(high);
  return end !== undefined && start < end ? [{ start, end }] : [];
}

function readRangeList(unit: Unit, value: AttributeValue): AddressRange[] {
  if (unit.header.version >= 5) return readRangeList5(unit, value);
  const offset = toSectionOffset(value);
  if (offset === undefined) return [];
  const { skeleton } = unit;
  if (skeleton === undefined) return readRangeList4(unit, offset);
  // GNU's split DWARF 4 leaves the ranges in the program's file, in a part that the skeleton names.
  return readRangeList4(skeleton, offset + (toSectionOffset(skeleton.root.get(DW_AT.GNU_ranges_base)) ?? 0));
}

/** DWARF 2 to 4, section 2.17.3 of DWARF 4: pairs of addresses until a pair of zeros. */
function readRangeList4(unit: Unit, offset: number): AddressRange[] {
  const { addressSize } = unit.header;
  const cursor = unit.sections.cursorAt('.debug_ranges', offset, 'a range list');
  const ranges: AddressRange[] = [];
  let base = unit.baseAddress;
  for (;;) {
    const start = cursor.address(addressSize);
    const end = cursor.address(addressSize);
    if (start === 0 && end === 0) return ranges;
    // The greatest address, which is -1 here, chooses a new base.
    if (start === -1) base = end;
    else if (base + start < base + end) ranges.push({ start: base + start, end: base + end });
  }
}

/** DWARF 5, section 2.17.3 and 7.25. */
function readRangeList5(unit: Unit, value: AttributeValue): AddressRange[] {
  const offset = value.kind === 'list-index' ? listOffset(unit, value.index) : toSectionOffset(value);
  if (offset === undefined) return [];
  const { addressSize } = unit.header;
  const cursor = unit.sections.cursorAt('.debug_rnglists', offset, 'a range list');
  const ranges: AddressRange[] = [];
  let base = unit.baseAddress;
  const add = (start: Address, end: Address): void => {
    if (start < end) ranges.push({ start, end });
  };
  for (;;) {
    const kind = cursor.u8();
    switch (kind) {
      case DW_RLE.end_of_list:
        return ranges;
      case DW_RLE.base_addressx:
        base = unit.addressAt(cursor.uleb128());
        break;
      case DW_RLE.startx_endx:
        add(unit.addressAt(cursor.uleb128()), unit.addressAt(cursor.uleb128()));
        break;
      case DW_RLE.startx_length: {
        const start = unit.addressAt(cursor.uleb128());
        add(start, start + cursor.uleb128());
        break;
      }
      case DW_RLE.offset_pair: {
        const start = base + cursor.uleb128();
        add(start, base + cursor.uleb128());
        break;
      }
      case DW_RLE.base_address:
        base = cursor.address(addressSize);
        break;
      case DW_RLE.start_end: {
        const start = cursor.address(addressSize);
        add(start, cursor.address(addressSize));
        break;
      }
      case DW_RLE.start_length: {
        const start = cursor.address(addressSize);
        add(start, start + cursor.uleb128());
        break;
      }
      default:
        throw cursor.error(`range list entry ${kind} is not known`, cursor.position - 1);
    }
  }
}

/** Where list `index` of the unit's table begins (section 7.28). */
function listOffset(unit: Unit, index: number): number {
  const { offsetSize } = unit.header;
  const base = toSectionOffset(unit.root.get(DW_AT.rnglists_base)) ?? (offsetSize === 4 ? 12 : 20);
  return (
    base + readOffset(unit.sections.cursorAt('.debug_rnglists', base + index * offsetSize, 'a range list'), offsetSize)
  );
}
