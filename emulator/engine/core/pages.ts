// Physical pages: RAM, then the boot ROM, numbered from 0; their flags; what must be dropped when they are written.
import {
  RAM_BASE,
  RAM_LINEAR,
  RAM_PAGES,
  MROM_BASE,
  MROM_PAGES,
  PAGE_FLAGS_TABLE,
  DIRTY_LIST,
  DIRTY_COUNT,
  PAGE_DIRTY,
  PAGE_CODE,
  PAGE_TABLE,
} from '../layout';
import { beforeCodeWrite } from './decoded';
import { beforeTableWrite } from './table-guard';

export const NO_PAGE: u32 = 0xffffffff;

/** The page that holds a physical address, or NO_PAGE where there is no memory. */
export function pageOf(physical: u64): u32 {
  const ramPages = load<u32>(RAM_PAGES);
  if (physical >= <u64>RAM_BASE) {
    const index = (physical - <u64>RAM_BASE) >> 12;
    return index < <u64>ramPages ? <u32>index : NO_PAGE;
  }
  if (physical >= <u64>MROM_BASE && physical < <u64>(MROM_BASE + (MROM_PAGES << 12))) {
    return ramPages + <u32>((physical - <u64>MROM_BASE) >> 12);
  }
  return NO_PAGE;
}

export function isRom(page: u32): bool {
  return page >= load<u32>(RAM_PAGES);
}

/** Linear address of a page's first byte. */
export function linearOf(page: u32): u32 {
  return load<u32>(RAM_LINEAR) + (page << 12);
}

/** The physical address of a byte of RAM or of the boot ROM. */
export function physicalOf(linear: u32): u64 {
  const offset = linear - load<u32>(RAM_LINEAR);
  const ramBytes = load<u32>(RAM_PAGES) << 12;
  return offset < ramBytes ? <u64>offset + <u64>RAM_BASE : <u64>(offset - ramBytes) + <u64>MROM_BASE;
}

export function flagsAddress(page: u32): u32 {
  return load<u32>(PAGE_FLAGS_TABLE) + page;
}

export function flagsOf(page: u32): u32 {
  return load<u8>(flagsAddress(page));
}

export function markDirty(page: u32): void {
  const address = flagsAddress(page);
  const flags = load<u8>(address);
  if (flags & PAGE_DIRTY) return;
  store<u8>(address, flags | PAGE_DIRTY);
  const count = load<u32>(DIRTY_COUNT);
  store<u32>(load<u32>(DIRTY_LIST) + (count << 2), page);
  store<u32>(DIRTY_COUNT, count + 1);
}

/** Prepares for new bytes in [linear, linear + length), which lies in one page: marks it dirty, drops what was derived. */
export function beforeWrite(page: u32, linear: u32, length: u32): void {
  markDirty(page);
  const flags = flagsOf(page);
  if (flags & PAGE_CODE) beforeCodeWrite(page, linear & 4095, length);
  if (flags & PAGE_TABLE) beforeTableWrite(page, linear, length);
}

/** For writers outside the hart: devices, checkpoints, people. The range must lie in one page of RAM. */
export function prepareWrite(linear: u32, length: u32): void {
  beforeWrite((linear - load<u32>(RAM_LINEAR)) >> 12, linear, length);
}
