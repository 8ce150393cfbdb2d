import type { PhysicalMemory } from '../device.ts';
import type { DriveSpace } from './drive-space.ts';
import { gather, scatter, slice, totalLength } from './segments.ts';
import type { VirtioDevice, VirtioQueues } from './virtio-device.ts';
import type { DescriptorChain, Segment } from './virtqueue.ts';

/** Block device (virtio 1.2, section 5.2). */

const SECTOR = 512;
const HEADER_SIZE = 16;
const ID_SIZE = 20;
const RANGE_SIZE = 16;
const CONFIGURATION_SIZE = 60;

const FEATURE_SEG_MAX = 1n << 2n;
const FEATURE_READ_ONLY = 1n << 5n;
const FEATURE_BLK_SIZE = 1n << 6n;
const FEATURE_FLUSH = 1n << 9n;
const FEATURE_DISCARD = 1n << 13n;
const FEATURE_WRITE_ZEROES = 1n << 14n;

const REQUEST_IN = 0;
const REQUEST_OUT = 1;
const REQUEST_FLUSH = 4;
const REQUEST_GET_ID = 8;
const REQUEST_DISCARD = 11;
const REQUEST_WRITE_ZEROES = 13;

const STATUS_OK = 0;
const STATUS_IO_ERROR = 1;
const STATUS_UNSUPPORTED = 2;

/** Data segments in a request; with header and status they fill QEMU's default queue of 256. */
const SEGMENTS_MAXIMUM = 254;
/** Sectors in one range, and ranges in one request, of discard and write zeroes. */
const RANGE_SECTORS_MAXIMUM = 0x3f_ffff;
const RANGES_MAXIMUM = 16;
/** How much is moved at a time, so that a large request does not need as much memory again. */
const STEP = 1 << 20;

/** What became of a request. */
interface Result {
  readonly status: typeof STATUS_OK | typeof STATUS_IO_ERROR | typeof STATUS_UNSUPPORTED;
  /** Bytes of data written to the guest. */
  readonly written: number;
}

const DONE: Result = { status: STATUS_OK, written: 0 };
const FAILED: Result = { status: STATUS_IO_ERROR, written: 0 };
const UNSUPPORTED: Result = { status: STATUS_UNSUPPORTED, written: 0 };

export interface VirtioBlockParts {
  readonly name: string;
  readonly drive: DriveSpace;
  readonly readOnly: boolean;
  readonly memory: PhysicalMemory;
}

/** A drive. It has no state but the drive's contents, which is a paged space of the machine. */
export class VirtioBlock implements VirtioDevice {
  readonly name: string;
  readonly type = 2;
  readonly features: bigint;
  readonly queueCount = 1;
  readonly maximumRequest = 2 ** 30;
  readonly #drive: DriveSpace;
  readonly #readOnly: boolean;
  readonly #memory: PhysicalMemory;
  readonly #configuration: Uint8Array;

  constructor({ name, drive, readOnly, memory }: VirtioBlockParts) {
    this.name = name;
    this.features =
      FEATURE_SEG_MAX |
      FEATURE_BLK_SIZE |
      FEATURE_FLUSH |
      (readOnly ? FEATURE_READ_ONLY : FEATURE_DISCARD | FEATURE_WRITE_ZEROES);
    this.#drive = drive;
    this.#readOnly = readOnly;
    this.#memory = memory;
    this.#configuration = configuration(drive.size);
  }

  configuration(): Uint8Array {
    return this.#configuration;
  }

  writeConfiguration(): void {
    // Only the write-back mode could be written, and it is not offered.
  }

  notified(queue: number, queues: VirtioQueues): void {
    for (let chain = queues.take(queue); chain; chain = queues.take(queue)) {
      const written = this.#carryOut(chain);
      if (written === undefined) {
        queues.fail();
        return;
      }
      queues.complete(queue, chain, written);
    }
    queues.signal(queue);
  }

  reset(): void {
    // The drive keeps what was written; its pages are the machine's to restore.
  }

  save(): void {
    // No state of its own.
  }

  restore(): void {
    // No state of its own.
  }

  /** Bytes written to the guest, the status included; undefined when there is no room for a header or a status. */
  #carryOut({ readable, writable }: DescriptorChain): number | undefined {
    const dataRoom = totalLength(writable) - 1;
    const header = gather(this.#memory, slice(readable, 0, HEADER_SIZE));
    if (dataRoom < 0 || header.length < HEADER_SIZE) return undefined;
    const view = new DataView(header.buffer);
    const sector = view.getBigUint64(8, true);
    const output = slice(readable, HEADER_SIZE, Infinity);
    const input = slice(writable, 0, dataRoom);
    const { status, written } = this.#execute(view.getUint32(0, true), sector, output, input);
    scatter(this.#memory, slice(writable, dataRoom, 1), Uint8Array.of(status));
    return written + 1;
  }

  #execute(type: number, sector: bigint, output: readonly Segment[], input: readonly Segment[]): Result {
    switch (type) {
      case REQUEST_IN:
        return this.#read(sector, input);
      case REQUEST_OUT:
        return this.#write(sector, output);
      case REQUEST_FLUSH:
        return DONE; // Writes are never held back.
      case REQUEST_GET_ID:
        return { status: STATUS_OK, written: scatter(this.#memory, input, identity(this.name)) };
      case REQUEST_DISCARD:
      case REQUEST_WRITE_ZEROES:
        return this.#zero(type, output);
      default:
        return UNSUPPORTED;
    }
  }

  #read(sector: bigint, input: readonly Segment[]): Result {
    const start = this.#locate(sector, totalLength(input));
    if (start === undefined) return FAILED;
    let offset = start;
    for (const { address, length } of pieces(input)) {
      this.#memory.write(address, this.#drive.read(offset, length));
      offset += length;
    }
    return { status: STATUS_OK, written: offset - start };
  }

  #write(sector: bigint, output: readonly Segment[]): Result {
    const start = this.#locate(sector, totalLength(output));
    if (start === undefined || this.#readOnly) return FAILED;
    let offset = start;
    for (const { address, length } of pieces(output)) {
      this.#drive.write(offset, this.#memory.read(address, length));
      offset += length;
    }
    return DONE;
  }

  /** Discard and write zeroes. Discarded sectors read as zeros afterwards: what they read as must not be left to chance. */
  #zero(type: number, output: readonly Segment[]): Result {
    const length = totalLength(output);
    if (this.#readOnly) return FAILED;
    if (length === 0 || length % RANGE_SIZE !== 0 || length > RANGES_MAXIMUM * RANGE_SIZE) return FAILED;
    const view = new DataView(gather(this.#memory, output).buffer);
    const ranges: { readonly offset: number; readonly size: number }[] = [];
    for (let at = 0; at < length; at += RANGE_SIZE) {
      const sectors = view.getUint32(at + 8, true);
      const flags = view.getUint32(at + 12, true);
      // Flag 0 is `unmap`, which discard does not have.
      if (flags > 1 || (flags !== 0 && type === REQUEST_DISCARD)) return UNSUPPORTED;
      const offset = this.#locate(view.getBigUint64(at, true), sectors * SECTOR);
      if (offset === undefined || sectors > RANGE_SECTORS_MAXIMUM) return FAILED;
      ranges.push({ offset, size: sectors * SECTOR });
    }
    for (const { offset, size } of ranges) {
      for (let done = 0; done < size; done += STEP) {
        this.#drive.write(offset + done, new Uint8Array(Math.min(STEP, size - done)));
      }
    }
    return DONE;
  }

  /** Byte offset of a sector, when that many bytes from there are whole sectors of the drive. */
  #locate(sector: bigint, length: number): number | undefined {
    const sectors = Math.floor(this.#drive.size / SECTOR);
    if (length % SECTOR !== 0 || sector + BigInt(length / SECTOR) > BigInt(sectors)) return undefined;
    return Number(sector) * SECTOR;
  }
}

/** Cuts segments into pieces of at most STEP bytes. */
function* pieces(segments: readonly Segment[]): Generator<Segment> {
  for (const { address, length } of segments) {
    for (let done = 0; done < length; done += STEP) {
      yield { address: address + done, length: Math.min(STEP, length - done) };
    }
  }
}

/** The serial number that a driver is told. */
function identity(name: string): Uint8Array {
  const bytes = new Uint8Array(ID_SIZE);
  bytes.set(new TextEncoder().encode(name).subarray(0, ID_SIZE));
  return bytes;
}

/** Struct virtio_blk_config (section 5.2.4). */
function configuration(size: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(CONFIGURATION_SIZE));
  view.setBigUint64(0, BigInt(Math.floor(size / SECTOR)), true);
  view.setUint32(12, SEGMENTS_MAXIMUM, true);
  view.setUint32(20, SECTOR, true);
  view.setUint16(34, 1, true); // Queues.
  view.setUint32(36, RANGE_SECTORS_MAXIMUM, true);
  view.setUint32(40, RANGES_MAXIMUM, true);
  view.setUint32(44, 1, true); // Alignment of discards, in sectors.
  view.setUint32(48, RANGE_SECTORS_MAXIMUM, true);
  view.setUint32(52, RANGES_MAXIMUM, true);
  view.setUint8(56, 1); // Write zeroes may unmap.
  return new Uint8Array(view.buffer);
}
