import type { StateReader, StateWriter } from '../device.ts';

/** First in, first out; unbounded. Taking a byte costs constant time however many wait. */
export class ByteQueue {
  #bytes = new Uint8Array(64);
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  push(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#bytes.length) {
      const waiting = this.#bytes.subarray(this.#start, this.#end);
      const needed = waiting.length + bytes.length;
      // Grow only when compacting would leave less than half the buffer free: pushes then cost amortised constant time.
      const room = needed * 2 > this.#bytes.length ? new Uint8Array(needed * 2) : this.#bytes;
      if (room === this.#bytes) room.copyWithin(0, this.#start, this.#end);
      else room.set(waiting);
      this.#bytes = room;
      this.#end = waiting.length;
      this.#start = 0;
    }
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  shift(): number | undefined {
    return this.#start === this.#end ? undefined : this.#bytes[this.#start++];
  }

  /** Takes up to `length` bytes. */
  take(length: number): Uint8Array {
    const taken = this.#bytes.slice(this.#start, Math.min(this.#end, this.#start + length));
    this.#start += taken.length;
    return taken;
  }

  peek(): number | undefined {
    return this.#start === this.#end ? undefined : this.#bytes[this.#start];
  }

  clear(): void {
    this.#start = 0;
    this.#end = 0;
  }

  save(writer: StateWriter): void {
    writer.bytes(this.#bytes.subarray(this.#start, this.#end));
  }

  restore(reader: StateReader): void {
    this.clear();
    this.push(reader.bytes());
  }
}
