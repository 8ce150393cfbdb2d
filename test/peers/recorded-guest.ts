import { setImmediate } from 'node:timers/promises';
import type { MachineConfiguration, MachineImages } from '../../emulator/machine/configuration.ts';
import { createMachine } from '../../emulator/machine/virt-machine.ts';
import type { Scheduler } from '../../emulator/replay/scheduler.ts';
import { Timeline } from '../../emulator/replay/timeline.ts';

/** The time of the tests' own thread; `giveWay` is what else there is to do on it. */
const schedulerWith = (giveWay: () => Promise<void>): Scheduler => ({
  giveWay,
  now: () => performance.now(),
  worked: () => performance.now(),
  rested: () => undefined,
  after: (milliseconds, callback) => {
    const timer = setTimeout(callback, milliseconds);
    return () => {
      clearTimeout(timer);
    };
  },
});

/** A guest of which everything is known before it starts: no host input but a fixed sequence of entropy. */
export interface Guest {
  readonly configuration: Partial<MachineConfiguration>;
  readonly images: Partial<MachineImages>;
}

/** Runs a guest to its end; the timeline then stands at counter 0 of all its history. */
export async function recordToEnd(
  { configuration, images }: Guest,
  giveWay: () => Promise<void> = () => setImmediate(),
): Promise<Timeline> {
  const whole: MachineConfiguration = {
    memory: 64 << 20,
    harts: 1,
    firmware: { kind: 'none' },
    append: '',
    stepsPerTick: 100,
    rtc: '1700000000000000000',
    seed: '5e'.repeat(32),
    drives: [],
    ...configuration,
  };
  const nothing = { kernel: undefined, initrd: undefined, dtb: undefined, firmware: undefined, drives: [] };
  const machine = createMachine(whole, { ...nothing, ...images });
  const timeline = await Timeline.record(machine, undefined, {
    scheduler: schedulerWith(giveWay),
    configuration: whole,
    kernel: undefined,
    input: { entropy: (length) => new Uint8Array(length).fill(0xe5) },
  });
  const outcome = await timeline.run({ conditions: [] });
  if (outcome.kind !== 'guest-exit') throw new Error(`The guest did not come to its end: ${outcome.kind}`);
  await timeline.travelTo(0);
  return timeline;
}
