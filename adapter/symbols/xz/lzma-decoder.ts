import { evenProbabilities, levelProbabilities, type Probabilities, type RangeDecoder } from './range-decoder.ts';

const STATES = 12;
/** From this state on what came last was a match. */
const FIRST_MATCH_STATE = 7;
const POSITION_STATES = 16;
const SHORTEST_MATCH = 2;
/** Short matches have shorter distances: lengths from this one on are treated alike. */
const LENGTH_STATES = 4;
const SLOT_BITS = 6;
/** Slots from this one on have low bits that are learnt, and above them some that are not. */
const FIRST_DIRECT_SLOT = 14;
const ALIGN_BITS = 4;

/** How a length of 2 to 273 is coded. */
class LengthDecoder {
  private readonly choices = evenProbabilities(2);
  private readonly low = evenProbabilities(POSITION_STATES << 3);
  private readonly middle = evenProbabilities(POSITION_STATES << 3);
  private readonly high = evenProbabilities(1 << 8);

  reset(): void {
    for (const probabilities of [this.choices, this.low, this.middle, this.high]) levelProbabilities(probabilities);
  }

  decode(code: RangeDecoder, positionState: number): number {
    if (code.bit(this.choices, 0) === 0) return SHORTEST_MATCH + code.tree(this.low, positionState << 3, 3);
    if (code.bit(this.choices, 1) === 0) return SHORTEST_MATCH + 8 + code.tree(this.middle, positionState << 3, 3);
    return SHORTEST_MATCH + 16 + code.tree(this.high, 0, 8);
  }
}

/** What may be wrong with a match, as a sentence without its full stop. */
export type LzmaFault = 'a match refers to before the beginning of the data' | 'a match goes on beyond its chunk';

/** LZMA's literals and matches (LZMA specification, "Decoder"), as the chunks of LZMA2 hold them. What was decoded is the dictionary. */
export class LzmaDecoder {
  private literalContextBits = 0;
  private literalPositionMask = 0;
  private positionMask = 0;

  private state = 0;
  /** The distances of the last four matches, less one, as signed numbers of 32 bits. */
  private readonly repeated = new Int32Array(4);

  private literals: Probabilities = evenProbabilities(0);
  private readonly isMatch = evenProbabilities(STATES * POSITION_STATES);
  private readonly isRepeated = evenProbabilities(STATES);
  private readonly isNotLast = evenProbabilities(STATES);
  private readonly isLong = evenProbabilities(STATES * POSITION_STATES);
  private readonly isNotSecond = evenProbabilities(STATES);
  private readonly isNotThird = evenProbabilities(STATES);
  private readonly slots = evenProbabilities(LENGTH_STATES << SLOT_BITS);
  private readonly lowDistance = evenProbabilities(115);
  private readonly align = evenProbabilities(1 << ALIGN_BITS);
  private readonly matchLength = new LengthDecoder();
  private readonly repeatedLength = new LengthDecoder();

  /** `dictionarySize`: no match is from further away, in bytes. */
  constructor(
    private readonly output: Uint8Array,
    private readonly dictionarySize: number,
  ) {}

  /** Sets the number of bits of the last byte and of the position that literals depend on, and of the position that matches do; resets. */
  setProperties(literalContextBits: number, literalPositionBits: number, positionBits: number): void {
    this.literalContextBits = literalContextBits;
    this.literalPositionMask = (1 << literalPositionBits) - 1;
    this.positionMask = (1 << positionBits) - 1;
    this.literals = evenProbabilities(0x300 << (literalContextBits + literalPositionBits));
    this.reset();
  }

  /** Forgets what was learnt, but not what was decoded. */
  reset(): void {
    this.state = 0;
    this.repeated.fill(0);
    for (const probabilities of [
      this.literals,
      this.isMatch,
      this.isRepeated,
      this.isNotLast,
      this.isLong,
      this.isNotSecond,
      this.isNotThird,
      this.slots,
      this.lowDistance,
      this.align,
    ]) {
      levelProbabilities(probabilities);
    }
    this.matchLength.reset();
    this.repeatedLength.reset();
  }

  /** Decodes into [from, to) of the output, whose dictionary begins at `start`. Undefined when all went well. */
  decode(code: RangeDecoder, start: number, from: number, to: number): LzmaFault | undefined {
    for (let position = from; position < to;) {
      const positionState = (position - start) & this.positionMask;
      if (code.bit(this.isMatch, this.state * POSITION_STATES + positionState) === 0) {
        this.output[position] = this.literal(code, start, position);
        position++;
        continue;
      }
      const length = this.match(code, positionState);
      const distance = ((this.repeated[0] ?? 0) >>> 0) + 1;
      if (distance > Math.min(position - start, this.dictionarySize)) {
        return 'a match refers to before the beginning of the data';
      }
      if (length > to - position) return 'a match goes on beyond its chunk';
      for (const end = position + length; position < end; position++) {
        this.output[position] = this.output[position - distance] ?? 0;
      }
    }
    return undefined;
  }

  private literal(code: RangeDecoder, start: number, position: number): number {
    const { literals, literalContextBits: bits, output } = this;
    const before = position > start ? (output[position - 1] ?? 0) : 0;
    const context = (((position - start) & this.literalPositionMask) << bits) + (before >> (8 - bits));
    const base = 0x300 * context;
    let symbol = 1;
    if (this.state >= FIRST_MATCH_STATE) {
      // The byte that would have gone on with the last match is most likely not this one.
      const distance = ((this.repeated[0] ?? 0) >>> 0) + 1;
      let unlikely = output[position - distance] ?? 0;
      do {
        const bit = (unlikely >> 7) & 1;
        unlikely <<= 1;
        const next = code.bit(literals, base + ((1 + bit) << 8) + symbol);
        symbol = (symbol << 1) | next;
        if (next !== bit) break;
      } while (symbol < 0x100);
    }
    while (symbol < 0x100) symbol = (symbol << 1) | code.bit(literals, base + symbol);
    this.state = this.state < 4 ? 0 : this.state < 10 ? this.state - 3 : this.state - 6;
    return symbol & 0xff;
  }

  /** The length of a match whose distance is then the first of the repeated ones. */
  private match(code: RangeDecoder, positionState: number): number {
    const { state, repeated } = this;
    const wasLiteral = state < FIRST_MATCH_STATE;
    const [last = 0, second = 0, third = 0, fourth = 0] = repeated;
    if (code.bit(this.isRepeated, state) === 0) {
      const length = this.matchLength.decode(code, positionState);
      repeated[3] = third;
      repeated[2] = second;
      repeated[1] = last;
      repeated[0] = this.distance(code, length);
      this.state = wasLiteral ? 7 : 10;
      return length;
    }
    if (code.bit(this.isNotLast, state) === 0) {
      if (code.bit(this.isLong, state * POSITION_STATES + positionState) === 0) {
        this.state = wasLiteral ? 9 : 11;
        return 1;
      }
    } else if (code.bit(this.isNotSecond, state) === 0) {
      repeated[0] = second;
      repeated[1] = last;
    } else {
      const isThird = code.bit(this.isNotThird, state) === 0;
      repeated[0] = isThird ? third : fourth;
      if (!isThird) repeated[3] = third;
      repeated[2] = second;
      repeated[1] = last;
    }
    this.state = wasLiteral ? 8 : 11;
    return this.repeatedLength.decode(code, positionState);
  }

  /** A distance less one. */
  private distance(code: RangeDecoder, length: number): number {
    const lengthState = Math.min(length - SHORTEST_MATCH, LENGTH_STATES - 1);
    const slot = code.tree(this.slots, lengthState << SLOT_BITS, SLOT_BITS);
    if (slot < 4) return slot;
    const lowBits = (slot >> 1) - 1;
    const high = (2 | (slot & 1)) << lowBits;
    // The tables of these slots follow upon each other; slot 4 has the first one.
    if (slot < FIRST_DIRECT_SLOT) return high + code.reverseTree(this.lowDistance, high - slot, lowBits);
    const middle = code.directBits(lowBits - ALIGN_BITS) << ALIGN_BITS;
    return (high + middle + code.reverseTree(this.align, 0, ALIGN_BITS)) | 0;
  }
}
