import type { ByteCursor } from '../byte-cursor.ts';

/** Probabilities that a bit is 0, in units of 1/2048. */
export type Probabilities = Uint16Array;

const PROBABILITY_BITS = 11;
const HALF = 1 << (PROBABILITY_BITS - 1);
const ADAPTATION = 5;
/** Below this a byte is taken in. */
const SMALLEST_RANGE = 2 ** 24;

/** So many bits of which nothing is known yet. */
export function evenProbabilities(count: number): Probabilities {
  return new Uint16Array(count).fill(HALF);
}

/** Forgets what was learnt of bits. */
export function levelProbabilities(probabilities: Probabilities): void {
  probabilities.fill(HALF);
}

/**
 * The bits of an arithmetic code whose probabilities adapt (LZMA specification, "Range Decoder"). Reading beyond the end of the
 * input is a SymbolError.
 */
export class RangeDecoder {
  private readonly bytes: Uint8Array;
  private position: number;
  // Both are unsigned numbers of 32 bits, kept as signed ones: those the host's compiler holds in registers.
  private range = -1;
  private code = 0;

  /** Takes all of the input, which begins with 5 bytes of the code. */
  constructor(private readonly input: ByteCursor) {
    if (input.u8() !== 0) throw input.error('compressed data begins with a byte that is not zero', input.position - 1);
    this.bytes = input.bytes;
    this.position = input.position;
    for (let count = 0; count < 4; count++) this.code = (this.code << 8) | this.next();
  }

  /** Checks that the code ends where the input does. */
  finish(): void {
    if (this.code !== 0 || this.position !== this.input.end) {
      throw this.input.error('compressed data do not end where they are said to', this.position);
    }
  }

  /** A bit, 0 or 1, and learns from it. */
  bit(probabilities: Probabilities, index: number): number {
    const probability = probabilities[index] ?? HALF;
    const bound = Math.imul(this.range >>> PROBABILITY_BITS, probability) >>> 0;
    let bit: number;
    if (this.code >>> 0 < bound) {
      this.range = bound | 0;
      probabilities[index] = probability + (((1 << PROBABILITY_BITS) - probability) >>> ADAPTATION);
      bit = 0;
    } else {
      this.range = (this.range - bound) | 0;
      this.code = (this.code - bound) | 0;
      probabilities[index] = probability - (probability >>> ADAPTATION);
      bit = 1;
    }
    if (this.range >>> 0 < SMALLEST_RANGE) this.refill();
    return bit;
  }

  /** So many bits that are as often 0 as 1, the first one the highest. */
  directBits(count: number): number {
    let value = 0;
    for (let bit = 0; bit < count; bit++) {
      this.range >>>= 1;
      const isOne = this.code >>> 0 >= this.range >>> 0;
      if (isOne) this.code = (this.code - this.range) | 0;
      value = (value << 1) | (isOne ? 1 : 0);
      if (this.range >>> 0 < SMALLEST_RANGE) this.refill();
    }
    return value;
  }

  /** So many bits, the first one the highest; what is learnt of each depends on those before it. `base` is one before the first used. */
  tree(probabilities: Probabilities, base: number, count: number): number {
    let node = 1;
    for (let bit = 0; bit < count; bit++) node = (node << 1) | this.bit(probabilities, base + node);
    return node - (1 << count);
  }

  /** The same with the first one the lowest. */
  reverseTree(probabilities: Probabilities, base: number, count: number): number {
    let node = 1;
    let value = 0;
    for (let bit = 0; bit < count; bit++) {
      const next = this.bit(probabilities, base + node);
      node = (node << 1) | next;
      value |= next << bit;
    }
    return value;
  }

  private refill(): void {
    this.range <<= 8;
    this.code = (this.code << 8) | this.next();
  }

  private next(): number {
    if (this.position >= this.input.end) throw this.input.error('compressed data end in the midst', this.position);
    return this.bytes[this.position++] ?? 0;
  }
}
