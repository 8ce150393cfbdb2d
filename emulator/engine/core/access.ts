// Loads and stores that the inline TLB check did not answer: misses, devices, guarded pages, page-crossing accesses.
import { DEVICE_ANSWERED,
  DATA_TLB,
  PAGE_CODE,
  PAGE_DIRTY,
  PAGE_TABLE,
  TLB_WRITE,
  WATCH_COUNT,
} from '../layout';
import { dataPrivilege } from './state';
import { beforeWrite, flagsOf, isRom, linearOf, NO_PAGE, pageOf, physicalOf } from './pages';
import { accessFault, NO_TRANSLATION, READ, translate, WRITE } from './translation';
import { guardWalk } from './table-guard';
import { entryOf } from './tlb';
import { pmpAllows } from './pmp';
import { guardEntry, noteAccess, watchedLinear } from './watch';
import { isTime, storeTimer, timeNow } from './timer';
import { mmioRead, mmioWrite } from './host';

/**
 * Translates for a load or store within one page; fills the TLB where that is allowed. NO_TRANSLATION when an exception
 * was raised.
 */
export function reach(address: u64, width: u32, access: u32): u64 {
  const privilege = dataPrivilege();
  const physical = translate(address, access, privilege, true);
  if (physical == NO_TRANSLATION) return NO_TRANSLATION;
  if (!pmpAllows(physical, access, privilege)) return accessFault(address, access, true);
  const page = pageOf(physical);
  if (page == NO_PAGE) return physical;
  if (access == WRITE) {
    if (isRom(page)) return physical;
    if (flagsOf(page) & (PAGE_CODE | PAGE_TABLE)) return physical;
  }
  guardWalk(address);
  // A store marks the page dirty before its entry is filled; guarding the walk may have made this page a page table.
  if (access == WRITE) {
    beforeWrite(page, linearOf(page) + ((<u32>physical) & 4095), width);
    if ((flagsOf(page) & (PAGE_CODE | PAGE_TABLE | PAGE_DIRTY)) != PAGE_DIRTY) return physical;
  }
  const entry = entryOf(load<u32>(DATA_TLB), access == WRITE ? TLB_WRITE : 0, address);
  store<u64>(entry, address & ~(<u64>4095));
  store<u32>(entry + 8, linearOf(page) - ((<u32>address) & 0xfffff000));
  if (load<u32>(WATCH_COUNT)) guardEntry(entry, address, physical);
  return physical;
}

function loadLinear(linear: u32, width: u32): u64 {
  if (width == 8) return load<u64>(linear);
  if (width == 4) return <u64>load<u32>(linear);
  if (width == 2) return <u64>load<u16>(linear);
  return <u64>load<u8>(linear);
}

function storeLinear(linear: u32, width: u32, value: u64): void {
  if (width == 8) store<u64>(linear, value);
  else if (width == 4) store<u32>(linear, <u32>value);
  else if (width == 2) store<u16>(linear, <u16>value);
  else store<u8>(linear, <u8>value);
}

function loadPhysical(address: u64, physical: u64, width: u32): u64 {
  const page = pageOf(physical);
  if (page != NO_PAGE) return loadLinear(linearOf(page) + ((<u32>physical) & 4095), width);
  if (physical > 0xffffffff) {
    accessFault(address, READ, true);
    return 0;
  }
  if (isTime(<u32>physical, width)) return timeNow();
  store<u32>(DEVICE_ANSWERED, 1);
  const value = mmioRead(<u32>physical, width);
  if (!load<u32>(DEVICE_ANSWERED)) accessFault(address, READ, true);
  return value;
}

/** Stores. False when an exception was raised. */
function storePhysical(address: u64, physical: u64, width: u32, value: u64): bool {
  const page = pageOf(physical);
  if (page != NO_PAGE) {
    if (isRom(page)) return true;
    const linear = linearOf(page) + ((<u32>physical) & 4095);
    beforeWrite(page, linear, width);
    storeLinear(linear, width, value);
    return true;
  }
  if (physical > 0xffffffff) {
    accessFault(address, WRITE, true);
    return false;
  }
  if (storeTimer(<u32>physical, width, value)) return true;
  if (mmioWrite(<u32>physical, width, width == 8 ? value : value & (((<u64>1) << (width << 3)) - 1))) return true;
  accessFault(address, WRITE, true);
  return false;
}

/** Loads `width` bytes, zero-extended. */
export function loadSlow(address: u64, width: u32): u64 {
  const linear = load<u32>(WATCH_COUNT) ? watchedLinear(0, address, width) : 0;
  if (linear) {
    noteAccess(address, physicalOf(linear), width, false, false);
    return loadLinear(linear, width);
  }
  const inFirst: u32 = 4096 - ((<u32>address) & 4095);
  if (inFirst >= width) {
    const physical = reach(address, width, READ);
    if (physical == NO_TRANSLATION) return 0;
    const value = loadPhysical(address, physical, width);
    if (load<u32>(WATCH_COUNT)) noteAccess(address, physical, width, false, false);
    return value;
  }
  const first = reach(address, inFirst, READ);
  if (first == NO_TRANSLATION) return 0;
  const second = reach(address + inFirst, width - inFirst, READ);
  if (second == NO_TRANSLATION) return 0;
  let value: u64 = 0;
  for (let i: u32 = 0; i < width; i++) {
    const physical = i < inFirst ? first + i : second + (i - inFirst);
    value |= loadPhysical(address + i, physical, 1) << (<u64>(i << 3));
  }
  if (load<u32>(WATCH_COUNT)) {
    noteAccess(address, first, inFirst, false, false);
    noteAccess(address + inFirst, second, width - inFirst, false, false);
  }
  return value;
}

/** Stores the low `width` bytes of `value`. */
export function storeSlow(address: u64, width: u32, value: u64): void {
  const linear = load<u32>(WATCH_COUNT) ? watchedLinear(TLB_WRITE, address, width) : 0;
  if (linear) {
    const before = loadLinear(linear, width);
    storeLinear(linear, width, value);
    noteAccess(address, physicalOf(linear), width, true, loadLinear(linear, width) != before);
    return;
  }
  const inFirst: u32 = 4096 - ((<u32>address) & 4095);
  if (inFirst >= width) {
    const physical = reach(address, width, WRITE);
    if (physical == NO_TRANSLATION) return;
    const watching = load<u32>(WATCH_COUNT) != 0;
    const before = watching ? present(physical, width) : 0;
    if (storePhysical(address, physical, width, value) && watching) {
      noteAccess(address, physical, width, true, present(physical, width) != before);
    }
    return;
  }
  const first = reach(address, inFirst, WRITE);
  if (first == NO_TRANSLATION) return;
  const second = reach(address + inFirst, width - inFirst, WRITE);
  if (second == NO_TRANSLATION) return;
  let changedFirst = false;
  let changedSecond = false;
  for (let i: u32 = 0; i < width; i++) {
    const inSecond = i >= inFirst;
    const physical = inSecond ? second + (i - inFirst) : first + i;
    const before = present(physical, 1);
    if (!storePhysical(address + i, physical, 1, (value >> (<u64>(i << 3))) & 0xff)) return;
    if (present(physical, 1) != before) {
      if (inSecond) changedSecond = true;
      else changedFirst = true;
    }
  }
  if (load<u32>(WATCH_COUNT)) {
    noteAccess(address, first, inFirst, true, changedFirst);
    noteAccess(address + inFirst, second, width - inFirst, true, changedSecond);
  }
}

/** What memory holds there now; 0 where there is none. */
function present(physical: u64, width: u32): u64 {
  const page = pageOf(physical);
  return page == NO_PAGE ? 0 : loadLinear(linearOf(page) + ((<u32>physical) & 4095), width);
}

/** Zeroes the 64-byte block that holds `address` (Zicboz). */
export function zeroBlock(address: u64): void {
  const block = address & ~(<u64>63);
  const physical = reach(block, 64, WRITE);
  if (physical == NO_TRANSLATION) return;
  const watching = load<u32>(WATCH_COUNT) != 0;
  for (let i: u32 = 0; i < 64; i += 8) {
    const before = watching ? present(physical + i, 8) : 0;
    if (!storePhysical(block + i, physical + i, 8, 0)) return;
    if (watching) noteAccess(block + i, physical + i, 8, true, before != 0);
  }
}
