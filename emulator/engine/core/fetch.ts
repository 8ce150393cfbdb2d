// Instruction fetch.
import { BREAKPOINT_COUNT, FETCH_TLB, PRIVILEGE, TLB_FETCH } from '../layout';
import { accessFault, EXECUTE, NO_TRANSLATION, translate } from './translation';
import { linearOf, NO_PAGE, pageOf } from './pages';
import { pmpAllows } from './pmp';
import { flagBreakpoints } from './breakpoint';
import { decodedPage } from './decoded';
import { guardWalk } from './table-guard';
import { entryOf } from './tlb';

/** The page that `address` is fetched from, or NO_PAGE after raising an exception. */
function fetchPage(address: u64): u32 {
  const privilege = load<u32>(PRIVILEGE);
  const physical = translate(address, EXECUTE, privilege, true);
  if (physical == NO_TRANSLATION) return NO_PAGE;
  const page = pageOf(physical);
  if (page == NO_PAGE || !pmpAllows(physical, EXECUTE, privilege)) {
    accessFault(address, EXECUTE, true);
    return NO_PAGE;
  }
  return page;
}

/** The record of the first halfword of the page that holds `address`, or 0 after raising an exception. */
export function fetch(address: u64): u32 {
  const page = fetchPage(address);
  if (page == NO_PAGE) return 0;
  const first = decodedPage(page);
  if (load<u32>(BREAKPOINT_COUNT)) flagBreakpoints(address, first);
  guardWalk(address);
  const entry = entryOf(load<u32>(FETCH_TLB), TLB_FETCH, address);
  store<u64>(entry, address & ~(<u64>4095));
  store<u32>(entry + 8, first);
  return first;
}

/** The halfword at `address`, the upper half of an instruction that began in the page before; -1 after raising. */
export function fetchUpperHalf(address: u64): i32 {
  const page = fetchPage(address);
  if (page == NO_PAGE) return -1;
  return load<u16>(linearOf(page) + ((<u32>address) & 4095));
}
