import { ByteCursor } from '../byte-cursor.ts';
import { decodeBlock } from './block.ts';
import { blocksOf } from './stream.ts';

/** Bytes that a file may become. The largest module of a distribution's kernel has 860 MB with its debug information. */
const LARGEST_CONTENTS = 2 ** 30;
/**
 * What LZMA can reach at most: 273 bytes from the 14 bits of a match that repeats the last distance, each of which costs
 * log2(2048 / 2017) bits when nothing else came for long.
 */
const LARGEST_RATIO = 7100;
/** Less than this is not worth a thought: a byte may begin far more than it would cost in the long run. */
const SMALL_CONTENTS = 2 ** 22;

/**
 * The contents of a file that xz made: all of its streams, of LZMA2 with no filter before it, checked by what the file has for that. Takes memory for
 * the contents alone, and time in proportion to them and the file. Throws SymbolError with offsets in the file.
 */
export function decompressXz(bytes: Uint8Array): Uint8Array {
  const file = new ByteCursor(bytes, 'the .xz file');
  const blocks = blocksOf(file);
  const size = blocks.reduce((sum, { contentSize }) => sum + contentSize, 0);
  if (size > LARGEST_CONTENTS || size > Math.max(SMALL_CONTENTS, bytes.length * LARGEST_RATIO)) {
    throw file.error(`${bytes.length} compressed bytes claim to hold ${size}, which is too much`, 0);
  }
  const contents = new Uint8Array(size);
  let at = 0;
  for (const block of blocks) {
    decodeBlock(file, block, contents.subarray(at, at + block.contentSize));
    at += block.contentSize;
  }
  return contents;
}
