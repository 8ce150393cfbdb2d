import { Bus } from './bus.ts';
import type { MachineConfiguration } from './configuration.ts';
import type {
  Clock,
  ConsoleInput,
  Device,
  HostDoor,
  InterruptLine,
  PhysicalMemory,
  StateReader,
  StateWriter,
} from './device.ts';
import { Clint, type Comparator } from './devices/clint.ts';
import { GoldfishRtc } from './devices/goldfish-rtc.ts';
import { MaskRom } from './devices/mask-rom.ts';
import { Ns16550a } from './devices/ns16550a.ts';
import { Plic } from './devices/plic.ts';
import { TestFinisher } from './devices/test-finisher.ts';
import type { GuestExit, VirtqueueState } from './machine.ts';
import { RTC_IRQ, UART_IRQ, virtioIrq } from './memory-map.ts';
import type { DriveSpace } from './virtio/drive-space.ts';
import { createVirtioSlots } from './virtio/virtio-slots.ts';

/** The interrupt pins of a hart that the board drives. MTIP is not one: see Clint. */
export interface HartPins {
  readonly msip: InterruptLine;
  readonly meip: InterruptLine;
  readonly seip: InterruptLine;
  /** The register of the CLINT that the hart's timer is compared with. */
  readonly mtimecmp: Comparator;
}

/** What the board is built into. */
export interface BoardParts {
  readonly memory: PhysicalMemory;
  readonly clock: Clock;
  readonly host: HostDoor;
  /** One for each hart, in order. */
  readonly harts: readonly HartPins[];
  /** Contents of the boot ROM. */
  readonly mrom: Uint8Array;
  /** The image of each drive of the configuration, in order. */
  readonly driveImages: readonly Uint8Array[];
  /** Hashes a page as PagedSpace says: for drives. */
  readonly hashPage: (page: Uint8Array) => bigint;
  /** Bytes that the guest printed on the device of that name. */
  onOutput(device: string, bytes: Uint8Array): void;
  /**
   * `mtimecmp`, `clint.mtimeOffset` or `deadline` may have changed. Also called when a device is reset or restored.
   */
  onTimerChange(): void;
  /** The guest ended the run. May be called more than once in a step; the first call counts. */
  onExit(exit: GuestExit): void;
}

/** Everything around the harts and RAM. */
export interface Board {
  readonly bus: Bus;
  readonly clint: Clint;
  readonly uart: Ns16550a;
  /** The queues of all virtio devices. */
  virtqueues(): readonly VirtqueueState[];
  /** The contents of the drives. */
  readonly drives: readonly DriveSpace[];
  /** In the order in which their states are saved. */
  readonly devices: readonly Device[];
  /** The device that console input for this name goes to. */
  consoleInput(device: string): ConsoleInput | undefined;
  /**
   * The clock tick at which a device has something to do on its own; undefined when none has. `elapse` must be called
   * at the first step at or after it. Timer interrupts are the engine's own: see Clint.
   */
  deadline(): bigint | undefined;
  elapse(): void;
  /** State at power-on. */
  reset(): void;
  save(writer: StateWriter): void;
  /** The inverse of `save`; drives the harts' pins. Throws a RangeError when the bytes are not what `save` writes. */
  restore(reader: StateReader): void;
}

export function createBoard(configuration: MachineConfiguration, parts: BoardParts): Board {
  const clint = new Clint({
    msip: parts.harts.map((pins) => pins.msip),
    clock: parts.clock,
    comparators: parts.harts.map((pins) => pins.mtimecmp),
    onTimerChange: () => {
      parts.onTimerChange();
    },
    initialMtimecmp: configuration.firmware.kind === 'builtin' ? 0xffff_ffff_ffff_ffffn : 0n,
  });
  const plic = new Plic(parts.harts.flatMap((pins) => [pins.meip, pins.seip]));
  const uart = new Ns16550a({
    interrupt: plic.source(UART_IRQ),
    output: {
      write: (bytes) => {
        parts.onOutput(uart.name, bytes);
      },
    },
  });
  const rtc = new GoldfishRtc({
    interrupt: plic.source(RTC_IRQ),
    clock: parts.clock,
    base: BigInt(configuration.rtc),
    onDeadlineChange: () => {
      parts.onTimerChange();
    },
  });
  const finisher = new TestFinisher((exit) => {
    parts.onExit(exit);
  });

  const virtio = createVirtioSlots(configuration, {
    memory: parts.memory,
    host: parts.host,
    driveImages: parts.driveImages,
    hashPage: parts.hashPage,
    interrupt: (slot) => plic.source(virtioIrq(slot)),
    onOutput: (device, bytes) => {
      parts.onOutput(device, bytes);
    },
  });

  const bus = new Bus();
  bus.attach(new MaskRom(parts.mrom), { minimum: 1, maximum: 8 });
  bus.attach(finisher, { minimum: 2, maximum: 4 });
  bus.attach(rtc, { minimum: 4, maximum: 8 });
  bus.attach(clint, { minimum: 4, maximum: 8 });
  bus.attach(plic, { minimum: 4, maximum: 4 });
  bus.attach(uart, { minimum: 1, maximum: 4 });
  for (const slot of virtio.slots) bus.attach(slot, { minimum: 1, maximum: 8 });

  // The interrupt controllers come last, so that a reset of the others finds them as they are, and ends consistent.
  const devices: readonly Device[] = [uart, rtc, finisher, ...virtio.slots, clint, plic];
  const consoles = new Map<string, ConsoleInput>([
    [uart.name, uart],
    [virtio.console.name, virtio.console],
  ]);
  return {
    bus,
    clint,
    uart,
    virtqueues: () => virtio.slots.flatMap((slot) => slot.queueStates()),
    drives: virtio.drives,
    devices,
    consoleInput: (device) => consoles.get(device),
    deadline: () => rtc.deadline(),
    elapse: () => {
      rtc.elapse();
    },
    reset: () => {
      for (const device of devices) device.reset();
    },
    save: (writer) => {
      for (const device of devices) device.save(writer);
    },
    restore: (reader) => {
      for (const device of devices) device.restore(reader);
    },
  };
}
