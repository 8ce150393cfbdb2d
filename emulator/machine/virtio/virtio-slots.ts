import type { MachineConfiguration } from '../configuration.ts';
import type { ConsoleInput, HostDoor, InterruptLine, PhysicalMemory } from '../device.ts';
import { VIRTIO_CONSOLE_SLOT, VIRTIO_ENTROPY_SLOT, VIRTIO_SLOTS } from '../memory-map.ts';
import { DriveSpace } from './drive-space.ts';
import { VirtioBlock } from './virtio-block.ts';
import { VirtioConsole } from './virtio-console.ts';
import type { VirtioDevice } from './virtio-device.ts';
import { VirtioEntropy } from './virtio-entropy.ts';
import { VirtioMmio } from './virtio-mmio.ts';

export interface VirtioSlotsParts {
  readonly memory: PhysicalMemory;
  readonly host: HostDoor;
  /** The image of each drive of the configuration, in order. */
  readonly driveImages: readonly Uint8Array[];
  /** XXH64, seed 0. */
  readonly hashPage: (page: Uint8Array) => bigint;
  /** The interrupt line of a slot. */
  readonly interrupt: (slot: number) => InterruptLine;
  /** Bytes that the guest printed on the device of that name. */
  readonly onOutput: (device: string, bytes: Uint8Array) => void;
}

/** The eight virtio-mmio slots and what is in them. */
export interface VirtioSlots {
  readonly slots: readonly VirtioMmio[];
  readonly drives: readonly DriveSpace[];
  readonly console: ConsoleInput & { readonly name: string };
}

/** Drives are in the first slots, the console and the entropy device in the last two; others are empty. */
export function createVirtioSlots(configuration: MachineConfiguration, parts: VirtioSlotsParts): VirtioSlots {
  const { memory, host } = parts;
  const drives = parts.driveImages.map((image, index) => new DriveSpace(`drive${index}`, image, parts.hashPage));
  const name = 'virtio-console';
  const console = new VirtioConsole({
    name,
    memory,
    output: {
      write: (bytes) => {
        parts.onOutput(name, bytes);
      },
    },
  });
  const entropy = new VirtioEntropy({ name: 'virtio-entropy', memory, host });

  const deviceIn = (slot: number): VirtioDevice | undefined => {
    if (slot === VIRTIO_CONSOLE_SLOT) return console;
    if (slot === VIRTIO_ENTROPY_SLOT) return entropy;
    const drive = drives[slot];
    const readOnly = configuration.drives[slot]?.readOnly ?? false;
    return drive && new VirtioBlock({ name: `virtio-block${slot}`, drive, readOnly, memory });
  };
  const slots = Array.from(
    { length: VIRTIO_SLOTS },
    (_, slot) =>
      new VirtioMmio({
        slot,
        device: deviceIn(slot),
        interface: configuration.virtio ?? 'legacy',
        memory,
        interrupt: parts.interrupt(slot),
      }),
  );
  return {
    slots,
    drives,
    console: {
      name,
      get waiting() {
        return console.waiting;
      },
      receive: (bytes) => {
        console.arrive(bytes);
        slots[VIRTIO_CONSOLE_SLOT]?.serve(VirtioConsole.receiveQueue);
      },
    },
  };
}
