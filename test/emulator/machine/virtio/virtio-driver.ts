import { virtioSlot } from '../../../../emulator/machine/memory-map.ts';
import type { Access } from '../access-script/access-script.ts';
import { load, store, wait } from '../access-script/access-script.ts';

/** A small virtio-mmio driver, as the accesses that it would make. */

export const NEXT = 1;
export const WRITE = 2;
export const INDIRECT = 4;

export interface Descriptor {
  readonly address: number | bigint;
  readonly length: number;
  readonly flags?: number;
  readonly next?: number;
}

/** Queue `n` of a slot is in the RAM from here on; buffers are above. */
const QUEUES = 0x8080_0000;
const QUEUE_STRIDE = 0x1_0000;
export const BUFFERS = 0x8090_0000;
export const QUEUE_SIZE = 8;

const STATUS_ACKNOWLEDGED = 0x3;
const STATUS_FEATURES_OK = 0xb;
const STATUS_DRIVER_OK = 0xf;

export const VERSION_1 = 1n << 32n;
export const EVENT_INDEX = 1n << 29n;

export class VirtioDriver {
  readonly base: number;
  readonly #interface: 'legacy' | 'modern';
  readonly #slot: number;
  /** Entries made available and to be used, by queue. */
  readonly #available = new Map<number, number>();

  constructor(slot: number, interfaceVersion: 'legacy' | 'modern') {
    this.#slot = slot;
    this.base = virtioSlot(slot).base;
    this.#interface = interfaceVersion;
  }

  register(offset: number): number {
    return this.base + offset;
  }

  /** Where a queue's used ring is, with both layouts. */
  used(queue: number): number {
    return this.#queue(queue) + 0x1000;
  }

  available(queue: number): number {
    return this.#queue(queue) + 16 * QUEUE_SIZE;
  }

  descriptor(queue: number, index: number): number {
    return this.#queue(queue) + 16 * index;
  }

  initialize(features: bigint, queues: readonly number[]): readonly Access[] {
    const modern = this.#interface === 'modern';
    const wanted = modern ? features | VERSION_1 : features;
    return [
      // Before the reset, as Linux does.
      ...(modern ? [] : [store(this.register(0x28), 4096)]),
      store(this.register(0x70), 0),
      store(this.register(0x70), STATUS_ACKNOWLEDGED),
      store(this.register(0x24), 0),
      store(this.register(0x20), wanted & 0xffff_ffffn),
      ...(modern
        ? [
            store(this.register(0x24), 1),
            store(this.register(0x20), wanted >> 32n),
            store(this.register(0x70), STATUS_FEATURES_OK),
            load(this.register(0x70)),
          ]
        : []),
      ...queues.flatMap((queue) => this.#placeQueue(queue)),
      store(this.register(0x70), modern ? STATUS_DRIVER_OK : STATUS_DRIVER_OK & ~8),
      load(this.register(0x70)),
    ];
  }

  /** Writes descriptors from index `first` on. */
  describe(queue: number, descriptors: readonly Descriptor[], first = 0): readonly Access[] {
    return writeDescriptors(this.descriptor(queue, first), descriptors);
  }

  /** Makes the chain that begins at `head` available. */
  offer(queue: number, head: number): readonly Access[] {
    const index = this.#available.get(queue) ?? 0;
    this.#available.set(queue, index + 1);
    const ring = this.available(queue);
    return [store(ring + 4 + 2 * (index % QUEUE_SIZE), head, 2), store(ring + 2, index + 1, 2)];
  }

  notify(queue: number): Access {
    return store(this.register(0x50), queue);
  }

  /** Waits for all that was offered, then reads what the driver would: used entries and the interrupt, acknowledged. */
  complete(queue: number): readonly Access[] {
    const index = this.#available.get(queue) ?? 0;
    const used = this.used(queue);
    return [
      wait(used + 2, index, 2),
      load(used, 2),
      load(used + 4 + 8 * ((index - 1) % QUEUE_SIZE), 4),
      load(used + 8 + 8 * ((index - 1) % QUEUE_SIZE), 4),
      load(this.register(0x60)),
      store(this.register(0x64), 3),
      load(this.register(0x60)),
    ];
  }

  #queue(queue: number): number {
    return QUEUES + (this.#slot * 2 + queue) * QUEUE_STRIDE;
  }

  #placeQueue(queue: number): readonly Access[] {
    const place = [
      store(this.register(0x30), queue),
      load(this.register(0x34)),
      store(this.register(0x38), QUEUE_SIZE),
    ];
    if (this.#interface === 'legacy') {
      return [
        ...place,
        store(this.register(0x3c), 4096),
        store(this.register(0x40), this.#queue(queue) / 4096),
        load(this.register(0x40)),
      ];
    }
    return [
      ...place,
      ...(
        [
          [0x80, this.#queue(queue)],
          [0x90, this.available(queue)],
          [0xa0, this.used(queue)],
        ] as const
      ).flatMap(([offset, address]) => [store(this.register(offset), address), store(this.register(offset + 4), 0)]),
      store(this.register(0x44), 1),
      load(this.register(0x44)),
    ];
  }
}

export function writeDescriptors(table: number, descriptors: readonly Descriptor[]): readonly Access[] {
  return descriptors.flatMap(({ address, length, flags = 0, next = 0 }, index) => [
    store(table + 16 * index, address, 8),
    store(table + 16 * index + 8, BigInt(length) | (BigInt(flags) << 32n) | (BigInt(next) << 48n), 8),
  ]);
}
