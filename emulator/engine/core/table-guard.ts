// Page-table entries that translations were derived from (law 4). Each is marked, and a page with a marked entry is guarded
// (PAGE_TABLE): stores to it come to the core, and one to a marked entry drops what was derived from it. That is a range of
// virtual addresses as long as the page was met in one place of the tree of tables only, as Linux has it; else it is all.
import { PAGE_DIRTY, PAGE_TABLE, PTE_MARKS_TABLE, RAM_LINEAR, SATP, TABLE_PLACES, WALK_COUNT, WALK_ENTRIES } from '../layout';
import { flagsAddress, linearOf } from './pages';
import { dropRange, dropWrites, flushAll } from './tlb';

// The place of a table: the first virtual address that it translates, and below the page offset its level + 1. That of a root
// is ROOT and its level + 1, for addresses are sign-extended from its uppermost bit.
const LEVEL: u64 = 7;
const ROOT: u64 = 8;
const UNKNOWN: u64 = 0;
const SEVERAL: u64 = 16;

function placeAddress(page: u32): u32 {
  return load<u32>(TABLE_PLACES) + (page << 3);
}

function marksAddress(page: u32): u32 {
  return load<u32>(PTE_MARKS_TABLE) + (page << 6);
}

/** Guards the entries that the last walk read, which translated `address`: something is derived from them now. */
export function guardWalk(address: u64): void {
  const count = load<u32>(WALK_COUNT);
  if (count == 0) return;
  const root = (<u32>(load<u64>(SATP) >> 60)) - 6;
  for (let i: u32 = 0; i < count; i++) {
    const level = <u64>(root - i);
    const span = 21 + 9 * level;
    const place = (i == 0 ? ROOT : (address >> span) << span) | (level + 1);
    guardEntry(load<u32>(WALK_ENTRIES + (i << 2)), place);
  }
}

/** Guards the entry at a linear address, in a table at this place. */
function guardEntry(linear: u32, place: u64): void {
  const page = (linear - load<u32>(RAM_LINEAR)) >> 12;
  const mark = marksAddress(page) + ((linear & 4095) >> 6);
  store<u8>(mark, load<u8>(mark) | (<u8>((<u32>1) << ((linear >> 3) & 7))));
  const known = load<u64>(placeAddress(page));
  if (known != place) store<u64>(placeAddress(page), known == UNKNOWN ? place : SEVERAL);
  const flags = flagsAddress(page);
  const old = load<u8>(flags);
  if (old & PAGE_TABLE) return;
  store<u8>(flags, old | PAGE_TABLE);
  if (old & PAGE_DIRTY) dropWrites(linearOf(page));
}

/** New bytes come to [linear, linear + length) in a guarded page: drops what was derived from the entries there. */
export function beforeTableWrite(page: u32, linear: u32, length: u32): void {
  let met = false;
  const last = ((linear + length - 1) & 4095) >> 3;
  for (let entry = (linear & 4095) >> 3; entry <= last; entry++) {
    const mark = marksAddress(page) + (entry >> 3);
    const bit = <u8>((<u32>1) << (entry & 7));
    if (!(load<u8>(mark) & bit)) continue;
    store<u8>(mark, load<u8>(mark) & ~bit);
    dropDerived(load<u64>(placeAddress(page)), entry);
    met = true;
  }
  if (!met || hasMarks(page)) return;
  const flags = flagsAddress(page);
  store<u8>(flags, load<u8>(flags) & ~(<u8>PAGE_TABLE));
  store<u64>(placeAddress(page), UNKNOWN);
}

/** Drops what was derived from entry number `entry` of a table. */
function dropDerived(place: u64, entry: u32): void {
  if (place == SEVERAL) {
    flushAll();
    return;
  }
  const span = 3 + 9 * (place & LEVEL);
  let address = (place & ~(<u64>4095)) + ((<u64>entry) << span);
  if (place & ROOT) {
    const unused = 55 - span;
    address = <u64>((<i64>(address << unused)) >> unused);
  }
  dropRange(address, (<u64>1) << span);
}

function hasMarks(page: u32): bool {
  const marks = marksAddress(page);
  for (let i: u32 = 0; i < 64; i += 8) if (load<u64>(marks + i)) return true;
  return false;
}
