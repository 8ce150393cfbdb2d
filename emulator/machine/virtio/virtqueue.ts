import type { VirtqueueState } from '../machine.ts';
import type { PhysicalMemory, StateReader, StateWriter } from '../device.ts';

/** Split virtqueues (Virtual I/O Device specification 1.2, section 2.7). All of it is in guest memory; none of it is trusted. */

/** Entries in the largest queue; a power of two. */
export const MAXIMUM_QUEUE_SIZE = 1024;

const DESCRIPTOR_SIZE = 16;
const FLAG_NEXT = 1;
const FLAG_WRITE = 2;
const FLAG_INDIRECT = 4;
const AVAILABLE_NO_INTERRUPT = 1;

/** A piece of guest RAM; checked to be RAM. */
export interface Segment {
  readonly address: number;
  readonly length: number;
}

/** One request: what the device reads, then what it writes. */
export interface DescriptorChain {
  readonly head: number;
  readonly readable: readonly Segment[];
  readonly writable: readonly Segment[];
}

export type PopResult =
  | { readonly kind: 'chain'; readonly chain: DescriptorChain }
  | { readonly kind: 'empty' }
  /** The driver broke the rules; the queue must not be used until the device is reset. */
  | { readonly kind: 'broken'; readonly reason: string };

/** Where the three parts of a queue are: physical addresses, as the driver gave them. */
export interface QueueAddresses {
  readonly descriptors: bigint;
  readonly available: bigint;
  readonly used: bigint;
}

const NOWHERE: QueueAddresses = { descriptors: 0n, available: 0n, used: 0n };

export class VirtQueue {
  readonly #memory: PhysicalMemory;
  /** Bytes in one direction of one request beyond which it is refused. */
  readonly #maximumBytes: number;
  #size = MAXIMUM_QUEUE_SIZE;
  #ready = false;
  #addresses = NOWHERE;
  /** Index, modulo 2^16, of the next available entry to take, and of the next used entry to write. */
  #nextAvailable = 0;
  #nextUsed = 0;
  /** `nextUsed` when an interrupt was last considered. */
  #considered = 0;

  constructor(memory: PhysicalMemory, maximumBytes: number) {
    this.#memory = memory;
    this.#maximumBytes = maximumBytes;
  }

  get size(): number {
    return this.#size;
  }

  /** Ignored unless it is a power of two up to the maximum, and while the queue is in use. */
  set size(size: number) {
    const valid = size > 0 && size <= MAXIMUM_QUEUE_SIZE && (size & (size - 1)) === 0;
    if (valid && !this.#ready) this.#size = size;
  }

  get ready(): boolean {
    return this.#ready;
  }

  /** Begins or ceases to serve the queue, whose size and addresses are then fixed. */
  set ready(ready: boolean) {
    this.#ready = ready;
  }

  /** For people. */
  get state(): Omit<VirtqueueState, 'device' | 'queue'> {
    return {
      ready: this.#ready,
      size: this.#size,
      ...this.#addresses,
      nextAvailable: this.#nextAvailable,
      nextUsed: this.#nextUsed,
    };
  }

  get addresses(): QueueAddresses {
    return this.#addresses;
  }

  set addresses(addresses: QueueAddresses) {
    if (!this.#ready) this.#addresses = addresses;
  }

  reset(): void {
    this.#size = MAXIMUM_QUEUE_SIZE;
    this.#ready = false;
    this.#addresses = NOWHERE;
    this.#nextAvailable = 0;
    this.#nextUsed = 0;
    this.#considered = 0;
  }

  /** Takes the next request that the driver made available. */
  pop(eventIndex: boolean): PopResult {
    if (!this.#ready) return { kind: 'empty' };
    const { available, used } = this.#addresses;
    const ring = range(available, 4 + 2 * this.#size + (eventIndex ? 2 : 0));
    const usedRing = range(used, 4 + 8 * this.#size + (eventIndex ? 2 : 0));
    if (!this.#isMemory(ring) || !this.#isMemory(usedRing)) return broken('a ring is not in RAM');
    const waiting = (this.#read16(ring.address + 2) - this.#nextAvailable) & 0xffff;
    if (waiting > this.#size) return broken('more requests are available than the queue holds');
    if (waiting === 0) {
      // Asks the driver for a notification of the very next request.
      if (eventIndex) this.#write16(usedRing.address + 4 + 8 * this.#size, this.#nextAvailable);
      return { kind: 'empty' };
    }
    const head = this.#read16(ring.address + 4 + 2 * (this.#nextAvailable % this.#size));
    this.#nextAvailable = (this.#nextAvailable + 1) & 0xffff;
    return this.#walk(head);
  }

  /** Gives a request back, with the number of bytes written to its writable segments. */
  push(chain: DescriptorChain, written: number): void {
    const entry = new Uint8Array(8);
    const view = new DataView(entry.buffer);
    view.setUint32(0, chain.head, true);
    view.setUint32(4, written, true);
    const used = Number(this.#addresses.used);
    this.#memory.write(used + 4 + 8 * (this.#nextUsed % this.#size), entry);
    this.#nextUsed = (this.#nextUsed + 1) & 0xffff;
    this.#write16(used + 2, this.#nextUsed);
  }

  /** Whether the driver wants an interrupt for what was pushed since the last call. */
  wantsInterrupt(eventIndex: boolean): boolean {
    const pushed = (this.#nextUsed - this.#considered) & 0xffff;
    this.#considered = this.#nextUsed;
    if (pushed === 0) return false;
    const available = Number(this.#addresses.available);
    if (!eventIndex) return (this.#read16(available) & AVAILABLE_NO_INTERRUPT) === 0;
    const usedEvent = this.#read16(available + 4 + 2 * this.#size);
    return ((this.#nextUsed - usedEvent - 1) & 0xffff) < pushed;
  }

  save(writer: StateWriter): void {
    writer.u32(this.#size);
    writer.boolean(this.#ready);
    writer.u64(this.#addresses.descriptors);
    writer.u64(this.#addresses.available);
    writer.u64(this.#addresses.used);
    writer.u32(this.#nextAvailable);
    writer.u32(this.#nextUsed);
    writer.u32(this.#considered);
  }

  restore(reader: StateReader): void {
    this.#size = reader.u32();
    this.#ready = reader.boolean();
    this.#addresses = { descriptors: reader.u64(), available: reader.u64(), used: reader.u64() };
    this.#nextAvailable = reader.u32();
    this.#nextUsed = reader.u32();
    this.#considered = reader.u32();
  }

  #walk(head: number): PopResult {
    let table = range(this.#addresses.descriptors, this.#size * DESCRIPTOR_SIZE);
    let entries = this.#size;
    let indirect = false;
    const readable: Segment[] = [];
    const writable: Segment[] = [];
    const bytes = { readable: 0, writable: 0 };
    // A chain visits each descriptor once; a longer one is a loop.
    for (let index = head, visited = 0; ; visited++) {
      if (!this.#isMemory(table)) return broken('a descriptor table is not in RAM');
      if (index >= entries) return broken('a descriptor index is outside its table');
      if (visited >= Math.min(entries, MAXIMUM_QUEUE_SIZE)) return broken('a descriptor chain does not end');
      const bytesRead = this.#memory.read(table.address + index * DESCRIPTOR_SIZE, DESCRIPTOR_SIZE);
      const descriptor = new DataView(bytesRead.buffer, bytesRead.byteOffset, DESCRIPTOR_SIZE);
      const length = descriptor.getUint32(8, true);
      const flags = descriptor.getUint16(12, true);
      const segment = range(descriptor.getBigUint64(0, true), length);

      if (flags & FLAG_INDIRECT) {
        if (indirect || flags & FLAG_NEXT) return broken('an indirect descriptor is where it may not be');
        if (length === 0 || length % DESCRIPTOR_SIZE !== 0) return broken('an indirect table has a wrong length');
        indirect = true;
        table = segment;
        entries = length / DESCRIPTOR_SIZE;
        index = 0;
        visited = -1;
        continue;
      }

      if (length === 0 || !this.#isMemory(segment)) return broken('a buffer is empty or not in RAM');
      const direction = flags & FLAG_WRITE ? 'writable' : 'readable';
      if (direction === 'readable' && writable.length > 0) return broken('a readable buffer follows a writable one');
      bytes[direction] += length;
      if (bytes[direction] > this.#maximumBytes) return broken('a request is too large');
      (direction === 'writable' ? writable : readable).push(segment);

      if (!(flags & FLAG_NEXT)) return { kind: 'chain', chain: { head, readable, writable } };
      index = descriptor.getUint16(14, true);
    }
  }

  #isMemory({ address, length }: Segment): boolean {
    return this.#memory.contains(address, length);
  }

  #read16(address: number): number {
    const [low = 0, high = 0] = this.#memory.read(address, 2);
    return low | (high << 8);
  }

  #write16(address: number, value: number): void {
    this.#memory.write(address, Uint8Array.of(value & 0xff, value >> 8));
  }
}

function broken(reason: string): PopResult {
  return { kind: 'broken', reason };
}

/** An address beyond 2^53 becomes one that is certainly not RAM. */
function range(address: bigint, length: number): Segment {
  return { address: address < 2n ** 52n ? Number(address) : Number.MAX_SAFE_INTEGER - 2 ** 33, length };
}
