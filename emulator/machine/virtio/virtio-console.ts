import type { ConsoleOutput, PhysicalMemory, StateReader, StateWriter } from '../device.ts';
import { ByteQueue } from '../devices/byte-queue.ts';
import { gather, scatter, totalLength } from './segments.ts';
import type { VirtioDevice, VirtioQueues } from './virtio-device.ts';

const TRANSMIT_QUEUE = 1;

const FEATURE_EMERGENCY_WRITE = 1n << 2n;
const EMERGENCY_WRITE = 8;

/** Struct virtio_console_config: columns and rows (unknown), ports, and the emergency-write register. */
const CONFIGURATION = Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0);

export interface VirtioConsoleParts {
  readonly name: string;
  readonly memory: PhysicalMemory;
  readonly output: ConsoleOutput;
}

/** Console device with one port (virtio 1.2, section 5.3). */
export class VirtioConsole implements VirtioDevice {
  static readonly receiveQueue = 0;

  readonly name: string;
  readonly type = 3;
  readonly features = FEATURE_EMERGENCY_WRITE;
  readonly queueCount = 2;
  readonly maximumRequest = 2 ** 20;
  readonly #memory: PhysicalMemory;
  readonly #output: ConsoleOutput;
  /** What has arrived and not yet been put into a buffer of the guest's. */
  readonly #line = new ByteQueue();

  constructor({ name, memory, output }: VirtioConsoleParts) {
    this.name = name;
    this.#memory = memory;
    this.#output = output;
  }

  /** Bytes that have arrived and are in no buffer of the guest's yet. */
  get waiting(): number {
    return this.#line.length;
  }

  /** Bytes arriving on the line; the transport must then serve the receive queue. */
  arrive(bytes: Uint8Array): void {
    this.#line.push(bytes);
  }

  configuration(): Uint8Array {
    return CONFIGURATION;
  }

  writeConfiguration(offset: number, _width: 1 | 2 | 4, value: number): void {
    if (offset === EMERGENCY_WRITE) this.#output.write(Uint8Array.of(value & 0xff));
  }

  notified(queue: number, queues: VirtioQueues): void {
    if (queue === VirtioConsole.receiveQueue) this.#receive(queues);
    else if (queue === TRANSMIT_QUEUE) this.#transmit(queues);
  }

  reset(cause: 'driver' | 'power-on'): void {
    // What waits on the line outlives a driver.
    if (cause === 'power-on') this.#line.clear();
  }

  save(writer: StateWriter): void {
    this.#line.save(writer);
  }

  restore(reader: StateReader): void {
    this.#line.restore(reader);
  }

  #receive(queues: VirtioQueues): void {
    while (this.#line.length > 0) {
      const chain = queues.take(VirtioConsole.receiveQueue);
      if (!chain) break;
      const bytes = this.#line.take(totalLength(chain.writable));
      queues.complete(VirtioConsole.receiveQueue, chain, scatter(this.#memory, chain.writable, bytes));
    }
    queues.signal(VirtioConsole.receiveQueue);
  }

  #transmit(queues: VirtioQueues): void {
    for (let chain = queues.take(TRANSMIT_QUEUE); chain; chain = queues.take(TRANSMIT_QUEUE)) {
      const bytes = gather(this.#memory, chain.readable);
      if (bytes.length > 0) this.#output.write(bytes);
      queues.complete(TRANSMIT_QUEUE, chain, 0);
    }
    queues.signal(TRANSMIT_QUEUE);
  }
}
