import type { Device, InterruptLine, PhysicalMemory, Region, StateReader, StateWriter } from '../device.ts';
import type { VirtqueueState } from '../machine.ts';
import { virtioSlot } from '../memory-map.ts';
import type { VirtioDevice, VirtioQueues } from './virtio-device.ts';
import type { DescriptorChain } from './virtqueue.ts';
import { MAXIMUM_QUEUE_SIZE, VirtQueue } from './virtqueue.ts';

/** Register offsets (virtio 1.2, section 4.2.2; those marked legacy: section 4.2.4). */
const Register = {
  magic: 0x000,
  version: 0x004,
  deviceId: 0x008,
  vendorId: 0x00c,
  deviceFeatures: 0x010,
  deviceFeaturesSelect: 0x014,
  driverFeatures: 0x020,
  driverFeaturesSelect: 0x024,
  guestPageSize: 0x028, // legacy
  queueSelect: 0x030,
  queueSizeMaximum: 0x034,
  queueSize: 0x038,
  queueAlign: 0x03c, // legacy
  queuePageNumber: 0x040, // legacy
  queueReady: 0x044,
  queueNotify: 0x050,
  interruptStatus: 0x060,
  interruptAcknowledge: 0x064,
  status: 0x070,
  queueDescriptorsLow: 0x080,
  queueDescriptorsHigh: 0x084,
  queueAvailableLow: 0x090,
  queueAvailableHigh: 0x094,
  queueUsedLow: 0x0a0,
  queueUsedHigh: 0x0a4,
  sharedMemoryLengthLow: 0x0b0,
  sharedMemoryLengthHigh: 0x0b4,
  configurationGeneration: 0x0fc,
  configuration: 0x100,
} as const;

const MAGIC = 0x7472_6976; // "virt"
const VENDOR = 0x554d_4551; // "QEMU": drivers of other kernels match it.

const STATUS_DRIVER_OK = 0x04;
const STATUS_FEATURES_OK = 0x08;
const STATUS_NEEDS_RESET = 0x40;

const INTERRUPT_USED = 1;
const INTERRUPT_CONFIGURATION = 2;

const FEATURE_ANY_LAYOUT = 1n << 27n; // legacy
const FEATURE_INDIRECT = 1n << 28n;
const FEATURE_EVENT_INDEX = 1n << 29n;
const FEATURE_VERSION_1 = 1n << 32n;

const DEFAULT_QUEUE_ALIGN = 4096;

export interface VirtioMmioConnections {
  readonly slot: number;
  /** Undefined for an empty slot, which drivers recognise by device id 0. */
  readonly device: VirtioDevice | undefined;
  readonly interface: 'legacy' | 'modern';
  readonly memory: PhysicalMemory;
  readonly interrupt: InterruptLine;
}

/** One virtio-mmio slot and the device in it. */
export class VirtioMmio implements Device {
  readonly name: string;
  readonly region: Region;
  readonly #device: VirtioDevice | undefined;
  readonly #legacy: boolean;
  readonly #interrupt: InterruptLine;
  readonly #queues: readonly VirtQueue[];
  readonly #offered: bigint;

  #status = 0;
  #interruptStatus = 0;
  #deviceFeaturesSelect = 0;
  #driverFeaturesSelect = 0;
  #driverFeatures = 0n;
  #queueSelect = 0;
  #guestPageSize = 0;
  #queueAlign = DEFAULT_QUEUE_ALIGN;
  /** The driver broke the rules: nothing is served until it resets the device. */
  #broken = false;

  constructor(connections: VirtioMmioConnections) {
    const { device, slot, memory } = connections;
    this.name = device?.name ?? `virtio-empty${slot}`;
    this.region = virtioSlot(slot);
    this.#device = device;
    this.#legacy = connections.interface === 'legacy';
    this.#interrupt = connections.interrupt;
    this.#queues = Array.from(
      { length: device?.queueCount ?? 0 },
      () => new VirtQueue(memory, device?.maximumRequest ?? 0),
    );
    this.#offered =
      (device?.features ?? 0n) |
      FEATURE_INDIRECT |
      FEATURE_EVENT_INDEX |
      (this.#legacy ? FEATURE_ANY_LAYOUT : FEATURE_VERSION_1);
  }

  /** Lets the device look at a queue for which something has arrived from outside. */
  serve(queue: number): void {
    if (this.#broken || !this.#queues[queue]?.ready) return;
    this.#device?.notified(queue, this.#access);
  }

  /** The device's queues, for people. */
  queueStates(): readonly VirtqueueState[] {
    return this.#queues.map((one, queue) => ({ device: this.name, queue, ...one.state }));
  }

  read(offset: number, width: 1 | 2 | 4): number {
    return this.peek(offset, width);
  }

  peek(offset: number, width: 1 | 2 | 4): number {
    if (offset >= Register.configuration) return this.#readConfiguration(offset - Register.configuration, width);
    if (width !== 4) return 0;
    switch (offset) {
      case Register.magic:
        return MAGIC;
      case Register.version:
        return this.#legacy ? 1 : 2;
      case Register.vendorId:
        return VENDOR;
      default:
        return this.#device ? this.#readRegister(this.#device, offset) : 0;
    }
  }

  write(offset: number, width: 1 | 2 | 4, value: number): void {
    if (!this.#device) return;
    if (offset >= Register.configuration) {
      this.#device.writeConfiguration(offset - Register.configuration, width, value);
    } else if (width === 4) {
      this.#writeRegister(offset, value);
    }
  }

  reset(): void {
    this.#deviceFeaturesSelect = 0;
    this.#driverFeaturesSelect = 0;
    this.#guestPageSize = 0;
    this.#resetTransport();
    this.#device?.reset('power-on');
  }

  save(writer: StateWriter): void {
    if (!this.#device) return;
    writer.u8(this.#status);
    writer.u8(this.#interruptStatus);
    writer.u32(this.#deviceFeaturesSelect);
    writer.u32(this.#driverFeaturesSelect);
    writer.u64(this.#driverFeatures);
    writer.u32(this.#queueSelect);
    writer.u32(this.#guestPageSize);
    writer.u32(this.#queueAlign);
    writer.boolean(this.#broken);
    for (const queue of this.#queues) queue.save(writer);
    this.#device.save(writer);
  }

  restore(reader: StateReader): void {
    if (!this.#device) return;
    this.#status = reader.u8();
    this.#interruptStatus = reader.u8();
    this.#deviceFeaturesSelect = reader.u32();
    this.#driverFeaturesSelect = reader.u32();
    this.#driverFeatures = reader.u64();
    this.#queueSelect = reader.u32();
    this.#guestPageSize = reader.u32();
    this.#queueAlign = reader.u32();
    this.#broken = reader.boolean();
    for (const queue of this.#queues) queue.restore(reader);
    this.#device.restore(reader);
  }

  readonly #access: VirtioQueues = {
    take: (index) => {
      if (this.#broken) return undefined;
      const result = this.#queues[index]?.pop(this.#eventIndex());
      if (result?.kind === 'broken') this.#break();
      return result?.kind === 'chain' ? result.chain : undefined;
    },
    complete: (index: number, chain: DescriptorChain, written: number) => {
      this.#queues[index]?.push(chain, written);
    },
    signal: (index) => {
      if (this.#queues[index]?.ready && this.#queues[index].wantsInterrupt(this.#eventIndex())) {
        this.#raise(INTERRUPT_USED);
      }
    },
    fail: () => {
      this.#break();
    },
  };

  #readRegister(device: VirtioDevice, offset: number): number {
    const queue = this.#queues[this.#queueSelect];
    switch (offset) {
      case Register.deviceId:
        return device.type;
      case Register.deviceFeatures:
        return this.#deviceFeaturesSelect > 1
          ? 0
          : Number(BigInt.asUintN(32, this.#offered >> BigInt(32 * this.#deviceFeaturesSelect)));
      case Register.queueSizeMaximum:
        return queue ? MAXIMUM_QUEUE_SIZE : 0;
      case Register.queuePageNumber:
        return this.#legacy && queue && this.#guestPageSize > 0
          ? Math.floor(Number(queue.addresses.descriptors) / this.#guestPageSize) >>> 0
          : 0;
      case Register.queueReady:
        return !this.#legacy && queue?.ready ? 1 : 0;
      case Register.interruptStatus:
        return this.#interruptStatus;
      case Register.status:
        return this.#status;
      case Register.sharedMemoryLengthLow:
      case Register.sharedMemoryLengthHigh:
        return 0xffff_ffff; // No shared memory regions.
      default:
        return 0; // Write-only registers, the generation of a configuration that never changes, and holes.
    }
  }

  #writeRegister(offset: number, value: number): void {
    const queue = this.#queues[this.#queueSelect];
    switch (offset) {
      case Register.deviceFeaturesSelect:
        this.#deviceFeaturesSelect = value;
        break;
      case Register.driverFeatures:
        this.#writeDriverFeatures(value);
        break;
      case Register.driverFeaturesSelect:
        this.#driverFeaturesSelect = value;
        break;
      case Register.queueSelect:
        this.#queueSelect = value;
        break;
      case Register.queueSize:
        if (queue) queue.size = value;
        break;
      case Register.queueNotify:
        this.serve(value);
        break;
      case Register.interruptAcknowledge:
        this.#interruptStatus &= ~value;
        this.#update();
        break;
      case Register.status:
        this.#writeStatus(value & 0xff);
        break;
      default:
        if (this.#legacy) this.#writeLegacyRegister(offset, value);
        else if (queue) writeModernQueueRegister(queue, offset, value);
    }
  }

  #writeLegacyRegister(offset: number, value: number): void {
    const queue = this.#queues[this.#queueSelect];
    switch (offset) {
      case Register.guestPageSize:
        this.#guestPageSize = isPowerOfTwo(value) ? value : 0;
        break;
      case Register.queueAlign:
        if (isPowerOfTwo(value)) this.#queueAlign = value;
        break;
      case Register.queuePageNumber:
        if (value === 0) this.#resetByDriver();
        else if (queue) this.#placeLegacyQueue(queue, value * this.#guestPageSize);
        break;
      default:
    }
  }

  /** Legacy queues are one block: descriptors, available ring, and the used ring at the next multiple of the alignment. */
  #placeLegacyQueue(queue: VirtQueue, base: number): void {
    const available = base + 16 * queue.size;
    const availableEnd = available + 6 + 2 * queue.size;
    const used = Math.ceil(availableEnd / this.#queueAlign) * this.#queueAlign;
    queue.ready = false;
    queue.addresses = { descriptors: BigInt(base), available: BigInt(available), used: BigInt(used) };
    queue.ready = true;
  }

  #writeDriverFeatures(value: number): void {
    if ((this.#status & STATUS_FEATURES_OK) !== 0 && !this.#legacy) return;
    if (this.#driverFeaturesSelect > 1) return;
    const shift = BigInt(32 * this.#driverFeaturesSelect);
    this.#driverFeatures = (this.#driverFeatures & ~(0xffff_ffffn << shift)) | (BigInt(value) << shift);
    // A legacy driver has no way to learn that a feature was refused.
    if (this.#legacy) this.#driverFeatures &= this.#offered;
  }

  #writeStatus(status: number): void {
    if (status === 0) {
      this.#resetByDriver();
      return;
    }
    const refused = (this.#driverFeatures & ~this.#offered) !== 0n || (this.#driverFeatures & FEATURE_VERSION_1) === 0n;
    const accepted = this.#legacy || !refused ? status : status & ~STATUS_FEATURES_OK;
    this.#status = (accepted & ~STATUS_NEEDS_RESET) | (this.#status & STATUS_NEEDS_RESET);
  }

  #resetByDriver(): void {
    this.#resetTransport();
    this.#device?.reset('driver');
  }

  /** What a driver's reset resets; Linux sets the legacy page size before it resets the device. */
  #resetTransport(): void {
    this.#status = 0;
    this.#interruptStatus = 0;
    this.#driverFeatures = 0n;
    this.#queueSelect = 0;
    this.#queueAlign = DEFAULT_QUEUE_ALIGN;
    this.#broken = false;
    for (const queue of this.#queues) queue.reset();
    this.#update();
  }

  #readConfiguration(offset: number, width: 1 | 2 | 4): number {
    const bytes = this.#device?.configuration();
    let value = 0;
    for (let index = 0; index < width; index++) value += (bytes?.[offset + index] ?? 0) * 2 ** (8 * index);
    return value;
  }

  #eventIndex(): boolean {
    return (this.#driverFeatures & FEATURE_EVENT_INDEX) !== 0n;
  }

  #break(): void {
    this.#broken = true;
    // Legacy drivers do not know this state: their device just stops.
    if (this.#legacy) return;
    this.#status |= STATUS_NEEDS_RESET;
    if ((this.#status & STATUS_DRIVER_OK) !== 0) this.#raise(INTERRUPT_CONFIGURATION);
  }

  #raise(cause: number): void {
    this.#interruptStatus |= cause;
    this.#update();
  }

  #update(): void {
    this.#interrupt.set(this.#interruptStatus !== 0);
  }
}

function writeModernQueueRegister(queue: VirtQueue, offset: number, value: number): void {
  const { descriptors, available, used } = queue.addresses;
  switch (offset) {
    case Register.queueReady:
      queue.ready = (value & 1) === 1;
      break;
    case Register.queueDescriptorsLow:
    case Register.queueDescriptorsHigh:
      queue.addresses = { descriptors: withHalf(descriptors, offset, value), available, used };
      break;
    case Register.queueAvailableLow:
    case Register.queueAvailableHigh:
      queue.addresses = { descriptors, available: withHalf(available, offset, value), used };
      break;
    case Register.queueUsedLow:
    case Register.queueUsedHigh:
      queue.addresses = { descriptors, available, used: withHalf(used, offset, value) };
      break;
    default:
  }
}

/** Low halves are at multiples of 8. */
function withHalf(old: bigint, offset: number, value: number): bigint {
  return offset % 8 === 0
    ? (old & 0xffff_ffff_0000_0000n) | BigInt(value)
    : (old & 0xffff_ffffn) | (BigInt(value) << 32n);
}

function isPowerOfTwo(value: number): boolean {
  return value > 0 && 2 ** Math.round(Math.log2(value)) === value;
}
