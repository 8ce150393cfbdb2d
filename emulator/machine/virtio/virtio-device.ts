import type { StateReader, StateWriter } from '../device.ts';
import type { DescriptorChain } from './virtqueue.ts';

/** What a virtio device asks of its transport. */
export interface VirtioQueues {
  /**
   * Takes the next request of a queue, or undefined. A request that breaks the rules puts the device into the
   * needs-reset state, and there are no more.
   */
  take(queue: number): DescriptorChain | undefined;
  /** Completes a request. */
  complete(queue: number, chain: DescriptorChain, written: number): void;
  /** Raises the interrupt if the driver wants one for what was completed since the last call. */
  signal(queue: number): void;
  /** The driver sent what the device cannot answer: it must be reset. */
  fail(): void;
}

/** A kind of virtio device, apart from how it is attached. It carries a request out within the step that notified it. */
export interface VirtioDevice {
  /** Unique on the board. */
  readonly name: string;
  /** Device type (virtio 1.2, chapter 5). */
  readonly type: number;
  /** Feature bits of this type of device; the transport adds its own. */
  readonly features: bigint;
  readonly queueCount: number;
  /** Bytes in one direction of one request beyond which it is refused. */
  readonly maximumRequest: number;
  /** The device configuration space, little-endian. Reads beyond it are zero. */
  configuration(): Uint8Array;
  /** A driver's write into the configuration space, most often not allowed. */
  writeConfiguration(offset: number, width: 1 | 2 | 4, value: number): void;
  /** The driver notified a queue: there may be requests. */
  notified(queue: number, queues: VirtioQueues): void;
  /** The driver reset the device, or the machine was powered on. */
  reset(cause: 'driver' | 'power-on'): void;
  save(writer: StateWriter): void;
  restore(reader: StateReader): void;
}
