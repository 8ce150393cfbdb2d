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
  DECODED_COVERAGE,
  HOT_COUNT,
  HOT_LIST,
  HOT_MAX,
} from '../layout';
import { flagsAddress } from './pages';
import { dropAllRegions, dropRegions } from './host';
import { flushFetch, flushWrites } from './tlb';

function tableSlot(page: u32): u32 {
  return load<u32>(DECODED_PAGE_TABLE) + (page << 2);
}

/** Address of the record of the page's first halfword; makes the decoded page if there is none. */
export function decodedPage(page: u32): u32 {
  const known = load<u32>(tableSlot(page));
  if (known) return known;
  if (load<u32>(DECODED_COUNT) == DECODED_MAX) dropAllDecoded();
  const count = load<u32>(DECODED_COUNT);
  store<u32>(DECODED_COUNT, count + 1);
  const header = load<u32>(DECODED_POOL) + count * DECODED_STRIDE;
  memory.fill(header, 0, DECODED_STRIDE);
  store<u32>(header + DECODED_PHYSICAL, page);
  store<u32>(header + DECODED_CROSS_HALF, 0xffffffff);
  const first = header + DECODED_HEADER;
  store<u16>(first + 2048 * RECORD_SIZE + RECORD_HANDLER, HANDLER_PAGE_END);
  store<u16>(first + 2049 * RECORD_SIZE + RECORD_HANDLER, HANDLER_PAGE_END);
  store<u32>(tableSlot(page), first);
  const flags = flagsAddress(page);
  store<u8>(flags, load<u8>(flags) | PAGE_CODE);
  flushWrites();
  return first;
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
