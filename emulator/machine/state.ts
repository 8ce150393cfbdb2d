import type { StateReader, StateWriter } from './device.ts';

/** Collects a state as bytes. */
export class ByteStateWriter implements StateWriter {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  u8(value: number): void {
    const offset = this.#reserve(1);
    this.#view.setUint8(offset, value);
  }

  u32(value: number): void {
    const offset = this.#reserve(4);
    this.#view.setUint32(offset, value, true);
  }

  u64(value: bigint): void {
    const offset = this.#reserve(8);
    this.#view.setBigUint64(offset, value, true);
  }

  count(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not a count: ${value}`);
    this.u64(BigInt(value));
  }

  boolean(value: boolean): void {
    this.u8(value ? 1 : 0);
  }

  bytes(value: Uint8Array): void {
    this.count(value.length);
    const offset = this.#reserve(value.length);
    this.#bytes.set(value, offset);
  }

  /** Bytes that another writer has finished: no length goes before them. */
  raw(value: Uint8Array): void {
    const offset = this.#reserve(value.length);
    this.#bytes.set(value, offset);
  }

  /** A copy of everything written so far. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** Room for `length` bytes at the offset returned. Replaces the buffer and its view: to be called before either is used. */
  #reserve(length: number): number {
    const offset = this.#length;
    this.#length += length;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, offset));
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return offset;
  }
}

/** Reads a state back. Trusts nothing: a value that the writer cannot have written is a RangeError. */
export class ByteStateReader implements StateReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#advance(8), true);
  }

  count(): number {
    const value = Number(this.u64());
    if (!Number.isSafeInteger(value)) throw new RangeError('a count in the saved state exceeds 2^53');
    return value;
  }

  boolean(): boolean {
    const value = this.u8();
    if (value > 1) throw new RangeError(`${value} in the saved state is not a boolean`);
    return value === 1;
  }

  bytes(): Uint8Array {
    const length = this.count();
    const offset = this.#advance(length);
    return this.#bytes.slice(offset, offset + length);
  }

  /** Throws a RangeError unless everything has been read. */
  expectEnd(): void {
    const left = this.#bytes.length - this.#offset;
    if (left !== 0) throw new RangeError(`the saved state is ${left} bytes longer than this version writes`);
  }

  #advance(length: number): number {
    const offset = this.#offset;
    if (length > this.#bytes.length - offset) {
      throw new RangeError(`the saved state ends at byte ${this.#bytes.length}, inside a value`);
    }
    this.#offset += length;
    return offset;
  }
}
