import type { Board } from '../../../emulator/machine/board.ts';
import { createBoard } from '../../../emulator/machine/board.ts';
import type { MachineConfiguration } from '../../../emulator/machine/configuration.ts';
import type { PhysicalMemory } from '../../../emulator/machine/device.ts';
import type { GuestExit } from '../../../emulator/machine/machine.ts';
import { RAM_BASE } from '../../../emulator/machine/memory-map.ts';
import { ByteStateReader, ByteStateWriter } from '../../../emulator/machine/state.ts';

export const SECOND = 10_000_000n;

export const defaultConfiguration: MachineConfiguration = {
  memory: 16 * 2 ** 20,
  harts: 1,
  firmware: { kind: 'none' },
  append: '',
  stepsPerTick: 10,
  rtc: '1700000000000000000',
  seed: '00112233445566778899aabbccddeeff'.repeat(2),
  drives: [],
};

/** RAM as the board's devices see it. */
export class TestMemory implements PhysicalMemory {
  readonly bytes: Uint8Array;
  readonly view: DataView;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.view = new DataView(this.bytes.buffer);
  }

  contains(address: number, length: number): boolean {
    return length >= 0 && address >= RAM_BASE && address + length <= RAM_BASE + this.bytes.length;
  }

  read(address: number, length: number): Uint8Array {
    const offset = this.#offset(address, length);
    return this.bytes.slice(offset, offset + length);
  }

  write(address: number, bytes: Uint8Array): void {
    this.bytes.set(bytes, this.#offset(address, bytes.length));
  }

  #offset(address: number, length: number): number {
    if (!this.contains(address, length)) throw new RangeError(`${address.toString(16)}+${length} is not RAM`);
    return address - RAM_BASE;
  }
}

/** A board in a test's hands: time is what `at` says, pins and output are there to look at. */
export interface TestBoard {
  readonly board: Board;
  readonly memory: TestMemory;
  /** Interrupt pins of hart 0. */
  readonly pins: { msip: boolean; meip: boolean; seip: boolean };
  readonly exits: GuestExit[];
  /** How often deadlines were said to have changed. */
  readonly timerChanges: () => number;
  readonly mtimecmp: () => bigint;
  /** What was printed on a device. */
  readonly printed: (device: string) => string;
  /** Moves guest time, letting devices act that were due. */
  readonly at: (ticks: bigint) => void;
  readonly read: (address: number, width?: 1 | 2 | 4 | 8) => bigint | undefined;
  readonly write: (address: number, value: number | bigint, width?: 1 | 2 | 4 | 8) => boolean;
  readonly save: () => Uint8Array;
  readonly restore: (state: Uint8Array) => void;
}

export interface TestBoardOptions {
  readonly configuration?: Partial<MachineConfiguration>;
  readonly drives?: readonly Uint8Array[];
  readonly entropy?: (length: number) => Uint8Array;
  readonly mrom?: Uint8Array;
}

export function testBoard(options: TestBoardOptions = {}): TestBoard {
  const drives = options.drives ?? [];
  const configuration: MachineConfiguration = {
    ...defaultConfiguration,
    drives: drives.map((image, index) => ({ name: `drive${index}.img`, size: image.length, readOnly: false })),
    ...options.configuration,
  };
  const memory = new TestMemory(configuration.memory);
  const pins = { msip: false, meip: false, seip: false };
  const exits: GuestExit[] = [];
  const output = new Map<string, string>();
  let now = 0n;
  let mtimecmp = 0n;
  let timerChanges = 0;
  const board = createBoard(configuration, {
    memory,
    clock: { ticks: () => now },
    host: { entropy: options.entropy ?? ((length) => new Uint8Array(length).fill(0xee)) },
    harts: [
      {
        msip: { set: (level) => (pins.msip = level) },
        meip: { set: (level) => (pins.meip = level) },
        seip: { set: (level) => (pins.seip = level) },
        mtimecmp: { get: () => mtimecmp, set: (value) => (mtimecmp = value) },
      },
    ],
    mrom: options.mrom ?? new Uint8Array(0),
    driveImages: drives,
    hashPage: (bytes) => BigInt(bytes.reduce((sum, byte) => sum + byte, 0)),
    onOutput: (device, bytes) => output.set(device, (output.get(device) ?? '') + Buffer.from(bytes).toString('latin1')),
    onTimerChange: () => timerChanges++,
    onExit: (exit) => exits.push(exit),
  });
  board.reset();
  return {
    board,
    memory,
    pins,
    exits,
    timerChanges: () => timerChanges,
    mtimecmp: () => mtimecmp,
    printed: (device) => output.get(device) ?? '',
    at: (ticks) => {
      now = ticks;
      const deadline = board.deadline();
      if (deadline !== undefined && deadline <= now) board.elapse();
    },
    read: (address, width = 4) => board.bus.read(address, width),
    write: (address, value, width = 4) => board.bus.write(address, width, BigInt(value)),
    save: () => {
      const writer = new ByteStateWriter();
      board.save(writer);
      return writer.finish();
    },
    restore: (state) => {
      const reader = new ByteStateReader(state);
      board.restore(reader);
      reader.expectEnd();
    },
  };
}
