// Zicbom and Zicboz (Unprivileged ISA, "CMO" chapter).
import { FAULT, FAULT_VALUE, MENVCFG, PRIVILEGE, SENVCFG } from '../layout';
import { CAUSE_ILLEGAL, CAUSE_LOAD_ACCESS, CAUSE_STORE_ACCESS, CAUSE_STORE_PAGE, MACHINE, raise, USER } from './state';
import { NO_TRANSLATION, READ, WRITE } from './translation';
import { reach, zeroBlock } from './access';

const CBIE_SHIFT: u64 = 4;
const CBCFE: u64 = 1 << 6;
const CBZE: u64 = 1 << 7;

/** Do menvcfg and, for U-mode, senvcfg allow what these bits name? */
function allowed(bits: u64): bool {
  const privilege = load<u32>(PRIVILEGE);
  if (privilege != MACHINE && !(load<u64>(MENVCFG) & bits)) return false;
  return privilege != USER || (load<u64>(SENVCFG) & bits) != 0;
}

/** `operation`: 0 clean, 1 flush, 2 inval, 3 zero. Caches are coherent, so only permission is left to check for the first three. */
export function cacheBlock(operation: u32, address: u64): void {
  const bits: u64 = operation == 3 ? CBZE : operation == 2 ? (<u64>3) << CBIE_SHIFT : CBCFE;
  if (!allowed(bits)) {
    raise(CAUSE_ILLEGAL, 0);
    return;
  }
  if (operation == 3) {
    zeroBlock(address);
    return;
  }
  // A load or a store permission suffices; a failure is reported as a store's.
  if (reach(address, 1, READ) != NO_TRANSLATION) return;
  store<u32>(FAULT, 0);
  if (reach(address, 1, WRITE) == NO_TRANSLATION) return;
}
