import type { HostDoor, PhysicalMemory } from '../device.ts';
import { scatter, totalLength } from './segments.ts';
import type { VirtioDevice, VirtioQueues } from './virtio-device.ts';

/**
 * The most that one request gets. A driver asks again when it wants more, and every byte is written into the recording.
 */
const MOST_BYTES = 256;

export interface VirtioEntropyParts {
  readonly name: string;
  readonly memory: PhysicalMemory;
  readonly host: HostDoor;
}

/** Entropy device (virtio 1.2, section 5.4). What it gives is host input, and comes through the door (law 2). */
export class VirtioEntropy implements VirtioDevice {
  readonly name: string;
  readonly type = 4;
  readonly features = 0n;
  readonly queueCount = 1;
  readonly maximumRequest = 2 ** 30;
  readonly #memory: PhysicalMemory;
  readonly #host: HostDoor;

  constructor({ name, memory, host }: VirtioEntropyParts) {
    this.name = name;
    this.#memory = memory;
    this.#host = host;
  }

  configuration(): Uint8Array {
    return new Uint8Array(0);
  }

  writeConfiguration(): void {
    // It has no configuration.
  }

  notified(queue: number, queues: VirtioQueues): void {
    for (let chain = queues.take(queue); chain; chain = queues.take(queue)) {
      const length = Math.min(totalLength(chain.writable), MOST_BYTES);
      const written = length === 0 ? 0 : scatter(this.#memory, chain.writable, this.#host.entropy(length));
      queues.complete(queue, chain, written);
    }
    queues.signal(queue);
  }

  reset(): void {
    // No state.
  }

  save(): void {
    // No state.
  }

  restore(): void {
    // No state.
  }
}
