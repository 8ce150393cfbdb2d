// Instruction conditions (breakpoints). Records at an offset where one may lie carry RECORD_BREAK and come here.
import { BREAKPOINT_COUNT, BREAKPOINTS, SKIP_COUNTER, SLICE_END } from '../layout';

/** 1 when a breakpoint lies at `address`. `remaining` counts the step that is about to be taken. */
export function onBreakpoint(address: u64, remaining: u32): i32 {
  if (load<u64>(SLICE_END) - <u64>remaining == load<u64>(SKIP_COUNTER)) return 0;
  let low: u32 = 0;
  let high = load<u32>(BREAKPOINT_COUNT);
  while (low < high) {
    const middle = (low + high) >> 1;
    const value = load<u64>(BREAKPOINTS + (middle << 3));
    if (value == address) return 1;
    if (value < address) low = middle + 1;
    else high = middle;
  }
  return 0;
}
