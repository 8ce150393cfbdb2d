import { fromAddress, type Address } from '../address.ts';
import { toSectionOffset, type AttributeValue } from './attribute-value.ts';
import { DW_AT, DW_LLE, GNU_LLE } from './constants.ts';
import { readOffset } from './form.ts';
import type { Unit } from './unit.ts';

/**
 * The expression that tells where a parameter is as the function that begins at `start` is entered. Undefined where nobody
 * says. A list may tell of the first instruction apart, by an entry without length.
 */
export function expressionOnEntry(unit: Unit, value: AttributeValue, start: Address): Uint8Array | undefined {
  return expressionFor(unit, value, { address: start, isEntry: true });
}

/**
 * The expression that tells where an object is while the pc is at `address` (DWARF 5, section 2.6): the attribute's
 * own, or that of the list it points to. Undefined where the object is nowhere.
 */
export function expressionAt(unit: Unit, value: AttributeValue, address: Address): Uint8Array | undefined {
  return expressionFor(unit, value, { address, isEntry: false });
}

interface Sought {
  readonly address: Address;
  /** An entry without length counts that is at the address. */
  readonly isEntry: boolean;
}

function expressionFor(unit: Unit, value: AttributeValue, sought: Sought): Uint8Array | undefined {
  if (value.kind === 'block') return value.bytes;
  if (unit.header.version >= 5) return inList5(unit, value, sought);
  return unit.skeleton === undefined ? inList4(unit, value, sought) : inSplitList4(unit, value, sought);
}

function isSought({ address, isEntry }: Sought, start: Address, end: Address): boolean {
  return start <= address && (address < end || (isEntry && start === end && start === address));
}

/** DWARF 2 to 4, section 2.6.2 of DWARF 4. */
function inList4(unit: Unit, value: AttributeValue, sought: Sought): Uint8Array | undefined {
  const offset = toSectionOffset(value);
  if (offset === undefined) return undefined;
  const cursor = unit.sections.cursorAt('.debug_loc', offset, 'a location list');
  const { addressSize } = unit.header;
  let base = unit.baseAddress;
  for (;;) {
    const start = cursor.address(addressSize);
    const end = cursor.address(addressSize);
    if (start === 0 && end === 0) return undefined;
    if (start === -1) {
      base = end;
      continue;
    }
    const expression = cursor.take8(cursor.u16());
    if (isSought(sought, base + start, base + end)) return expression;
  }
}

/** GNU's lists for split DWARF 4, in .debug_loc.dwo: the forerunners of DWARF 5's, with other sizes. */
function inSplitList4(unit: Unit, value: AttributeValue, sought: Sought): Uint8Array | undefined {
  const offset = toSectionOffset(value);
  if (offset === undefined) return undefined;
  const cursor = unit.sections.cursorAt('.debug_loc', offset, 'a location list');
  let base = unit.baseAddress;
  for (;;) {
    const kind = cursor.u8();
    let start: Address;
    let end: Address;
    switch (kind) {
      case GNU_LLE.end_of_list:
        return undefined;
      case GNU_LLE.base_address_selection:
        base = unit.addressAt(cursor.uleb128());
        continue;
      case GNU_LLE.start_end:
        start = unit.addressAt(cursor.uleb128());
        end = unit.addressAt(cursor.uleb128());
        break;
      case GNU_LLE.start_length:
        start = unit.addressAt(cursor.uleb128());
        end = start + cursor.u32();
        break;
      case GNU_LLE.offset_pair:
        start = base + cursor.u32();
        end = base + cursor.u32();
        break;
      default:
        throw cursor.error(`location list entry ${kind} is not known`, cursor.position - 1);
    }
    const expression = cursor.take8(cursor.u16());
    if (isSought(sought, start, end)) return expression;
  }
}

/** DWARF 5, section 7.7.3. */
function inList5(unit: Unit, value: AttributeValue, sought: Sought): Uint8Array | undefined {
  const offset = value.kind === 'list-index' ? listOffset(unit, value.index) : toSectionOffset(value);
  if (offset === undefined) return undefined;
  const cursor = unit.sections.cursorAt('.debug_loclists', offset, 'a location list');
  const { addressSize } = unit.header;
  let base = unit.baseAddress;
  let byDefault: Uint8Array | undefined;
  for (;;) {
    const kind = cursor.u8();
    let start: Address;
    let end: Address;
    switch (kind) {
      case DW_LLE.end_of_list:
        return byDefault;
      case DW_LLE.base_addressx:
        base = unit.addressAt(cursor.uleb128());
        continue;
      case DW_LLE.startx_endx:
        start = unit.addressAt(cursor.uleb128());
        end = unit.addressAt(cursor.uleb128());
        break;
      case DW_LLE.startx_length:
        start = unit.addressAt(cursor.uleb128());
        end = start + cursor.uleb128();
        break;
      case DW_LLE.offset_pair:
        start = base + cursor.uleb128();
        end = base + cursor.uleb128();
        break;
      case DW_LLE.default_location:
        byDefault = cursor.take8(cursor.uleb128());
        continue;
      case DW_LLE.base_address:
        base = cursor.address(addressSize);
        continue;
      case DW_LLE.start_end:
        start = cursor.address(addressSize);
        end = cursor.address(addressSize);
        break;
      case DW_LLE.start_length:
        start = cursor.address(addressSize);
        end = start + cursor.uleb128();
        break;
      case DW_LLE.GNU_view_pair:
        cursor.skipLeb128();
        cursor.skipLeb128();
        continue;
      default:
        throw cursor.error(`location list entry ${kind} is not known`, cursor.position - 1);
    }
    const expression = cursor.take8(cursor.uleb128());
    if (isSought(sought, start, end)) return expression;
  }
}

function listOffset(unit: Unit, index: number): number {
  const { offsetSize } = unit.header;
  const base = toSectionOffset(unit.root.get(DW_AT.loclists_base)) ?? (offsetSize === 4 ? 12 : 20);
  return (
    base +
    readOffset(unit.sections.cursorAt('.debug_loclists', base + index * offsetSize, 'a location list'), offsetSize)
  );
}

/** An address of the unit's table for an expression. */
export function indexedAddress(unit: Unit, index: number): bigint | undefined {
  const address = unit.addressAt(index);
  return Number.isNaN(address) ? undefined : fromAddress(address);
}
