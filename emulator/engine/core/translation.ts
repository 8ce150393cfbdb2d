// Virtual-address translation: Sv39, Sv48, Sv57 with Svnapot and Svpbmt (Privileged Architecture, chapters 12 to 15).
import { SATP, MSTATUS, MENVCFG, PAGE_CODE, WALK_COUNT, WALK_ENTRIES } from '../layout';
import {
  CAUSE_FETCH_ACCESS,
  CAUSE_FETCH_PAGE,
  CAUSE_LOAD_ACCESS,
  CAUSE_LOAD_PAGE,
  CAUSE_STORE_ACCESS,
  CAUSE_STORE_PAGE,
  MACHINE,
  MSTATUS_MXR,
  MSTATUS_SUM,
  SUPERVISOR,
  USER,
  raise,
} from './state';
import { flagsOf, isRom, linearOf, markDirty, NO_PAGE, pageOf } from './pages';
import { dropDecodedSlots } from './decoded';
import { pmpAllows } from './pmp';

export const READ: u32 = 0;
export const WRITE: u32 = 1;
export const EXECUTE: u32 = 2;

export const NO_TRANSLATION: u64 = 0xffffffffffffffff;

const PTE_V: u64 = 1;
const PTE_R: u64 = 2;
const PTE_W: u64 = 4;
const PTE_X: u64 = 8;
const PTE_U: u64 = 16;
const PTE_A: u64 = 64;
const PTE_D: u64 = 128;
const PTE_RESERVED: u64 = 0x1fc0000000000000;
const PTE_PBMT: u64 = 0x6000000000000000;
const PTE_N: u64 = 0x8000000000000000;
const PPN_MASK: u64 = 0xfffffffffff;
const PHYSICAL_ADDRESS_BITS: u64 = 56;
const MENVCFG_PBMTE: u64 = 0x4000000000000000;

function pageFault(address: u64, access: u32, effects: bool): u64 {
  if (effects) raise(access == READ ? CAUSE_LOAD_PAGE : access == WRITE ? CAUSE_STORE_PAGE : CAUSE_FETCH_PAGE, address);
  return NO_TRANSLATION;
}

export function accessFault(address: u64, access: u32, effects: bool): u64 {
  if (effects) {
    raise(access == READ ? CAUSE_LOAD_ACCESS : access == WRITE ? CAUSE_STORE_ACCESS : CAUSE_FETCH_ACCESS, address);
  }
  return NO_TRANSLATION;
}

/**
 * The physical address behind `address` for `access` at `privilege`, or NO_TRANSLATION. With `effects`, A and D bits are
 * set as hardware does and a failure raises its exception; without, nothing changes (law 6) and permissions that depend on
 * who asks are not checked. The entries that were read are left in WALK_ENTRIES.
 */
export function translate(address: u64, access: u32, privilege: u32, effects: bool): u64 {
  store<u32>(WALK_COUNT, 0);
  const satp = load<u64>(SATP);
  const mode = <u32>(satp >> 60);
  if (privilege == MACHINE || mode == 0) {
    return address >> PHYSICAL_ADDRESS_BITS ? accessFault(address, access, effects) : address;
  }
  // Sv39 (mode 8) has levels 2 to 0, Sv48 3 to 0, Sv57 4 to 0.
  let level: i32 = mode - 6;
  const unused = <u64>(64 - (12 + 9 * (level + 1)));
  if (<u64>((<i64>(address << unused)) >> unused) != address) return pageFault(address, access, effects);
  let table = (satp & PPN_MASK) << 12;
  const mstatus = load<u64>(MSTATUS);
  for (; level >= 0; level--) {
    const shift = <u64>(12 + 9 * level);
    const entryAddress = table + (((address >> shift) & 511) << 3);
    const page = pageOf(entryAddress);
    if (page == NO_PAGE) return accessFault(address, access, effects);
    if (effects && !pmpAllows(entryAddress, READ, SUPERVISOR))
      return accessFault(address, access, true);
    const entryLinear = linearOf(page) + ((<u32>entryAddress) & 4095);
    const entry = load<u64>(entryLinear);
    const count = load<u32>(WALK_COUNT);
    store<u32>(WALK_ENTRIES + (count << 2), entryLinear);
    store<u32>(WALK_COUNT, count + 1);
    if (!(entry & PTE_V) || entry & PTE_RESERVED) return pageFault(address, access, effects);
    if (entry & PTE_PBMT && !(load<u64>(MENVCFG) & MENVCFG_PBMTE)) return pageFault(address, access, effects);
    const ppn = (entry >> 10) & PPN_MASK;
    if (!(entry & (PTE_R | PTE_W | PTE_X))) {
      if (entry & (PTE_D | PTE_A | PTE_U | PTE_N | PTE_PBMT)) return pageFault(address, access, effects);
      table = ppn << 12;
      continue;
    }
    if ((entry & (PTE_R | PTE_W)) == PTE_W) return pageFault(address, access, effects);
    if (effects) {
      if (entry & PTE_U) {
        if (privilege != USER && (!(mstatus & MSTATUS_SUM) || access == EXECUTE))
          return pageFault(address, access, true);
      } else if (privilege != SUPERVISOR) {
        return pageFault(address, access, true);
      }
      const allowed =
        access == READ
          ? (entry & PTE_R) != 0 || ((entry & PTE_X) != 0 && (mstatus & MSTATUS_MXR) != 0)
          : access == WRITE
            ? (entry & PTE_W) != 0
            : (entry & PTE_X) != 0;
      if (!allowed) return pageFault(address, access, true);
    }
    const low = ((<u64>1) << (<u64>(9 * level))) - 1;
    if (ppn & low) return pageFault(address, access, effects);
    const vpn = address >> 12;
    let result = ppn | (vpn & low);
    if (entry & PTE_N) {
      if (level != 0 || (ppn & 15) != 8) return pageFault(address, access, effects);
      result = (ppn & ~(<u64>15)) | (vpn & 15);
    }
    if (effects) {
      const updated = entry | PTE_A | (access == WRITE ? PTE_D : 0);
      if (updated != entry) {
        if (isRom(page)) return accessFault(address, access, true);
        if (!pmpAllows(entryAddress, WRITE, SUPERVISOR)) return accessFault(address, access, true);
        // What was derived from the entry stays true: A and D are only ever added here (law 4).
        markDirty(page);
        if (flagsOf(page) & PAGE_CODE) dropDecodedSlots(page, entryLinear & 4095, 8);
        store<u64>(entryLinear, updated);
      }
    }
    return (result << 12) | (address & 4095);
  }
  return pageFault(address, access, effects);
}
