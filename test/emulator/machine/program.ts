import { createMachine } from '../../../emulator/machine/virt-machine.ts';
import type { EventSource, Machine } from '../../../emulator/machine/machine.ts';
import { Assembler } from '../../assembler.ts';

/** Small bare programs for tests of the machine: written here, loaded as an image at the start of RAM, run in M-mode. */

export const START = 0x8000_0000n;

/** Registers by ABI name. */
export const zero = 0;
export const t0 = 5;
export const t1 = 6;
export const t2 = 7;
export const a0 = 10;
export const a1 = 11;

export const quiet: EventSource = {
  nextCounter: () => Infinity,
  take: () => [],
  entropy: (_counter, length) => new Uint8Array(length),
};

/** A machine that is about to execute the first instruction of `write`'s program. */
export function machineRunning(write: (program: Assembler) => void, memory = 4 * 2 ** 20): Machine {
  const program = new Assembler();
  write(program);
  const words = program.finish();
  const machine = createMachine(
    {
      memory,
      harts: 1,
      firmware: { kind: 'none' },
      append: '',
      stepsPerTick: 100,
      rtc: '0',
      seed: '00'.repeat(32),
      drives: [],
    },
    {
      kernel: new Uint8Array(words.buffer),
      initrd: undefined,
      dtb: undefined,
      firmware: undefined,
      drives: [],
    },
  );
  machine.setEventSource(quiet);
  const outcome = machine.run(100, { conditions: [{ kind: 'instruction', address: START }] });
  if (outcome.kind !== 'hit') throw new Error(`the program was not reached: ${outcome.kind}`);
  return machine;
}

/** The first hart of a machine. */
export function hart(machine: Machine): Machine['harts'][number] {
  const [first] = machine.harts;
  if (!first) throw new Error('a machine with no hart');
  return first;
}

/** Everything that a digest covers, as text that compares. */
export function fingerprint(machine: Machine): string {
  const { counter, harts, devices } = machine.saveSmall();
  const pages = machine.spaces.map((space) => {
    space.rehash(Uint32Array.from({ length: space.pageCount }, (_, index) => index));
    return `${space.name} ${space.hashSum.toString(16)}`;
  });
  return [counter, machine.hash(harts).toString(16), machine.hash(devices).toString(16), ...pages].join(' ');
}

/** Copies a whole state, and returns what puts it back. */
export function snapshot(machine: Machine): () => void {
  const small = machine.saveSmall();
  const pages = machine.spaces.map((space) =>
    Array.from({ length: space.pageCount }, (_, index) => space.page(index).slice()),
  );
  return () => {
    machine.spaces.forEach((space, index) => {
      pages[index]?.forEach((page, number) => {
        space.writePage(number, page);
      });
    });
    machine.restoreSmall(small);
  };
}
