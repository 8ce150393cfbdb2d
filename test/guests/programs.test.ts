import assert from 'node:assert/strict';
import type { MachineConfiguration } from '../../emulator/machine/configuration.ts';
import type { GuestExit } from '../../emulator/machine/machine.ts';
import { createMachine } from '../../emulator/machine/virt-machine.ts';
import { barePrograms, demoKernel, readGuest } from './programs.ts';

const configuration: MachineConfiguration = {
  memory: 64 << 20,
  harts: 1,
  firmware: { kind: 'none' },
  append: '',
  stepsPerTick: 100,
  rtc: '1700000000000000000',
  seed: '5e'.repeat(32),
  drives: [],
};

interface Run {
  readonly console: string;
  readonly exit: GuestExit | undefined;
  readonly steps: number;
}

function run(name: string, mostSteps: number): Run {
  const images = { kernel: readGuest(name), initrd: undefined, dtb: undefined, firmware: undefined, drives: [] };
  const machine = createMachine(configuration, images);
  let console = '';
  machine.onConsoleOutput((_counter, bytes) => (console += Buffer.from(bytes).toString('latin1')));
  while (machine.exit === undefined && machine.counter < mostSteps) machine.run(machine.counter + 1_000_000);
  return { console, exit: machine.exit, steps: machine.counter };
}

describe('the guests written here, on this machine', function () {
  this.timeout(120_000);

  for (const { name, checksum } of barePrograms) {
    it(`${name} prints the checksum it prints in QEMU`, () => {
      const { console, exit } = run(name, 500e6);
      assert.equal(console, `${checksum}\n`);
      assert.deepEqual(exit, { kind: 'power-off', code: 0 });
    });
  }

  it('the demo kernel panics, at the same step each time', () => {
    const first = run(demoKernel, 100e6);
    assert.match(first.console, /\npanic: load page fault\n/);
    assert.deepEqual(first.exit, { kind: 'power-off', code: 1 });
    assert.deepEqual(run(demoKernel, 100e6), first);
  });
});
