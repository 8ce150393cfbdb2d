// Fills decoded records. What TypeScript decoded is kept by the instruction's bits, for most instructions occur many times.
import {
  DECODED_CROSS_HALF,
  DECODED_HEADER,
  DECODED_PHYSICAL,
  DECODINGS,
  DECODINGS_MASK,
  HANDLER_ILLEGAL,
  RECORD_BREAK,
  RECORD_CROSS,
  RECORD_HANDLER,
  RECORD_SIZE,
} from '../layout';
import { decodeBits } from './host';
import { linearOf } from './pages';

/** A decoding: the record, whose handler has no flags, then the bits. */
const DECODING_SIZE: u32 = 32;
const DECODING_BITS: u32 = 16;

/** Linear address of the instruction that a record stands for. */
function linearOfRecord(first: u32, record: u32): u32 {
  return linearOf(load<u32>(first - DECODED_HEADER + DECODED_PHYSICAL)) + ((record - first) / RECORD_SIZE) * 2;
}

/** Fills a record for an instruction; `flags` go with the handler. */
function fill(record: u32, bits: u32, flags: u32): void {
  const decoding = DECODINGS + (((bits * 0x9e3779b1) >>> 19) & DECODINGS_MASK) * DECODING_SIZE;
  // Zeros are no instruction, so that an empty decoding is that of none.
  if (bits == 0 || load<u32>(decoding + DECODING_BITS) != bits) {
    const handler = decodeBits(record, bits);
    store<u16>(record + RECORD_HANDLER, <u16>handler);
    memory.copy(decoding, record, RECORD_SIZE);
    store<u32>(decoding + DECODING_BITS, bits);
  } else {
    memory.copy(record, decoding, RECORD_SIZE);
  }
  store<u16>(record + RECORD_HANDLER, <u16>(load<u16>(record + RECORD_HANDLER) | flags));
}

/** Decodes the instruction of a record of the page whose first record is `first`. */
export function decode(first: u32, record: u32): void {
  const linear = linearOfRecord(first, record);
  const flag: u32 = load<u16>(record + RECORD_HANDLER) & RECORD_BREAK;
  const low: u32 = load<u16>(linear);
  if ((low & 3) != 3) {
    fill(record, low, flag);
  } else if ((linear & 4095) != 4094) {
    fill(record, load<u32>(linear), flag);
  } else {
    // The upper half is fetched at each execution; the first one decodes it.
    store<u32>(first - DECODED_HEADER + DECODED_CROSS_HALF, 0xffffffff);
    store<u16>(record + RECORD_HANDLER, <u16>(RECORD_CROSS | flag | HANDLER_ILLEGAL));
  }
}

/** Decodes an instruction that crosses the page's end; `half` are its upper 16 bits. */
export function decodeCrossing(first: u32, record: u32, half: u32): void {
  const flag: u32 = load<u16>(record + RECORD_HANDLER) & RECORD_BREAK;
  fill(record, load<u16>(linearOfRecord(first, record)) | (half << 16), flag | RECORD_CROSS);
  store<u32>(first - DECODED_HEADER + DECODED_CROSS_HALF, half);
}
