import type { VirtqueueState } from '../../../emulator/machine/machine.ts';
import { VIRTIO_SLOTS, virtioSlot } from '../../../emulator/machine/memory-map.ts';
import { flagged, hexadecimal, type DeviceField, type PeekRegister } from './fields.ts';

/** Registers of virtio-mmio (Virtual I/O Device specification 1.2, section 4.2.2). */
const VERSION = 0x4;
const DEVICE_ID = 0x8;
const INTERRUPT_STATUS = 0x60;
const STATUS = 0x70;

const DEVICE_NAMES: Readonly<Record<number, string>> = { 2: 'block', 3: 'console', 4: 'entropy' };
const STATUS_BITS = [
  [1, 'ACKNOWLEDGE'],
  [2, 'DRIVER'],
  [4, 'DRIVER_OK'],
  [8, 'FEATURES_OK'],
  [64, 'NEEDS_RESET'],
  [128, 'FAILED'],
] as const;

/** The slots that hold a device, each with its queues. */
export function virtioFields(peek: PeekRegister, queues: readonly VirtqueueState[]): readonly DeviceField[] {
  // A slot's queues come in the order of the slots.
  const byDevice = new Map<string, VirtqueueState[]>();
  for (const queue of queues) byDevice.set(queue.device, [...(byDevice.get(queue.device) ?? []), queue]);
  const devices = [...byDevice.entries()];
  const fields: DeviceField[] = [];
  for (let slot = 0; slot < VIRTIO_SLOTS; slot++) {
    const register = (offset: number): number => peek(virtioSlot(slot).base + offset, 4);
    const id = register(DEVICE_ID);
    if (id === 0) continue;
    const [name = DEVICE_NAMES[id] ?? `device ${id}`, own = []] = devices.shift() ?? [];
    const status = flagged(register(STATUS), STATUS_BITS);
    fields.push({
      name: `slot ${slot}: ${name}`,
      text: status,
      parts: [
        { name: 'interface', text: register(VERSION) === 1 ? 'legacy' : 'modern' },
        { name: 'status', text: status },
        {
          name: 'interrupt status',
          text: flagged(register(INTERRUPT_STATUS), [
            [1, 'used buffer'],
            [2, 'configuration'],
          ]),
        },
        ...own.map((queue) => queueField(queue, peek)),
      ],
    });
  }
  return fields;
}

function queueField(state: VirtqueueState, peek: PeekRegister): DeviceField {
  const { queue, ready, size, descriptors, available, used, nextAvailable, nextUsed } = state;
  if (!ready) return { name: `queue ${queue}`, text: 'not ready' };
  // The index of the available ring is behind its flags, in the upper half of the first word.
  const offered = peek(Number(available), 4) >>> 16;
  const waiting = (offered - nextAvailable) & 0xffff;
  return {
    name: `queue ${queue}`,
    text: `${size} entries, ${waiting} waiting for the device`,
    parts: [
      { name: 'descriptors', text: hexadecimal(descriptors) },
      {
        name: 'available ring',
        text: `${hexadecimal(available)}, index ${offered}, the device takes ${nextAvailable} next`,
      },
      { name: 'used ring', text: `${hexadecimal(used)}, the device writes ${nextUsed} next` },
    ],
  };
}
