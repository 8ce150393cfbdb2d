import { createMachine } from '../../emulator/machine/virt-machine.ts';
import { RAM_SIZE, RESULTS } from './layout.ts';
import { requireComplete } from './program.ts';
import type { Program } from './program.ts';

/** Steps in a slice, and slices after which a program counts as stuck: far more than any takes. */
const SLICE = 1_000_000;
const SLICES = 1000;

/** Runs a program on the machine under test until it powers off; the results it left in RAM. */
export function runInRetrograde(program: Program): Uint8Array {
  const machine = createMachine(
    {
      memory: RAM_SIZE,
      harts: 1,
      firmware: { kind: 'image' },
      append: '',
      stepsPerTick: 10,
      rtc: '0',
      seed: '00'.repeat(32),
      drives: [],
    },
    { kernel: undefined, initrd: undefined, dtb: undefined, firmware: program.image, drives: [] },
  );
  for (let slice = 1; slice <= SLICES; slice++) {
    const outcome = machine.run(machine.counter + SLICE);
    if (outcome.kind === 'exit') {
      if (outcome.exit.kind !== 'power-off') throw new Error(`the test program ended with ${outcome.exit.kind}`);
      const { bytes, unreadable } = machine.readPhysical(BigInt(RESULTS), program.resultSize);
      if (unreadable !== 0) throw new Error('the results are not in RAM');
      requireComplete(program, bytes, 'Retrograde');
      return bytes;
    }
    if (outcome.kind === 'idle') throw new Error('the test program waits for an interrupt that never comes');
  }
  const [hart] = machine.harts;
  throw new Error(`the test program does not end; pc is 0x${hart?.pc.toString(16) ?? '?'}`);
}
