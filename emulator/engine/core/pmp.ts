// Physical memory protection (Privileged Architecture, section 3.7).
import { PMPCFG, PMPADDR } from '../layout';
import { MACHINE } from './state';

export const PMP_DENIED: u32 = 0;
export const PMP_ALLOWED: u32 = 1;
/** The range is cut by a region's border: ask again for each access. */
export const PMP_PARTIAL: u32 = 2;

let active: bool = false;

/** Call after any change of pmpcfg, by a CSR write or a restored state. */
export function pmpChanged(): void {
  active = false;
  for (let i: u32 = 0; i < 16; i++) if ((load<u8>(PMPCFG + i) >> 3) & 3) active = true;
}

/** May `privilege` access [address, address + length)? `access`: 0 read, 1 write, 2 execute. */
export function pmpCheck(address: u64, length: u64, access: u32, privilege: u32): u32 {
  if (!active) return PMP_ALLOWED;
  const end = address + length;
  for (let i: u32 = 0; i < 16; i++) {
    const configuration: u32 = load<u8>(PMPCFG + i);
    const matching = (configuration >> 3) & 3;
    if (matching == 0) continue;
    const register = load<u64>(PMPADDR + (i << 3));
    let first: u64, last: u64;
    if (matching == 1) {
      first = i == 0 ? 0 : load<u64>(PMPADDR + ((i - 1) << 3)) << 2;
      if (first >= register << 2) continue;
      last = (register << 2) - 1;
    } else if (matching == 2) {
      first = register << 2;
      last = first + 3;
    } else {
      const ones = register ^ (register + 1);
      first = (register & ~ones) << 2;
      last = first | (ones << 2) | 3;
    }
    if (last < address || first >= end) continue;
    if (first > address || last < end - 1) return PMP_PARTIAL;
    if (privilege == MACHINE && !(configuration & 0x80)) return PMP_ALLOWED;
    const needed: u32 = access == 0 ? 1 : access == 1 ? 2 : 4;
    return configuration & needed ? PMP_ALLOWED : PMP_DENIED;
  }
  return privilege == MACHINE ? PMP_ALLOWED : PMP_DENIED;
}
