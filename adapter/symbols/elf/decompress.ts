import { unzlibSync } from 'fflate';
import { decompress as decompressZstd } from 'fzstd';
import { ByteCursor } from '../byte-cursor.ts';
import { SymbolError } from '../symbol-error.ts';

const ELFCOMPRESS_ZLIB = 1;
const ELFCOMPRESS_ZSTD = 2;
const CHDR_SIZE = 24;

/** No section of a kernel is larger; a header that claims more is not believed before memory is asked for. */
const LARGEST_SECTION = 2 ** 31;
/** What the formats can reach at most: deflate 1032 times, zstd a block of 128 KiB from 4 bytes. */
const LARGEST_RATIO = { zlib: 1040, zstd: 0x8000 };

/** The contents of a section that has SHF_COMPRESSED (gABI, "Section Compression": an Elf64_Chdr, then the stream). */
export function decompressSection(bytes: Uint8Array, section: string): Uint8Array {
  const header = new ByteCursor(bytes, section);
  const type = header.u32();
  header.skip(4);
  const size = header.size64();
  const stream = bytes.subarray(CHDR_SIZE);
  if (type === ELFCOMPRESS_ZLIB) return inflate(stream, size, section, 'zlib');
  if (type === ELFCOMPRESS_ZSTD) return inflate(stream, size, section, 'zstd');
  throw header.error(`compression type ${type} is not known`, 0);
}

/** The contents of a `.zdebug_` section, GNU's older form: "ZLIB", the size in big-endian order, the stream. */
export function decompressGnuSection(bytes: Uint8Array, section: string): Uint8Array {
  const header = new ByteCursor(bytes, section);
  if (header.u32() !== 0x42494c5a) throw header.error('a .zdebug section does not begin with "ZLIB"', 0);
  let size = 0;
  for (let byte = 0; byte < 8; byte++) size = size * 256 + header.u8();
  return inflate(bytes.subarray(header.position), size, section, 'zlib');
}

function inflate(stream: Uint8Array, size: number, section: string, format: 'zlib' | 'zstd'): Uint8Array {
  if (size > LARGEST_SECTION || size > stream.length * LARGEST_RATIO[format]) {
    throw new SymbolError(`${stream.length} compressed bytes cannot hold the ${size} claimed`, section, 8);
  }
  const out = new Uint8Array(size);
  let result: Uint8Array;
  try {
    result = format === 'zlib' ? unzlibSync(stream, { out }) : decompressZstd(stream, out);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new SymbolError(`the ${format} stream is damaged: ${detail}`, section, CHDR_SIZE);
  }
  if (result.length !== size) {
    throw new SymbolError(`decompressed to ${result.length} bytes where ${size} were claimed`, section, CHDR_SIZE);
  }
  return result;
}
