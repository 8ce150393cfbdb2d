// The A extension (Unprivileged ISA, chapter 13).
import { RESERVATION, WATCH_COUNT } from '../layout';
import { accessFault, NO_TRANSLATION, READ, WRITE } from './translation';
import { reach } from './access';
import { beforeWrite, isRom, linearOf, NO_PAGE, pageOf } from './pages';
import { CAUSE_LOAD_MISALIGNED, CAUSE_STORE_MISALIGNED, raise } from './state';
import { noteAccess } from './watch';

const NONE: u64 = 0xffffffffffffffff;

export const SWAP: u32 = 0;
export const ADD: u32 = 1;
export const XOR: u32 = 2;
export const AND: u32 = 3;
export const OR: u32 = 4;
export const MIN: u32 = 5;
export const MAX: u32 = 6;
export const MINU: u32 = 7;
export const MAXU: u32 = 8;

function read(linear: u32, width: u32): u64 {
  return width == 8 ? load<u64>(linear) : <u64>(<i64>load<i32>(linear));
}

function write(page: u32, linear: u32, address: u64, physical: u64, width: u32, value: u64): void {
  const before = read(linear, width);
  if (!isRom(page)) {
    beforeWrite(page, linear, width);
    if (width == 8) store<u64>(linear, value);
    else store<u32>(linear, <u32>value);
  }
  if (load<u32>(WATCH_COUNT)) noteAccess(address, physical, width, true, read(linear, width) != before);
}

/** LR: the sign-extended value; reserves its physical address. */
export function loadReserved(address: u64, width: u32): u64 {
  if (address & (<u64>(width - 1))) {
    raise(CAUSE_LOAD_MISALIGNED, address);
    return 0;
  }
  const physical = reach(address, width, READ);
  if (physical == NO_TRANSLATION) return 0;
  const page = pageOf(physical);
  if (page == NO_PAGE) {
    accessFault(address, READ, true);
    return 0;
  }
  store<u64>(RESERVATION, physical);
  if (load<u32>(WATCH_COUNT)) noteAccess(address, physical, width, false, false);
  return read(linearOf(page) + ((<u32>physical) & 4095), width);
}

/** SC: 0 when it stored, 1 when the reservation was gone. */
export function storeConditional(address: u64, width: u32, value: u64): u64 {
  if (address & (<u64>(width - 1))) {
    raise(CAUSE_STORE_MISALIGNED, address);
    return 0;
  }
  const physical = reach(address, width, WRITE);
  if (physical == NO_TRANSLATION) return 0;
  const page = pageOf(physical);
  if (page == NO_PAGE) {
    accessFault(address, WRITE, true);
    return 0;
  }
  const held = load<u64>(RESERVATION) == physical;
  store<u64>(RESERVATION, NONE);
  if (!held) return 1;
  write(page, linearOf(page) + ((<u32>physical) & 4095), address, physical, width, value);
  return 0;
}

/** AMO: the old value, sign-extended. */
export function atomic(operation: u32, address: u64, width: u32, value: u64): u64 {
  if (address & (<u64>(width - 1))) {
    raise(CAUSE_STORE_MISALIGNED, address);
    return 0;
  }
  const physical = reach(address, width, WRITE);
  if (physical == NO_TRANSLATION) return 0;
  const page = pageOf(physical);
  if (page == NO_PAGE) {
    accessFault(address, WRITE, true);
    return 0;
  }
  const linear = linearOf(page) + ((<u32>physical) & 4095);
  const old = read(linear, width);
  const operand: u64 = width == 8 ? value : <u64>(<i64>(<i32>value));
  let result = operand;
  switch (operation) {
    case ADD:
      result = old + operand;
      break;
    case XOR:
      result = old ^ operand;
      break;
    case AND:
      result = old & operand;
      break;
    case OR:
      result = old | operand;
      break;
    case MIN:
      result = <i64>old < <i64>operand ? old : operand;
      break;
    case MAX:
      result = <i64>old > <i64>operand ? old : operand;
      break;
    // Sign extension keeps the unsigned order of 32-bit values.
    case MINU:
      result = old < operand ? old : operand;
      break;
    case MAXU:
      result = old > operand ? old : operand;
      break;
  }
  if (load<u32>(WATCH_COUNT)) noteAccess(address, physical, width, false, false);
  write(page, linear, address, physical, width, result);
  return old;
}
