import type { MachineConfiguration } from '../../emulator/machine/configuration.ts';
import { createMachine } from '../../emulator/machine/virt-machine.ts';
import { readGuest } from '../guests/programs.ts';
import { repeatedGuest } from './repeated-guest.ts';

const GUEST = 'compute/loop';
const TURNS = 33;
/** V8 optimizes the interpreter while these run. */
const WARM_UP = 50e6;
const STEPS = 250e6;
const configuration: MachineConfiguration = {
  memory: 2 ** 26,
  harts: 1,
  firmware: { kind: 'none' },
  append: '',
  stepsPerTick: 100,
  rtc: '0',
  seed: '70'.repeat(32),
  drives: [],
};

/** Steps a second of processor time that the interpreter takes in the integer loop, with nothing translated. */
export function measureInterpreter(): number {
  const machine = createMachine(configuration, {
    kernel: repeatedGuest(readGuest(GUEST), TURNS),
    initrd: undefined,
    dtb: undefined,
    firmware: undefined,
    drives: [],
  });
  machine.translateCode('off');
  machine.run(WARM_UP);
  const before = process.cpuUsage();
  machine.run(WARM_UP + STEPS);
  const { user, system } = process.cpuUsage(before);
  if (machine.counter !== WARM_UP + STEPS) throw new Error(`${GUEST} ended after ${machine.counter} steps`);
  return STEPS / ((user + system) / 1e6);
}
