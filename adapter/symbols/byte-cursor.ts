import type { Address } from './address.ts';
import { SymbolError } from './symbol-error.ts';

const utf8 = new TextDecoder();

/**
 * Reads little-endian values from a part of a section, in order. Every read is checked against the part's end, and a
 * read beyond it is a SymbolError naming section and offset. Offsets are bytes from the start of the section.
 */
export class ByteCursor {
  private readonly view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    /** For messages. */
    readonly section: string,
    public position = 0,
    public end: number = bytes.length,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (!(position >= 0 && position <= end && end <= bytes.length)) {
      throw new SymbolError(`a part reaches to 0x${end.toString(16)}, beyond the section`, section, position);
    }
  }

  /** A cursor over [start, end) of the same section. */
  part(start: number, end: number): ByteCursor {
    return new ByteCursor(this.bytes, this.section, start, end);
  }

  get atEnd(): boolean {
    return this.position >= this.end;
  }

  get remaining(): number {
    return this.end - this.position;
  }

  error(reason: string, offset = this.position): SymbolError {
    return new SymbolError(reason, this.section, offset);
  }

  skip(length: number): void {
    this.take(length);
  }

  /** Moves to an offset of the section, which must lie within this cursor's end. */
  seek(position: number): void {
    if (!(position >= 0 && position <= this.end)) throw this.error(`an offset of ${position} lies outside`);
    this.position = position;
  }

  u8(): number {
    return this.view.getUint8(this.take(1));
  }

  u16(): number {
    return this.view.getUint16(this.take(2), true);
  }

  u24(): number {
    const at = this.take(3);
    return this.view.getUint16(at, true) | (this.view.getUint8(at + 2) << 16);
  }

  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  i8(): number {
    return this.view.getInt8(this.take(1));
  }

  i16(): number {
    return this.view.getInt16(this.take(2), true);
  }

  i32(): number {
    return this.view.getInt32(this.take(4), true);
  }

  u64(): bigint {
    return this.view.getBigUint64(this.take(8), true);
  }

  i64(): bigint {
    return this.view.getBigInt64(this.take(8), true);
  }

  /** A 64-bit offset, length or count. One beyond 2^53 cannot be meant. */
  size64(): number {
    const at = this.take(8);
    const value = this.view.getUint32(at + 4, true) * 0x1_0000_0000 + this.view.getUint32(at, true);
    if (value > Number.MAX_SAFE_INTEGER) throw this.error('a length or offset of more than 53 bits', at);
    return value;
  }

  /** An address of 4 or 8 bytes. See Address for those that do not fit. */
  address(size: number): Address {
    if (size === 4) return this.i32();
    if (size !== 8) throw this.error(`addresses of ${size} bytes`);
    const at = this.take(8);
    const value = this.view.getInt32(at + 4, true) * 0x1_0000_0000 + this.view.getUint32(at, true);
    return Number.isSafeInteger(value) ? value : Number.NaN;
  }

  /** An unsigned LEB128 that is an offset, count, index or code: at most 53 bits. */
  uleb128(): number {
    const start = this.position;
    let byte = this.u8();
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    let scale = 128;
    for (;;) {
      byte = this.u8();
      if (byte !== 0x80) value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
      scale *= 128;
    }
    if (!(value <= Number.MAX_SAFE_INTEGER)) throw this.error('an unsigned LEB128 of more than 53 bits', start);
    return value;
  }

  /** A signed LEB128 that is an offset or an advance: at most 53 bits. */
  sleb128(): number {
    const start = this.position;
    const value = Number(this.sleb128Wide());
    if (!Number.isSafeInteger(value)) throw this.error('a signed LEB128 of more than 53 bits', start);
    return value;
  }

  /** An unsigned LEB128 that is a value of the program: its low 64 bits. */
  uleb128Wide(): bigint {
    return BigInt.asUintN(64, this.leb128Bits().value);
  }

  /** A signed LEB128 that is a value of the program: its low 64 bits, sign-extended. */
  sleb128Wide(): bigint {
    const { value, bits, last } = this.leb128Bits();
    return BigInt.asIntN(64, bits < 64 && (last & 0x40) !== 0 ? value - (1n << BigInt(bits)) : value);
  }

  skipLeb128(): void {
    while (this.u8() >= 0x80);
  }

  /** The bytes themselves, not a copy. */
  take8(length: number): Uint8Array {
    const at = this.take(length);
    return this.bytes.subarray(at, at + length);
  }

  /** A string that ends with a zero byte, which is read too. */
  cString(): string {
    return decodeText(this.cStringBytes());
  }

  /** The same, undecoded, without its terminator: the bytes themselves, not a copy. */
  cStringBytes(): Uint8Array {
    const start = this.position;
    this.skipCString();
    return this.bytes.subarray(start, this.position - 1);
  }

  skipCString(): void {
    const terminator = this.bytes.indexOf(0, this.position);
    if (terminator < 0 || terminator >= this.end) throw this.error('a string without an end');
    this.position = terminator + 1;
  }

  private leb128Bits(): { value: bigint; bits: number; last: number } {
    let low = 0;
    let bits = 0;
    let byte = this.u8();
    // Most are short: the first 28 bits need no bigint.
    for (;;) {
      low |= (byte & 0x7f) << bits;
      bits += 7;
      if (byte < 0x80 || bits === 28) break;
      byte = this.u8();
    }
    let value = BigInt(low);
    while (byte >= 0x80) {
      byte = this.u8();
      if (bits < 64) value |= BigInt(byte & 0x7f) << BigInt(bits);
      bits += 7;
    }
    return { value, bits, last: byte };
  }

  private take(length: number): number {
    const at = this.position;
    const next = at + length;
    if (!(next <= this.end && length >= 0)) {
      throw this.error(`${length} bytes are wanted where ${this.end - at} are left`, at);
    }
    this.position = next;
    return at;
  }
}

/** UTF-8; what is not valid becomes U+FFFD. Names are short and nearly all ASCII, which needs no decoder. */
export function decodeText(bytes: Uint8Array): string {
  if (bytes.length > 64) return utf8.decode(bytes);
  let text = '';
  for (const byte of bytes) {
    if (byte >= 0x80) return utf8.decode(bytes);
    text += String.fromCharCode(byte);
  }
  return text;
}
