import { crc32 } from '../../../emulator/recording/crc32.ts';
import type { ByteCursor } from '../byte-cursor.ts';
import type { SymbolError } from '../symbol-error.ts';
import { decodeLzma2 } from './lzma2.ts';
import { readMultibyteInteger } from './multibyte-integer.ts';
import { multipleOf4, type BlockPlace } from './stream.ts';

const LZMA2 = 0x21;
/** Filters that may come before LZMA2, by their identifiers (.xz file format 1.0.4, section 5.3). */
const FILTERS: ReadonlyMap<number, string> = new Map([
  [0x03, 'Delta'],
  [0x04, 'x86'],
  [0x05, 'PowerPC'],
  [0x06, 'IA-64'],
  [0x07, 'ARM'],
  [0x08, 'ARM-Thumb'],
  [0x09, 'SPARC'],
  [0x0a, 'ARM64'],
  [0x0b, 'RISC-V'],
]);
const LARGEST_DICTIONARY = 40;

/** Flags of a block's header. */
const FILTER_COUNT = 0x03;
const RESERVED = 0x3c;
const HAS_COMPRESSED_SIZE = 0x40;
const HAS_CONTENT_SIZE = 0x80;

/** Decodes a block into all of `contents`, and checks them (.xz file format 1.0.4, section 3). Throws SymbolError. */
export function decodeBlock(file: ByteCursor, place: BlockPlace, contents: Uint8Array): void {
  const { start, unpaddedSize, contentSize, check } = place;
  const header = readBlockHeader(file, start);
  const compressedSize = unpaddedSize - header.size - check.size;
  if (compressedSize <= 0) throw file.error(`a block of ${unpaddedSize} bytes has no room for contents`, start);
  const agrees =
    (header.compressedSize ?? compressedSize) === compressedSize && (header.contentSize ?? contentSize) === contentSize;
  if (!agrees) throw file.error('the header of a block and the index disagree about its size', start);
  const dataEnd = start + header.size + compressedSize;
  const checkStart = start + multipleOf4(header.size + compressedSize);
  decodeLzma2(file.part(start + header.size, dataEnd), contents, header.dictionarySize);
  const stored = file.part(dataEnd, checkStart + check.size);
  while (stored.position < checkStart) {
    if (stored.u8() !== 0) throw file.error('padding is not zero', stored.position - 1);
  }
  if (!check.agrees(contents, stored)) {
    throw file.error(`the contents of a block do not match their ${check.name}`, checkStart);
  }
}

interface BlockHeader {
  /** Bytes, with its checksum. */
  readonly size: number;
  readonly compressedSize: number | undefined;
  readonly contentSize: number | undefined;
  /** Bytes. */
  readonly dictionarySize: number;
}

function readBlockHeader(file: ByteCursor, start: number): BlockHeader {
  const size = (file.part(start, start + 1).u8() + 1) * 4;
  const header = file.part(start + 1, start + size - 4);
  const checksum = file.part(header.end, start + size).u32();
  if (crc32(file.bytes.subarray(start, header.end)) !== checksum) {
    throw file.error("the checksum of a block's header does not match", header.end);
  }
  const flags = header.u8();
  if ((flags & RESERVED) !== 0) throw file.error(`block flags 0x${flags.toString(16)} are not known`, start + 1);
  const compressedSize = (flags & HAS_COMPRESSED_SIZE) === 0 ? undefined : readMultibyteInteger(header);
  const contentSize = (flags & HAS_CONTENT_SIZE) === 0 ? undefined : readMultibyteInteger(header);
  const filterCount = (flags & FILTER_COUNT) + 1;
  if (filterCount > 1) throw unreadFilter(header);
  const dictionarySize = readLzma2Filter(header);
  while (!header.atEnd) {
    if (header.u8() !== 0) throw header.error('padding is not zero', header.position - 1);
  }
  return { size, compressedSize, contentSize, dictionarySize };
}

/** The last filter, which makes bytes of what is compressed: the size of its dictionary. */
function readLzma2Filter(header: ByteCursor): number {
  const start = header.position;
  const identifier = readMultibyteInteger(header);
  if (identifier !== LZMA2) {
    header.seek(start);
    throw unreadFilter(header);
  }
  const propertySize = readMultibyteInteger(header);
  const bits = header.u8();
  if (propertySize !== 1 || bits > LARGEST_DICTIONARY) throw header.error('LZMA2 with unknown properties', start);
  // 4 KiB, 6 KiB, 8 KiB, 12 KiB, and so on up to 4 GiB.
  return bits === LARGEST_DICTIONARY ? 2 ** 32 - 1 : (2 | (bits & 1)) * 2 ** ((bits >> 1) + 11);
}

function unreadFilter(header: ByteCursor): SymbolError {
  const start = header.position;
  const identifier = readMultibyteInteger(header);
  const name = FILTERS.get(identifier) ?? `0x${identifier.toString(16)}`;
  return header.error(`what was packed by xz's filter ${name} is not read: unpack it with xz -dk`, start);
}
