import assert from 'node:assert/strict';
import { Program } from '../../../adapter/symbols/program.ts';
import { createMachine } from '../../../emulator/machine/virt-machine.ts';
import { demoKernel, readGuest } from '../../guests/programs.ts';

describe('the stack of the demo kernel as it panics', () => {
  it('goes through two traps to the code that the first one interrupted', () => {
    const kernel = readGuest(demoKernel);
    const program = Program.load('demo.elf', kernel);
    const machine = createMachine(
      {
        ...{ memory: 16 << 20, harts: 1, firmware: { kind: 'none' }, append: '', stepsPerTick: 100, drives: [] },
        ...{ rtc: '1700000000000000000', seed: '5e'.repeat(32) },
      },
      { kernel, initrd: undefined, dtb: undefined, firmware: undefined, drives: [] },
    );
    const conditions = program
      .addressesOfFunction('panic')
      .map((address) => ({ kind: 'instruction', address }) as const);
    while (machine.run(machine.counter + 1_000_000, { conditions }).kind === 'limit')
      assert.ok(machine.counter < 100e6);

    const [hart] = machine.harts;
    assert.ok(hart);
    const frames = program.unwind({
      pc: hart.pc,
      readRegister: (register) => (register < 32 ? hart.readX(register) : undefined),
      readMemory: (address, length) => {
        const { bytes, unreadable } = machine.readVirtual(0, address, length);
        return unreadable > 0 ? undefined : bytes;
      },
    });
    const names = [...frames].map(({ lookupAddress }) => program.functionAt(lookupAddress)?.name);
    assert.deepEqual(names, [
      ...['panic', 'trap', 'trap_vector'],
      ...['wake_sleepers', 'timer_interrupt', 'trap', 'trap_vector'],
      ...['prime_finder', 'task_main', 'task_begin'],
    ]);
  });
});
