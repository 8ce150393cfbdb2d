import type { ByteCursor } from '../byte-cursor.ts';
import { LzmaDecoder } from './lzma-decoder.ts';
import { RangeDecoder } from './range-decoder.ts';

/** Control bytes of chunks. From FIRST_COMPRESSED on its bits 5 and 6 say what is reset, and bits 0 to 4 belong to the size. */
const END = 0;
const STORED_WITH_RESET = 1;
const STORED = 2;
const FIRST_COMPRESSED = 0x80;
const WITH_STATE_RESET = 0xa0;
const WITH_PROPERTIES = 0xc0;
const WITH_DICTIONARY_RESET = 0xe0;

/** Decodes the chunks of an LZMA2 stream, which must fill both the input and the output. Throws SymbolError. */
export function decodeLzma2(input: ByteCursor, output: Uint8Array, dictionarySize: number): void {
  const decoder = new LzmaDecoder(output, dictionarySize);
  let position = 0;
  /** Where the dictionary begins; undefined before there is one. */
  let start: number | undefined;
  let hasProperties = false;

  const room = (size: number, at: number): number => {
    if (size > output.length - position) throw input.error('a chunk holds more than the block', at);
    return position + size;
  };

  for (;;) {
    const at = input.position;
    const control = input.u8();
    if (control === END) break;
    if (control === STORED_WITH_RESET || control >= WITH_DICTIONARY_RESET) {
      start = position;
      hasProperties = false;
    }
    if (start === undefined) throw input.error('the first chunk has no beginning of a dictionary', at);
    if (control < FIRST_COMPRESSED) {
      if (control > STORED) throw input.error(`0x${control.toString(16)} is no kind of chunk`, at);
      const size = bigEndian16(input) + 1;
      const end = room(size, at);
      output.set(input.take8(size), position);
      position = end;
      continue;
    }
    const end = room((((control & 0x1f) << 16) | bigEndian16(input)) + 1, at);
    const length = bigEndian16(input) + 1;
    if (control >= WITH_PROPERTIES) {
      readProperties(input, decoder);
      hasProperties = true;
    } else if (!hasProperties) throw input.error('a chunk wants properties that no chunk has set', at);
    else if (control >= WITH_STATE_RESET) decoder.reset();
    const from = input.position;
    input.skip(length);
    const code = new RangeDecoder(input.part(from, input.position));
    const fault = decoder.decode(code, start, position, end);
    if (fault !== undefined) throw input.error(fault, at);
    code.finish();
    position = end;
  }
  if (!input.atEnd) throw input.error('the block goes on behind its last chunk');
  if (position !== output.length)
    throw input.error(`the block holds ${position} bytes, not the ${output.length} it claims`);
}

/** Bits of a literal's context, of its position, and of a match's position, as one number in mixed radix. */
function readProperties(input: ByteCursor, decoder: LzmaDecoder): void {
  const at = input.position;
  const properties = input.u8();
  const literalContextBits = properties % 9;
  const rest = Math.floor(properties / 9);
  const literalPositionBits = rest % 5;
  const positionBits = Math.floor(rest / 5);
  if (positionBits > 4 || literalContextBits + literalPositionBits > 4) {
    throw input.error(`0x${properties.toString(16)} are no properties of LZMA2`, at);
  }
  decoder.setProperties(literalContextBits, literalPositionBits, positionBits);
}

function bigEndian16(input: ByteCursor): number {
  const high = input.u8();
  return (high << 8) | input.u8();
}
