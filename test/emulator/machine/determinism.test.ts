import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { defaultFirmware } from '../../../emulator/machine/loaders/default-firmware.ts';
import type { TranslationPolicy } from '../../../emulator/engine/translator/translations.ts';
import type { Machine } from '../../../emulator/machine/machine.ts';
import type { StopSet } from '../../../emulator/machine/stop.ts';
import { createMachine } from '../../../emulator/machine/virt-machine.ts';
import { requireLinuxFile } from '../../guests/linux.ts';
import { readGuest } from '../../guests/programs.ts';
import { fingerprint, quiet, snapshot } from './program.ts';

/** Laws 1, 4 and 7: the state at a counter depends on nothing but the initial state and the events. */

interface Guest {
  readonly kernel: Uint8Array;
  readonly initrd?: Uint8Array;
  readonly append?: string;
}

function powerOn({ kernel, initrd, append }: Guest): Machine {
  const machine = createMachine(
    {
      memory: 32 * 2 ** 20,
      harts: 1,
      firmware: defaultFirmware(kernel),
      append: append ?? '',
      stepsPerTick: 100,
      rtc: '0',
      seed: '5a'.repeat(32),
      drives: [],
    },
    { kernel, initrd, dtb: undefined, firmware: undefined, drives: [] },
  );
  machine.setEventSource(quiet);
  return machine;
}

/** A repeatable sequence of numbers below `bound` (a linear congruential generator). */
function sequence(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return state % bound;
  };
}

/** Translates early or late, in small regions or large ones, and has to forget them soon or never. */
function randomPolicy(random: (bound: number) => number): TranslationPolicy {
  return {
    threshold: [1, 2, 10, 100][random(4)] ?? 1,
    largestRegion: [1, 5, 50, 400][random(4)] ?? 1,
    capacity: [1, 10, 1000][random(3)] ?? 1,
  };
}

/** Runs to `target` in slices of all lengths, with conditions that are set and met, and code that is translated, at random. */
function runDisturbed(machine: Machine, target: number, random: (bound: number) => number): void {
  while (machine.counter < target && machine.exit === undefined) {
    const { pc } = machine.harts[0] ?? { pc: 0n };
    const near = (distance: number): bigint => BigInt.asUintN(64, pc + BigInt(random(2 * distance) - distance));
    const stops: StopSet = {
      conditions:
        random(2) === 0
          ? []
          : [
              { kind: 'instruction', address: near(4096) & ~1n },
              { kind: 'access', space: 'virtual', address: near(65_536), length: 1 + random(64), access: 'read-write' },
              { kind: 'trap', cause: undefined },
            ],
    };
    if (random(20) === 0) machine.translateCode(random(4) === 0 ? 'off' : randomPolicy(random));
    const length = [1, 7, 300, 20_000, 500_000][random(5)] ?? 1;
    machine.run(Math.min(target, machine.counter + 1 + random(length)), stops, random(2) === 0);
  }
}

function check(guest: Guest, targets: readonly number[]): void {
  const straight = powerOn(guest);
  straight.translateCode('off');
  const disturbed = powerOn(guest);
  const travelling = powerOn(guest);
  const random = sequence(20_261_122);
  for (const target of targets) {
    straight.run(target);
    const expected = fingerprint(straight);
    runDisturbed(disturbed, target, random);
    assert.equal(fingerprint(disturbed), expected, `in slices, at ${target}`);
    const restore = snapshot(travelling);
    travelling.run(Math.min(target, travelling.counter + random(1_000_000)));
    restore();
    travelling.run(target);
    assert.equal(fingerprint(travelling), expected, `restored, at ${target}`);
  }
}

describe('the state at a counter', () => {
  it('does not depend on slices, conditions or restoring, in a storm of timer interrupts', () => {
    check({ kernel: readGuest('trap-heavy/timer') }, [1000, 50_001, 777_777, 3_000_000]);
  });

  it('does not, in a storm of calls', () => {
    check({ kernel: readGuest('trap-heavy/ecall') }, [999, 100_000, 2_000_000]);
  });

  it('does not, in a preemptive kernel with page tables', () => {
    check({ kernel: readGuest('demo/demo') }, [10_000, 400_000, 3_000_000, 6_000_000]);
  });

  it('does not, while Linux boots', function () {
    const kernel = readFileSync(requireLinuxFile(this, 'small-kernel'));
    const initrd = readFileSync(requireLinuxFile(this, 'initramfs'));
    check({ kernel, initrd, append: 'console=ttyS0 auto' }, [5_000_000, 20_000_000, 50_000_000, 75_000_000]);
  }).timeout(300_000);
});
