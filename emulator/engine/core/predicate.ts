// Predicates: what a stop condition asks of registers and memory besides, evaluated without leaving WebAssembly.
import {
  COMPARE_EQUAL,
  COMPARE_GREATER,
  COMPARE_GREATER_OR_EQUAL,
  COMPARE_LESS,
  COMPARE_LESS_OR_EQUAL,
  COMPARE_NOT_EQUAL,
  OPERATION_AND,
  OPERATION_COMPARE,
  OPERATION_COMPARE_AT,
  OPERATION_END,
  OPERATION_NOT,
  PREDICATE_ADDRESS,
  PREDICATE_COMPARISON,
  PREDICATE_MASK,
  PREDICATE_OPERATION,
  PREDICATE_SIGNED,
  PREDICATE_SIZE,
  PREDICATE_SOURCE,
  PREDICATE_VALUE,
  PREDICATE_WIDTH,
  PREDICATES,
  PRIVILEGE,
} from '../layout';
import { linearOf, NO_PAGE, pageOf } from './pages';
import { NO_TRANSLATION, READ, translate } from './translation';

/** What a person would read at a virtual address of the hart (law 6); false, with no value, where there is no memory. */
let memoryValue: u64 = 0;
function readMemory(address: u64, width: u32): bool {
  memoryValue = 0;
  const privilege = load<u32>(PRIVILEGE);
  for (let i: u32 = 0; i < width; i++) {
    const physical = translate(address + i, READ, privilege, false);
    if (physical == NO_TRANSLATION) return false;
    const page = pageOf(physical);
    if (page == NO_PAGE) return false;
    const linear = linearOf(page) + ((<u32>physical) & 4095);
    // Up to the end of the page in one go.
    if (i == 0 && ((<u32>physical) & 4095) + width <= 4096) {
      memoryValue = load<u64>(linear);
      return true;
    }
    memoryValue |= (<u64>load<u8>(linear)) << (<u64>(i << 3));
  }
  return true;
}

function extend(value: u64, width: u32, signed: bool): u64 {
  const unused = <u64>(64 - (width << 3));
  return signed ? <u64>((<i64>(value << unused)) >> unused) : (value << unused) >> unused;
}

function compare(entry: u32): bool {
  const source = load<u32>(entry + PREDICATE_SOURCE);
  const width = <u32>load<u8>(entry + PREDICATE_WIDTH);
  const isRelative = <u32>load<u8>(entry + PREDICATE_OPERATION) == OPERATION_COMPARE_AT;
  if (source && !isRelative) memoryValue = load<u64>(source);
  else {
    const base = isRelative ? load<u64>(source) : 0;
    if (!readMemory(base + load<u64>(entry + PREDICATE_ADDRESS), width)) return false;
  }
  const signed = load<u8>(entry + PREDICATE_SIGNED) != 0;
  const left = extend(memoryValue & load<u64>(entry + PREDICATE_MASK), width, signed);
  const right = load<u64>(entry + PREDICATE_VALUE);
  const less = signed ? <i64>left < <i64>right : left < right;
  switch (<u32>load<u8>(entry + PREDICATE_COMPARISON)) {
    case COMPARE_EQUAL:
      return left == right;
    case COMPARE_NOT_EQUAL:
      return left != right;
    case COMPARE_LESS:
      return less;
    case COMPARE_LESS_OR_EQUAL:
      return less || left == right;
    case COMPARE_GREATER:
      return !less && left != right;
    case COMPARE_GREATER_OR_EQUAL:
      return !less;
    default:
      return false;
  }
}

/**
 * Does predicate `number` hold now? Its operands' values are a stack of bits; x registers are where the hart's state keeps
 * them, so whoever holds them elsewhere stores them first.
 */
export function holds(number: u32): bool {
  if (number == 0) return true;
  let stack: u64 = 0;
  let entry = PREDICATES + number * PREDICATE_SIZE;
  let operation = <u32>load<u8>(entry + PREDICATE_OPERATION);
  while (operation != OPERATION_END) {
    if (operation == OPERATION_COMPARE || operation == OPERATION_COMPARE_AT)
      stack = (stack << 1) | (compare(entry) ? 1 : 0);
    else if (operation == OPERATION_NOT) stack ^= 1;
    else {
      const top = stack & 1;
      stack = stack >> 1;
      stack = operation == OPERATION_AND ? stack & (top | ~(<u64>1)) : stack | top;
    }
    entry += PREDICATE_SIZE;
    operation = <u32>load<u8>(entry + PREDICATE_OPERATION);
  }
  return (stack & 1) != 0;
}
