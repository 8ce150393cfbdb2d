import {
  CLINT,
  PLIC,
  RAM_BASE,
  RTC,
  TEST_FINISHER,
  UART,
  VIRTIO_SLOTS,
  virtioSlot,
} from '../../../../emulator/machine/memory-map.ts';
import type { HostEvent, VirtqueueState } from '../../../../emulator/machine/machine.ts';
import type { TimelineContract } from '../../../../emulator/replay/timeline-contract.ts';
import type { Origin } from './origin.ts';

const UART_DEVICE = 'uart0';
/** Virtio specification: the device types that give data to the guest. */
const BLOCK = /^virtio-block(\d+)$/;
/** Its queue of what the guest prints. */
const CONSOLE_TRANSMITS = 1;
const SECTOR = 512;
const REQUEST_IN = 0;
const DESCRIPTOR_SIZE = 16;
const NEXT = 1;
const WRITE = 2;
const INDIRECT = 4;

/** Whether a physical address is one of RAM, where values are stored; else it is the boot ROM's or a device's. */
export function isRam({ configuration }: TimelineContract, physical: bigint): boolean {
  return physical >= BigInt(RAM_BASE) && physical < BigInt(RAM_BASE + configuration.memory);
}

/** What a load from a device's register, which is about to be carried out, gives. `value` is its low byte. */
export function loadedFromDevice(timeline: TimelineContract, physical: bigint, value: number): Origin {
  const address = Number(physical);
  const within = ({ base, size }: { readonly base: number; readonly size: number }): boolean =>
    address >= base && address < base + size;
  if (within(UART)) {
    const typed = address === UART.base ? typedAt(timeline, UART_DEVICE, 0, value) : undefined;
    return typed ?? { kind: 'device', device: UART_DEVICE, what: `its register ${address - UART.base}` };
  }
  if (within(RTC)) return { kind: 'clock', what: 'the real-time clock' };
  if (within(CLINT) && address >= CLINT.base + 0xbff8) return { kind: 'clock', what: 'mtime' };
  const slot = Array.from({ length: VIRTIO_SLOTS }, (_, index) => index).find((index) => within(virtioSlot(index)));
  const device =
    slot !== undefined
      ? `virtio slot ${slot}`
      : within(CLINT)
        ? 'the CLINT'
        : within(PLIC)
          ? 'the PLIC'
          : within(TEST_FINISHER)
            ? 'the test finisher'
            : undefined;
  if (device === undefined) return { kind: 'initial' };
  return { kind: 'device', device, what: `its register at ${physical.toString(16)}` };
}

/** What a device stores to RAM during the step that is about to be taken. `value` is the byte that will be there. */
export function storedByDevice(timeline: TimelineContract, physical: bigint, value: number): Origin {
  const address = Number(physical);
  for (const queue of timeline.virtqueues()) {
    if (!queue.ready) continue;
    for (const request of requestsOf(timeline, queue)) {
      const offset = offsetIn(request.writable, address);
      if (offset !== undefined) return givenBy(timeline, queue.device, request, offset, value);
    }
  }
  const owner = timeline
    .virtqueues()
    .find(({ used, size }) => address >= Number(used) && address < Number(used) + 8 * size + 8);
  return {
    kind: 'device',
    device: owner?.device ?? 'a device',
    what: owner === undefined ? 'what it stores' : 'its used ring',
  };
}

/** Where a byte is that the virtio console prints during the step that is about to be taken; `index` counts those. */
export function printedByDevice(timeline: TimelineContract, index: number): bigint | undefined {
  let left = index;
  for (const queue of timeline.virtqueues()) {
    if (!queue.ready || queue.device !== 'virtio-console' || queue.queue !== CONSOLE_TRANSMITS) continue;
    for (const { readable } of requestsOf(timeline, queue)) {
      for (const { address, length } of readable) {
        if (left < length) return BigInt(address + left);
        left -= length;
      }
    }
  }
  return undefined;
}

function givenBy(
  timeline: TimelineContract,
  device: string,
  { readable }: Request,
  offset: number,
  value: number,
): Origin {
  const drive = BLOCK.exec(device)?.[1];
  if (drive !== undefined) {
    const header = readable.flatMap(({ address, length }) => [
      ...timeline.readPhysical(BigInt(address), Math.min(length, 16)).bytes,
    ]);
    const view = new DataView(Uint8Array.from(header.slice(0, 16)).buffer);
    if (view.byteLength < 16 || view.getUint32(0, true) !== REQUEST_IN) {
      return { kind: 'device', device, what: 'its answer to a request' };
    }
    const byte = Number(view.getBigUint64(8, true)) * SECTOR + offset;
    const name = timeline.configuration.drives[Number(drive)]?.name ?? device;
    return { kind: 'drive', drive: name, sector: Math.floor(byte / SECTOR), offset: byte % SECTOR };
  }
  const { counter } = timeline;
  const inputs = timeline.inputs();
  if (device === 'virtio-entropy' && inputs.some((event) => event.kind === 'entropy' && event.counter === counter)) {
    return { kind: 'entropy', counter };
  }
  const typed = device === 'virtio-console' ? typedAt(timeline, device, offset, value) : undefined;
  return typed ?? { kind: 'device', device, what: 'what it gives' };
}

/** The byte of a console's input that the guest takes next, or `ahead` bytes after that. */
function typedAt(timeline: TimelineContract, device: string, ahead: number, value: number): Origin | undefined {
  const { counter } = timeline;
  const events = timeline
    .inputs()
    .filter((event): event is HostEvent & { kind: 'console-input' } => event.kind === 'console-input')
    .filter((event) => event.device === device && event.counter <= counter);
  // What arrives in the step that is about to be taken waits not yet.
  const arrived = events.filter((event) => event.counter < counter).reduce((sum, { bytes }) => sum + bytes.length, 0);
  let index = arrived - timeline.waitingInput(device) + ahead;
  const wanted = index;
  for (const event of events) {
    const byte = event.bytes[index];
    if (index >= 0 && byte !== undefined) {
      return byte === value
        ? { kind: 'console-input', device, counter: event.counter, index: wanted, byte }
        : undefined;
    }
    index -= event.bytes.length;
  }
  return undefined;
}

interface Segment {
  readonly address: number;
  readonly length: number;
}

/** One request: what the device reads, then what it writes. */
interface Request {
  readonly readable: readonly Segment[];
  readonly writable: readonly Segment[];
}

/** How many bytes an address is into the segments, one behind the other. */
function offsetIn(segments: readonly Segment[], address: number): number | undefined {
  let before = 0;
  for (const segment of segments) {
    if (address >= segment.address && address < segment.address + segment.length) {
      return before + address - segment.address;
    }
    before += segment.length;
  }
  return undefined;
}

/** The requests that the driver has made available and the device has not taken (Virtio specification 1.2, section 2.7). */
function* requestsOf(timeline: TimelineContract, queue: VirtqueueState): Generator<Request> {
  const view = (address: bigint, length: number): DataView | undefined => {
    const { bytes } = timeline.readPhysical(address, length);
    return bytes.length === length ? new DataView(bytes.slice().buffer) : undefined;
  };
  const available = view(queue.available + 2n, 2)?.getUint16(0, true) ?? queue.nextAvailable;
  const waiting = Math.min((available - queue.nextAvailable) & 0xffff, queue.size);
  for (let number = 0; number < waiting; number++) {
    const slot = (queue.nextAvailable + number) % queue.size;
    const head = view(queue.available + 4n + 2n * BigInt(slot), 2)?.getUint16(0, true);
    if (head === undefined) return;
    const [readable, writable]: [Segment[], Segment[]] = [[], []];
    let table = queue.descriptors;
    let index: number | undefined = head;
    for (let visited = 0; index !== undefined && visited <= queue.size; visited++) {
      const descriptor = view(table + BigInt(index * DESCRIPTOR_SIZE), DESCRIPTOR_SIZE);
      if (descriptor === undefined) break;
      const [address, length] = [descriptor.getBigUint64(0, true), descriptor.getUint32(8, true)];
      const flags = descriptor.getUint16(12, true);
      if (flags & INDIRECT) {
        [table, index] = [address, 0];
        continue;
      }
      (flags & WRITE ? writable : readable).push({ address: Number(address), length });
      index = flags & NEXT ? descriptor.getUint16(14, true) : undefined;
    }
    yield { readable, writable };
  }
}
