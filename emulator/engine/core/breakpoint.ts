// Instruction conditions (breakpoints): virtual addresses, in any address space.
//
// A decoded record carries RECORD_BREAK when its page was fetched through a virtual page that has a breakpoint at its offset,
// and only then: elsewhere breakpoints cost nothing. Whoever executes a flagged record asks `onBreakpoint` first, which
// knows the virtual address. Flags come into being in `fetch` alone, and vanish together in `breakpointsChanged`, which
// also drops every pointer that `fetch` has given out, so that pages are fetched, and flagged, anew. Decoding a record, or
// dropping it, keeps its flag.
//
// The translator ends a region before a flagged record and leaves that instruction to the interpreter. A new flag drops the
// regions that hold the record; a flag that goes drops all of its page.
import {
  BREAKPOINT_COUNT,
  BREAKPOINT_DETAILS,
  BREAKPOINTS,
  DECODED_COUNT,
  DECODED_ENTRIES,
  DECODED_HEADER,
  DECODED_POOL,
  DECODED_STRIDE,
  FLAGGED,
  FLAGGED_COUNT,
  FLAGGED_MAX,
  HIT_INSTRUCTION,
  RECORD_BREAK,
  RECORD_HANDLER,
  RECORD_SIZE,
  SKIP_COUNTER,
  SLICE_END,
} from '../layout';
import { isTranslated } from './decoded';
import { dropRegions } from './host';
import { noteHit } from './hit';
import { holds } from './predicate';
import { flushFetch } from './tlb';

/** The first of the sorted breakpoints at or after an address. */
function firstFrom(address: u64): u32 {
  let low: u32 = 0;
  let high = load<u32>(BREAKPOINT_COUNT);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<u64>(BREAKPOINTS + (middle << 3)) < address) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * 1 when the engine must stop before the instruction at `address`, whose hit is noted then. `remaining` counts the step that
 * is about to be taken; x registers and pc are in the hart's state.
 */
export function onBreakpoint(address: u64, remaining: u32): i32 {
  const counter = load<u64>(SLICE_END) - <u64>remaining;
  if (counter == load<u64>(SKIP_COUNTER)) return 0;
  const count = load<u32>(BREAKPOINT_COUNT);
  let met = false;
  let stop = false;
  for (let i = firstFrom(address); i < count && load<u64>(BREAKPOINTS + (i << 3)) == address; i++) {
    const details = load<u32>(BREAKPOINT_DETAILS + (i << 2));
    if (!holds(details >> 16)) continue;
    met = true;
    stop = noteHit(HIT_INSTRUCTION, details & 0xffff, counter, address, 0, 0, false);
  }
  // The same record comes here twice when it is decoded between.
  if (met && !stop) store<u64>(SKIP_COUNTER, counter);
  return stop ? 1 : 0;
}

/** Flags the records of a page, given by that of its first halfword, which is being fetched at `address`. */
export function flagBreakpoints(address: u64, first: u32): void {
  const page = address & ~(<u64>4095);
  const count = load<u32>(BREAKPOINT_COUNT);
  for (let i = firstFrom(page); i < count; i++) {
    const offset = load<u64>(BREAKPOINTS + (i << 3)) - page;
    if (offset > 4095) return;
    const handler = first + ((<u32>offset) >> 1) * RECORD_SIZE + RECORD_HANDLER;
    const old = load<u16>(handler);
    if (old & RECORD_BREAK) continue;
    store<u16>(handler, <u16>(old | RECORD_BREAK));
    const slot = (<u32>offset) >> 1;
    if (isTranslated(first, slot)) dropRegions(first, slot, slot);
    const flagged = load<u32>(FLAGGED_COUNT);
    if (flagged < <u32>FLAGGED_MAX) store<u32>(FLAGGED + (flagged << 2), handler);
    if (flagged <= <u32>FLAGGED_MAX) store<u32>(FLAGGED_COUNT, flagged + 1);
  }
}

/** True when a record of a decoded page may carry RECORD_BREAK. */
export function hasFlagged(first: u32): bool {
  const flagged = load<u32>(FLAGGED_COUNT);
  if (flagged > <u32>FLAGGED_MAX) return true;
  for (let i: u32 = 0; i < flagged; i++) {
    if (load<u32>(FLAGGED + (i << 2)) - first < 2048 * RECORD_SIZE) return true;
  }
  return false;
}

/** Takes up a new set of breakpoints. */
export function breakpointsChanged(): void {
  const flagged = load<u32>(FLAGGED_COUNT);
  if (flagged <= <u32>FLAGGED_MAX) {
    for (let i: u32 = 0; i < flagged; i++) unflag(load<u32>(FLAGGED + (i << 2)));
  } else {
    const pages = load<u32>(DECODED_COUNT);
    for (let i: u32 = 0; i < pages; i++) {
      const first = load<u32>(DECODED_POOL) + i * DECODED_STRIDE + DECODED_HEADER + RECORD_HANDLER;
      for (let slot: u32 = 0; slot < 2048; slot++) unflag(first + slot * RECORD_SIZE);
    }
  }
  store<u32>(FLAGGED_COUNT, 0);
  flushFetch();
}

/** Regions of the page go round the record: they are made anew, without that. */
function unflag(handler: u32): void {
  const flags = load<u16>(handler);
  if (!(flags & RECORD_BREAK)) return;
  store<u16>(handler, <u16>(flags & ~RECORD_BREAK));
  const pool = load<u32>(DECODED_POOL);
  const first = pool + ((handler - pool) / DECODED_STRIDE) * DECODED_STRIDE + DECODED_HEADER;
  dropRegions(first, 0, 2047);
  // What was refused while the flag was there may become hot again.
  memory.fill(first + DECODED_ENTRIES, 0, 4096);
}
