import { REGIONS, type TranslationPolicy } from '../../emulator/engine/translator/translations.ts';
import type { Machine } from '../../emulator/machine/machine.ts';
import type { StopCondition, StopSet } from '../../emulator/machine/stop.ts';
import { snapshot } from '../emulator/machine/program.ts';
import type { Random } from '../random.ts';

/** How a run is disturbed by what must not matter: nothing here may change a state (laws 1, 4, 6 and 7). */
export interface Disturbance {
  /** The longest slices that `run` is asked for; one is drawn for each. */
  readonly slices: readonly number[];
  /** Breakpoints and watchpoints in the way of the guest. */
  readonly stops: boolean;
  /** Reading of memory, translations and CSRs, as a debugger does at each stop. */
  readonly looks: boolean;
  /** Going back to a state that was saved, and on from there. */
  readonly restores: boolean;
  /** Translating code by a policy that changes on the way, which drops what was translated. */
  readonly translates: boolean;
}

const RAM = 0x8000_0000n;

/** From translating everything at once and keeping next to nothing, to what a machine does by itself. */
export function randomPolicy(random: Random): TranslationPolicy {
  return {
    threshold: random.pick([1, 1, 2, 10, 200]),
    largestRegion: random.pick([1, 4, 20, 100, 400, 4095]),
    capacity: random.pick([1, 2, 10, 200, REGIONS]),
  };
}

/** Runs to the counter `target`, or to the guest's end, disturbed. */
export function runDisturbed(machine: Machine, target: number, how: Disturbance, random: Random): void {
  if (!how.translates) machine.translateCode('off');
  while (machine.counter < target && machine.exit === undefined) {
    if (how.translates && random.once(60)) machine.translateCode(random.once(8) ? 'off' : randomPolicy(random));
    const length = 1 + random.below(random.pick(how.slices));
    const limit = Math.min(target, machine.counter + length);
    if (how.restores && random.once(200)) {
      const restore = snapshot(machine);
      machine.run(limit);
      restore();
    }
    const stops = how.stops && random.once(2) ? randomStops(machine, random) : { conditions: [] };
    const outcome = machine.run(limit, stops, random.once(2));
    if (outcome.kind === 'idle') return;
    if (how.looks && random.once(4)) look(machine, random);
  }
}

/** Conditions near where the guest is, so that they are met; some are refused when they are. */
export function randomStops(machine: Machine, random: Random): StopSet {
  const [hart] = machine.harts;
  if (hart === undefined) throw new Error('a machine with no hart');
  const near = (address: bigint, distance: number): bigint =>
    BigInt.asUintN(64, address + BigInt(random.below(2 * distance) - distance));
  const conditions: StopCondition[] = [];
  for (let count = random.below(3); count > 0; count--) {
    conditions.push({ kind: 'instruction', address: near(hart.pc, random.pick([16, 256, 4096])) & ~1n });
  }
  for (let count = random.below(3); count > 0; count--) {
    const pointer = hart.readX(random.pick([2, 3, 4, 8, 9, 10, 15]));
    const physical = random.once(3);
    conditions.push({
      kind: 'access',
      space: physical ? 'physical' : 'virtual',
      address: physical ? RAM + (near(pointer, 256) & 0xf_ffffn) : near(pointer, random.pick([8, 256, 8192])),
      length: 1 + random.below(random.pick([8, 64, 5000])),
      access: random.pick(['read', 'write', 'read-write', 'change'] as const),
    });
  }
  if (random.once(6)) conditions.push({ kind: 'trap', cause: undefined });
  if (random.once(2)) return { conditions };
  const take = random.below(4);
  return { conditions, accept: ({ counter }) => counter % 4 < take };
}

/** What debuggers read. */
function look(machine: Machine, random: Random): void {
  const [hart] = machine.harts;
  if (hart === undefined) return;
  const address = random.pick([hart.pc, hart.readX(2), hart.readX(8), BigInt.asUintN(39, random.bits64())]);
  machine.readVirtual(0, address, 1 + random.below(9000));
  machine.readPhysical(RAM + BigInt(random.below(0x10_0000)), 1 + random.below(64));
  machine.readPhysical(BigInt(random.pick([0x200_0000, 0xc00_0000, 0x1000_0000, 0x1000_1000, 0x10_1000])), 16);
  machine.translate(0, address);
  hart.readCsr(random.below(4096));
  hart.readF(random.below(32));
}
