// Decoded pages: one record for each halfword of a physical page that was executed.
import {
  DECODED_PAGE_TABLE,
  DECODED_COUNT,
  DECODED_POOL,
  DECODED_STRIDE,
  DECODED_MAX,
  DECODED_HEADER,
  DECODED_PHYSICAL,
  DECODED_CROSS_HALF,
  RECORD_SIZE,
  RECORD_HANDLER,
  HANDLER_PAGE_END,
  FLAGGED_COUNT,
  RECORD_BREAK,
  PAGE_CODE,
  PAGE_DIRTY,
  ATTEND_INTERRUPTS,
  ATTENTION,
  DECODED_COVERAGE,
  DECODED_COVERAGE_SIZE,
  DECODED_FREE,
  DECODED_NEXT_FREE,
  DECODED_STORES,
  HOT_COUNT,
  HOT_LIST,
  HOT_MAX,
} from '../layout';
import { flagsAddress, linearOf } from './pages';
import { hasFlagged } from './breakpoint';
import { dropAllRegions, dropRegions } from './host';
import { dropFetches, dropWrites, flushFetch } from './tlb';

/** A page that was written this often may be looked at as one of data, too. */
const STORES_TO_RELEASE: u32 = 64;

function tableSlot(page: u32): u32 {
  return load<u32>(DECODED_PAGE_TABLE) + (page << 2);
}

/** Address of the record of the page's first halfword; makes the decoded page if there is none. */
export function decodedPage(page: u32): u32 {
  const known = load<u32>(tableSlot(page));
  if (known) return known;
  const header = takePlace();
  memory.fill(header, 0, DECODED_STRIDE);
  store<u32>(header + DECODED_PHYSICAL, page);
  store<u32>(header + DECODED_CROSS_HALF, 0xffffffff);
  const first = header + DECODED_HEADER;
  store<u16>(first + 2048 * RECORD_SIZE + RECORD_HANDLER, HANDLER_PAGE_END);
  store<u16>(first + 2049 * RECORD_SIZE + RECORD_HANDLER, HANDLER_PAGE_END);
  store<u32>(tableSlot(page), first);
  const flags = flagsAddress(page);
  const old = load<u8>(flags);
  store<u8>(flags, old | PAGE_CODE);
  if (old & PAGE_DIRTY) dropWrites(linearOf(page));
  return first;
}

/** The header of a decoded page that nothing uses; where there is none, all are forgotten. */
function takePlace(): u32 {
  const free = load<u32>(DECODED_FREE);
  if (free) {
    store<u32>(DECODED_FREE, load<u32>(free + DECODED_NEXT_FREE));
    return free;
  }
  if (load<u32>(DECODED_COUNT) == DECODED_MAX) dropAllDecoded();
  const count = load<u32>(DECODED_COUNT);
  store<u32>(DECODED_COUNT, count + 1);
  return load<u32>(DECODED_POOL) + count * DECODED_STRIDE;
}

/** Forgets every decoded page. The caller must not use a record afterwards. */
export function dropAllDecoded(): void {
  const count = load<u32>(DECODED_COUNT);
  for (let i: u32 = 0; i < count; i++) {
    const page = load<u32>(load<u32>(DECODED_POOL) + i * DECODED_STRIDE + DECODED_PHYSICAL);
    store<u32>(tableSlot(page), 0);
    const flags = flagsAddress(page);
    store<u8>(flags, load<u8>(flags) & ~(<u8>PAGE_CODE));
  }
  store<u32>(DECODED_COUNT, 0);
  store<u32>(DECODED_FREE, 0);
  store<u32>(FLAGGED_COUNT, 0);
  store<u32>(HOT_COUNT, 0);
  dropAllRegions();
  flushFetch();
}

/** Forgets the instructions that any byte of [offset, offset + length) belongs to. */
export function dropDecodedSlots(page: u32, offset: u32, length: u32): void {
  const first = load<u32>(tableSlot(page));
  let slot: u32 = offset >= 2 ? (offset - 2) >> 1 : 0;
  const last = min<u32>((offset + length - 1) >> 1, 2047);
  const begin = slot;
  let covered: u32 = 0;
  for (; slot <= last; slot++) {
    const handler = first + slot * RECORD_SIZE + RECORD_HANDLER;
    // HANDLER_UNDECODED, with the flag it had.
    store<u16>(handler, load<u16>(handler) & RECORD_BREAK);
    covered |= isTranslated(first, slot);
  }
  if (covered) dropRegions(first, begin, last);
}

/** An instruction stores to bytes of a page that was executed: forgets what was decoded from them. */
export function beforeCodeWrite(page: u32, offset: u32, length: u32): void {
  dropDecodedSlots(page, offset, length);
  const header = load<u32>(tableSlot(page)) - DECODED_HEADER;
  const stores = load<u32>(header + DECODED_STORES) + 1;
  store<u32>(header + DECODED_STORES, stores);
  if (stores % STORES_TO_RELEASE == 0) releaseDecoded(page);
}

/**
 * Forgets a decoded page that is written to rather than executed, so that stores to it are quick again; unless it holds regions
 * or breakpoints. Whoever executes it finds its records as they were until the next fetch, which must come before the next step.
 */
function releaseDecoded(page: u32): void {
  const first = load<u32>(tableSlot(page));
  for (let i: u32 = 0; i < <u32>DECODED_COVERAGE_SIZE; i += 8) if (load<u64>(first + DECODED_COVERAGE + i)) return;
  if (hasFlagged(first)) return;
  const header = first - DECODED_HEADER;
  forgetHot(header);
  store<u32>(tableSlot(page), 0);
  const flags = flagsAddress(page);
  store<u8>(flags, load<u8>(flags) & ~(<u8>PAGE_CODE));
  store<u32>(header + DECODED_NEXT_FREE, load<u32>(DECODED_FREE));
  store<u32>(DECODED_FREE, header);
  dropFetches(first);
  store<u32>(ATTENTION, load<u32>(ATTENTION) | ATTEND_INTERRUPTS);
}

/** Takes the records of a decoded page from those that became hot. */
function forgetHot(header: u32): void {
  const count = load<u32>(HOT_COUNT);
  let kept: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const record = load<u32>(HOT_LIST + (i << 2));
    if (record - header < <u32>DECODED_STRIDE) continue;
    store<u32>(HOT_LIST + (kept << 2), record);
    kept++;
  }
  store<u32>(HOT_COUNT, kept);
}

/** 1 when a region holds the instruction in a slot, or a part of it. */
export function isTranslated(first: u32, slot: u32): u32 {
  return (load<u8>(first + DECODED_COVERAGE + (slot >> 3)) >> (slot & 7)) & 1;
}

/** Notes that a record was jumped to HOT_THRESHOLD times. */
export function noteHot(record: u32): void {
  const count = load<u32>(HOT_COUNT);
  if (count == HOT_MAX) return;
  store<u32>(HOT_LIST + (count << 2), record);
  store<u32>(HOT_COUNT, count + 1);
}
