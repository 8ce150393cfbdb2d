/** The primitive encodings inside a chunk's payload; FORMAT.md, "Primitives". */

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Builds a payload. */
export class PayloadWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** A non-negative integer below 2^53: seven bits a byte, low first, the high bit saying that more follow. */
  count(value: number): this {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is not a count.`);
    let rest = value;
    while (rest >= 0x80) {
      this.#push((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    return this.#push(rest);
  }

  u8(value: number): this {
    return this.#push(value);
  }

  /** Eight bytes, little-endian. */
  u64(value: bigint): this {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, value, true);
    return this.raw(bytes);
  }

  /** The bytes themselves, without a length. */
  raw(bytes: Uint8Array): this {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  /** A count, then that many bytes. */
  bytes(bytes: Uint8Array): this {
    return this.count(bytes.length).raw(bytes);
  }

  /** UTF-8 as `bytes`. */
  text(value: string): this {
    return this.bytes(encoder.encode(value));
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #push(byte: number): this {
    this.#reserve(1);
    this.#bytes[this.#length++] = byte;
    return this;
  }

  #reserve(extra: number): void {
    if (this.#length + extra <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#length + extra, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

/** Takes a payload apart. Every method throws a RangeError, with a sentence, for what PayloadWriter cannot have written. */
export class PayloadReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  count(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (value > Number.MAX_SAFE_INTEGER || scale > 2 ** 49) throw new RangeError('a count exceeds 2^53');
      if (byte < 0x80) return value;
    }
  }

  u8(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new RangeError('the payload is shorter than its content says');
    this.#at++;
    return byte;
  }

  u64(): bigint {
    const bytes = this.raw(8);
    return new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  }

  /** A view of the next `length` bytes. */
  raw(length: number): Uint8Array {
    if (length > this.remaining) throw new RangeError('the payload is shorter than its content says');
    const bytes = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return bytes;
  }

  /** A copy: content outlives the chunk it came in. */
  bytes(): Uint8Array {
    return this.raw(this.count()).slice();
  }

  text(): string {
    const bytes = this.raw(this.count());
    try {
      return decoder.decode(bytes);
    } catch {
      throw new RangeError('a text is not UTF-8');
    }
  }

  /** A count of things of which each takes at least `least` bytes: refused when the payload cannot hold them. */
  countOf(least: number): number {
    const count = this.count();
    if (count * least > this.remaining) throw new RangeError('the payload is shorter than its content says');
    return count;
  }

  end(): void {
    if (this.remaining !== 0) throw new RangeError(`${this.remaining} bytes follow the content`);
  }
}
