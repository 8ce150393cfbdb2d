// Physical memory protection (Privileged Architecture, section 3.7), with a granularity of 4 KiB (G = 10): a region never
// cuts a page, so what holds for an access holds for its page, and what holds for a jump holds for what follows it.
import { PMPADDR, PMPCFG } from '../layout';
import { MACHINE } from './state';

const TOP_OF_RANGE: u32 = 1;
const NATURALLY_ALIGNED_FOUR: u32 = 2;
const NATURALLY_ALIGNED: u32 = 3;
const LOCKED: u32 = 0x80;
/** Bits of pmpaddr (which counts in 4 bytes) below the granularity. */
const GRAIN: u64 = 0x3ff;
const ADDRESS_BITS: u64 = 0x3fffffffffffff;

let active: bool = false;

function configurationOf(entry: u32): u32 {
  return load<u8>(PMPCFG + entry);
}

function matchingOf(entry: u32): u32 {
  return (configurationOf(entry) >> 3) & 3;
}

/** Call after any change of pmpcfg, by a CSR write or a restored state. */
export function pmpChanged(): void {
  active = false;
  for (let entry: u32 = 0; entry < 16; entry++) if (matchingOf(entry)) active = true;
}

/** May `privilege` access the page that holds `address`? `access`: 0 read, 1 write, 2 execute. */
export function pmpAllows(address: u64, access: u32, privilege: u32): bool {
  if (!active) return true;
  const units = (address >> 2) & ~GRAIN;
  for (let entry: u32 = 0; entry < 16; entry++) {
    const matching = matchingOf(entry);
    if (matching == 0) continue;
    const register = load<u64>(PMPADDR + (entry << 3));
    if (matching == TOP_OF_RANGE) {
      const first = entry == 0 ? 0 : load<u64>(PMPADDR + ((entry - 1) << 3)) & ~GRAIN;
      if (units < first || units >= (register & ~GRAIN)) continue;
    } else {
      const ones = register | (GRAIN >> 1);
      const mask = ones ^ (ones + 1);
      if ((units & ~mask) != (ones & ~mask)) continue;
    }
    const configuration = configurationOf(entry);
    if (privilege == MACHINE && !(configuration & LOCKED)) return true;
    return (configuration & (access == 0 ? 1 : access == 1 ? 2 : 4)) != 0;
  }
  return privilege == MACHINE;
}

/** pmpaddr as it reads: bits below the granularity are ones for a naturally aligned region, else zeros. */
export function readAddress(entry: u32): u64 {
  const register = load<u64>(PMPADDR + (entry << 3));
  return matchingOf(entry) == NATURALLY_ALIGNED ? register | (GRAIN >> 1) : register & ~GRAIN;
}

export function writeAddress(entry: u32, value: u64): void {
  if (configurationOf(entry) & LOCKED) return;
  // A locked top-of-range entry locks the address below it too.
  if (entry < 15 && configurationOf(entry + 1) & LOCKED && matchingOf(entry + 1) == TOP_OF_RANGE) return;
  store<u64>(PMPADDR + (entry << 3), value & ADDRESS_BITS);
  pmpChanged();
}

/** One byte of pmpcfg. Four-byte regions are finer than the granularity and cannot be chosen: they turn the entry off. */
export function writeConfiguration(entry: u32, value: u32): void {
  if (configurationOf(entry) & LOCKED) return;
  let next = value & 0x9f;
  if (((next >> 3) & 3) == NATURALLY_ALIGNED_FOUR) next &= 0x87;
  store<u8>(PMPCFG + entry, <u8>next);
  pmpChanged();
}
