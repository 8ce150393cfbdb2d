import type { Codec } from './codec.ts';
import { readData, writeData } from './page-chunk.ts';
import { PayloadReader, PayloadWriter } from './payload.ts';

/** `FILE`: a part of a file that is kept with the recording. Parts stand in order. */

/** What a file is kept for. `kernel`: what the machine was started with. `symbols`: debug information given apart. */
export type FileRole = 'kernel' | 'symbols';

export interface FilePart {
  readonly role: FileRole;
  readonly name: string;
  /** Bytes of the whole file. */
  readonly size: number;
  /** Where this part begins. */
  readonly offset: number;
  /** Bytes of this part. */
  readonly length: number;
}

/** Bytes in each part of a file but the last. */
export const FILE_PART_SIZE = 4 * 1024 * 1024;
/** Of a smaller file, in bytes, compressing spares less than it takes. */
const WORTH_COMPRESSING = 64 * 1024;
/** The largest file that a reader will put together. */
export const MAXIMUM_FILE_SIZE = 2 ** 31 - 1;

export async function encodeFilePart(part: FilePart, data: Uint8Array, codec: Codec): Promise<Uint8Array> {
  const writer = new PayloadWriter().text(part.role).text(part.name).count(part.size).count(part.offset);
  writer.count(part.length);
  writeData(writer, data, part.size < WORTH_COMPRESSING ? data : await codec.deflate(data));
  return writer.finish();
}

/** Undefined for a role that this version does not know. Throws a RangeError for what encodeFilePart cannot have written. */
export function decodeFilePart(payload: Uint8Array): FilePart | undefined {
  return readPart(new PayloadReader(payload));
}

/** The bytes of a part. Rejects with a RangeError for what encodeFilePart cannot have written. */
export async function decodeFileData(payload: Uint8Array, codec: Codec): Promise<Uint8Array> {
  const reader = new PayloadReader(payload);
  const part = readPart(reader);
  if (part === undefined) throw new RangeError('a file with a role that is not known');
  return readData(reader, part.length, codec);
}

function readPart(reader: PayloadReader): FilePart | undefined {
  const role = reader.text();
  const name = reader.text();
  const size = reader.count();
  const offset = reader.count();
  const length = reader.count();
  if (role !== 'kernel' && role !== 'symbols') return undefined;
  if (size > MAXIMUM_FILE_SIZE) throw new RangeError(`a file of ${size} bytes`);
  if (length > FILE_PART_SIZE || offset + length > size) throw new RangeError('a part that lies outside its file');
  return { role, name, size, offset, length };
}
