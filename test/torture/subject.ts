import { defaultFirmware } from '../../emulator/machine/loaders/default-firmware.ts';
import type { MachineConfiguration, MachineImages } from '../../emulator/machine/configuration.ts';
import type { Machine } from '../../emulator/machine/machine.ts';
import { createMachine } from '../../emulator/machine/virt-machine.ts';
import { readGuest } from '../guests/programs.ts';
import { Random } from '../random.ts';
import { DATA, DATA_SIZE, SEED, Soup, SOUP } from './soup.ts';

/** What is tortured: a guest whose state at a counter is to be the same however it was reached. */
export interface Subject {
  readonly name: string;
  /** Steps worth running. */
  readonly length: number;
  readonly configuration: MachineConfiguration;
  /** A machine at power-on, with no source of events yet. */
  readonly powerOn: () => Machine;
}

const nothing: MachineImages = {
  kernel: undefined,
  initrd: undefined,
  dtb: undefined,
  firmware: undefined,
  drives: [],
};

/** Random code under the keeper. */
export function soupSubject(seed: number, length: number): Subject {
  const random = new Random(seed);
  const configuration: MachineConfiguration = {
    memory: 2 ** 20,
    harts: 1,
    firmware: { kind: 'none' },
    append: '',
    stepsPerTick: random.pick([1, 3, 10, 100]),
    rtc: '0',
    seed: '70'.repeat(32),
    drives: [],
  };
  const { bytes: soup } = new Soup(random);
  const data = Uint8Array.from({ length: DATA_SIZE }, () => random.below(256));
  const start = new Uint8Array(8);
  new DataView(start.buffer).setBigUint64(0, random.bits64() | 1n, true);
  return {
    name: `soup ${seed}`,
    length,
    configuration,
    powerOn: () => {
      const machine = createMachine(configuration, { ...nothing, kernel: readGuest('torture/keeper') });
      for (const [address, bytes] of [
        [SEED, start],
        [SOUP, soup],
        [DATA, data],
      ] as const) {
        if (!machine.writePhysical(BigInt(address), bytes)) throw new Error('the soup does not fit into RAM');
      }
      return machine;
    },
  };
}

/** Linux, or a program of test/guests. */
export function kernelSubject(
  name: string,
  length: number,
  { kernel, initrd, append = '', memory = 64 * 2 ** 20 }: KernelImages,
): Subject {
  const configuration: MachineConfiguration = {
    memory,
    harts: 1,
    firmware: defaultFirmware(kernel),
    append,
    stepsPerTick: 100,
    rtc: '0',
    seed: '5a'.repeat(32),
    drives: [],
  };
  return { name, length, configuration, powerOn: () => createMachine(configuration, { ...nothing, kernel, initrd }) };
}

export interface KernelImages {
  readonly kernel: Uint8Array;
  readonly initrd?: Uint8Array;
  readonly append?: string;
  /** Bytes of RAM. */
  readonly memory?: number;
}
