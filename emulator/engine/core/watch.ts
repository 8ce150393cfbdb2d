// Access conditions (watchpoints). Pages they touch never enter the TLB, so that every access to them comes here.
import {
  WATCHES,
  WATCH_COUNT,
  WATCH_SIZE,
  WATCH_ADDRESS,
  WATCH_LENGTH,
  WATCH_SPACE,
  WATCH_ACCESS,
  HITS,
  HIT_COUNT,
  HIT_MAX,
  HIT_SIZE,
  HIT_WATCH,
  HIT_WRITE,
  HIT_ADDRESS,
  HIT_LENGTH,
  ACCESS_READ,
  ACCESS_WRITE,
  ACCESS_CHANGE,
  SPACE_VIRTUAL,
  LEAVE_ACCESS,
  ACCESS_PC,
  PC,
} from '../layout';
import { leaveWith } from './state';

function overlaps(watch: u32, address: u64, length: u64): bool {
  const first = load<u64>(watch + WATCH_ADDRESS);
  const last = first + load<u64>(watch + WATCH_LENGTH) - 1;
  return address <= last && first <= address + length - 1;
}

/** Does a condition lie in this page, by either of its addresses? */
export function isWatched(virtual: u64, physical: u64): bool {
  const count = load<u32>(WATCH_COUNT);
  for (let i: u32 = 0; i < count; i++) {
    const watch = WATCHES + i * WATCH_SIZE;
    const address = load<u32>(watch + WATCH_SPACE) == SPACE_VIRTUAL ? virtual : physical;
    if (overlaps(watch, address & ~(<u64>4095), 4096)) return true;
  }
  return false;
}

/** Notes the conditions that an access meets. `physical` is NO_TRANSLATION-free: the access has succeeded. */
export function noteAccess(virtual: u64, physical: u64, length: u32, write: bool, changed: bool): void {
  const count = load<u32>(WATCH_COUNT);
  for (let i: u32 = 0; i < count; i++) {
    const watch = WATCHES + i * WATCH_SIZE;
    const address = load<u32>(watch + WATCH_SPACE) == SPACE_VIRTUAL ? virtual : physical;
    if (!overlaps(watch, address, length)) continue;
    const access = load<u32>(watch + WATCH_ACCESS);
    const met = write ? access & ACCESS_WRITE || (access & ACCESS_CHANGE && changed) : access & ACCESS_READ;
    const hits = load<u32>(HIT_COUNT);
    if (!met || hits == HIT_MAX) continue;
    const hit = HITS + hits * HIT_SIZE;
    store<u32>(hit + HIT_WATCH, i);
    store<u32>(hit + HIT_WRITE, write ? 1 : 0);
    store<u64>(hit + HIT_ADDRESS, virtual);
    store<u64>(hit + HIT_LENGTH, length);
    store<u32>(HIT_COUNT, hits + 1);
    store<u64>(ACCESS_PC, load<u64>(PC));
    leaveWith(LEAVE_ACCESS);
  }
}
