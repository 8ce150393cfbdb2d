import { PAGE_SIZE } from '../machine/paged-space.ts';
import type { Codec } from './codec.ts';
import { PayloadReader, PayloadWriter } from './payload.ts';

/** `PAGE`: the contents of consecutively numbered pages. Page 0 is all zeros and never written. */

/** Pages in a group: large enough to compress well, small enough to fetch for one page. */
export const PAGES_PER_GROUP = 256;

const STORED = 0;
const DEFLATED = 1;

export interface PageGroupHeader {
  readonly first: number;
  readonly count: number;
}

/** What stands before pages that are stored as they are. */
export function encodeStoredPages({ first, count }: PageGroupHeader): Uint8Array {
  return new PayloadWriter().count(first).count(count).u8(STORED).finish();
}

/** Reads the numbers at the start of a group. Throws a RangeError for what cannot have been written. */
export function decodePageGroupHeader(payload: Uint8Array): PageGroupHeader {
  return readGroupHeader(new PayloadReader(payload));
}

/** The pages of a group, end to end, 4-byte aligned. Rejects with a RangeError for what cannot have been written. */
export async function decodePageGroup(payload: Uint8Array, codec: Codec): Promise<Uint8Array> {
  const reader = new PayloadReader(payload);
  const { count } = readGroupHeader(reader);
  const pages = await readData(reader, count * PAGE_SIZE, codec);
  return pages.byteOffset % 4 === 0 ? pages : pages.slice();
}

function readGroupHeader(reader: PayloadReader): PageGroupHeader {
  const first = reader.count();
  const count = reader.count();
  if (count < 1 || count > PAGES_PER_GROUP) throw new RangeError(`a group of ${count} pages`);
  return { first, count };
}

/** The rest of a payload: `plain`, compressed when that is smaller. */
export function writeData(writer: PayloadWriter, plain: Uint8Array, deflated: Uint8Array): void {
  if (deflated.length < plain.length) writer.u8(DEFLATED).raw(deflated);
  else writer.u8(STORED).raw(plain);
}

/** The inverse of `writeData`, to exactly `size` bytes. */
export async function readData(reader: PayloadReader, size: number, codec: Codec): Promise<Uint8Array> {
  const method = reader.u8();
  const data = reader.raw(reader.remaining);
  if (method === STORED) {
    if (data.length !== size) throw new RangeError(`${data.length} bytes stand where ${size} belong`);
    return data;
  }
  if (method !== DEFLATED) throw new RangeError(`compression method ${method} is not known`);
  try {
    return await codec.inflate(data, size);
  } catch {
    throw new RangeError('compressed data does not expand to what it should');
  }
}
