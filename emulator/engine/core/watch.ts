// Access conditions (watchpoints).
//
// A page that one of them touches has TLB entries whose tag carries TLB_WATCHED, so that they match no address and every
// access to the page comes to the core, as a TLB miss does: elsewhere watchpoints cost nothing. The core finds the page's
// memory by the same entry, without a page-table walk. Such entries are filled and dropped under the same rules as others,
// and all of them go when the set of conditions changes (`flushTranslations`). A region reaches the page's other bytes
// by itself: the entry says which bytes the conditions touch.
import {
  ACCESS_CHANGE,
  ACCESS_OWN_WRITE,
  ACCESS_READ,
  ACCESS_WRITE,
  DATA_TLB,
  HIT_ACCESS,
  LEAVE_ACCESS,
  LEAVE_OWN_ACCESS,
  PC,
  SPACE_VIRTUAL,
  TLB_WATCHED,
  TLB_WATCHED_FIRST,
  TLB_WATCHED_LAST,
  WATCH_ACCESS,
  WATCH_ADDRESS,
  WATCH_COUNT,
  WATCH_LENGTH,
  WATCH_SIZE,
  WATCH_SPACE,
  WATCH_WHEN,
  WATCHES,
} from '../layout';
import { lastHitWasByDevice, noteHit } from './hit';
import { holds } from './predicate';
import { counterNow, leaveWith } from './state';
import { entryOf } from './tlb';

function overlaps(watch: u32, address: u64, length: u64): bool {
  const first = load<u64>(watch + WATCH_ADDRESS);
  const last = first + load<u64>(watch + WATCH_LENGTH) - 1;
  return address <= last && first <= address + length - 1;
}

/** Fills the rest of an entry whose page and addend are there, by the conditions that touch its page. */
export function guardEntry(entry: u32, virtual: u64, physical: u64): void {
  const count = load<u32>(WATCH_COUNT);
  let first: u64 = 4096;
  let last: u64 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const watch = WATCHES + i * WATCH_SIZE;
    const address = load<u32>(watch + WATCH_SPACE) == SPACE_VIRTUAL ? virtual : physical;
    const page = address & ~(<u64>4095);
    if (!overlaps(watch, page, 4096)) continue;
    const from = load<u64>(watch + WATCH_ADDRESS);
    const to = from + load<u64>(watch + WATCH_LENGTH) - 1;
    first = min<u64>(first, from > page ? from - page : 0);
    last = max<u64>(last, min<u64>(to - page, 4095));
  }
  if (first == 4096) return;
  store<u64>(entry, load<u64>(entry) | TLB_WATCHED);
  store<u16>(entry + TLB_WATCHED_FIRST, <u16>first);
  store<u16>(entry + TLB_WATCHED_LAST, <u16>last);
}

/**
 * Linear address of an access that lies in a watched page whose entry is in the TLB (`array`: 0 or TLB_WRITE); 0 when there
 * is none, or the access crosses the page's end.
 */
export function watchedLinear(array: u32, address: u64, width: u32): u32 {
  const entry = entryOf(load<u32>(DATA_TLB), array, address);
  if (load<u64>(entry) != ((address & ~(<u64>4095)) | TLB_WATCHED)) return 0;
  if (((<u32>address) & 4095) + width > 4096) return 0;
  return load<u32>(entry + 8) + <u32>address;
}

/** Notes the conditions that an access meets. `physical` is NO_TRANSLATION-free: the access has succeeded. */
export function noteAccess(virtual: u64, physical: u64, length: u32, write: bool, changed: bool): void {
  const count = load<u32>(WATCH_COUNT);
  for (let i: u32 = 0; i < count; i++) {
    const watch = WATCHES + i * WATCH_SIZE;
    const address = load<u32>(watch + WATCH_SPACE) == SPACE_VIRTUAL ? virtual : physical;
    if (!overlaps(watch, address, length)) continue;
    const access = load<u32>(watch + WATCH_ACCESS);
    if (access & ACCESS_OWN_WRITE) {
      if (write) leaveWith(LEAVE_OWN_ACCESS);
      continue;
    }
    const met = write ? access & ACCESS_WRITE || (access & ACCESS_CHANGE && changed) : access & ACCESS_READ;
    if (!met || !holds(load<u32>(watch + WATCH_WHEN))) continue;
    if (noteHit(HIT_ACCESS, i, counterNow(), load<u64>(PC), virtual, length, write)) leaveWith(LEAVE_ACCESS);
  }
}

/** Notes that a device stores to memory that condition number `watch` is about, during the present step. */
export function noteDeviceStore(watch: u32, physical: u64, length: u32): void {
  if (!holds(load<u32>(WATCHES + watch * WATCH_SIZE + WATCH_WHEN))) return;
  const leaves = noteHit(HIT_ACCESS, watch, counterNow(), load<u64>(PC), physical, length, true);
  lastHitWasByDevice();
  if (leaves) leaveWith(LEAVE_ACCESS);
}
