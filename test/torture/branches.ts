import type { Change } from '../../emulator/machine/change.ts';
import { createEmptyMachine } from '../../emulator/machine/virt-machine.ts';
import type { Machine } from '../../emulator/machine/machine.ts';
import { readRecording } from '../../emulator/recording/recording-reader.ts';
import { EventHistory } from '../../emulator/replay/event-history.ts';
import { Timeline } from '../../emulator/replay/timeline.ts';
import { csrs } from '../../emulator/riscv/csr.ts';
import { fingerprint } from '../emulator/machine/program.ts';
import { sourceOf } from '../emulator/recording/memory-file.ts';
import { Random } from '../random.ts';
import { randomPolicy, randomStops } from './disturbance.ts';
import type { Subject } from './subject.ts';
import { BUDGETS, move, randomTuning, recordSubject, seededScheduler } from './travel.ts';

/**
 * Records a subject, opens the recording, leaves it by random changes of registers, CSRs, code, data and page tables, runs on live,
 * changes more, and travels about. Every moment it came to is compared with a run interpreted straight through with the
 * same events and changes. Then it returns to history, of which the same must be true. Undefined when all are equal, or the first
 * difference in words.
 */
export async function compareBranches(subject: Subject, seed: number, motions: number): Promise<string | undefined> {
  const random = new Random(seed);
  const tuning = randomTuning(subject, random);
  const scheduler = seededScheduler(random);
  const { bytes, tohost } = await recordSubject(subject, random, tuning, scheduler);
  const recording = await readRecording(sourceOf(bytes));
  const machine = createEmptyMachine(subject.configuration, tohost);
  machine.translateCode(randomPolicy(random));
  const timeline = await Timeline.open(machine, recording, {
    scheduler,
    tuning,
    memoryBudget: random.pick(BUDGETS),
    branches: { input: { entropy: (length) => Uint8Array.from({ length }, () => random.below(256)) } },
  });
  const before = new Travel(timeline, machine, random);
  let found = await before.roam(Math.ceil(motions / 4), false);
  if (found !== undefined) return found;

  await timeline.travelTo(random.below(Math.max(1, timeline.end - 1)));
  // Some are refused: of registers and places that there are not.
  for (let made = await timeline.change(randomChanges(machine, random)); made.kind === 'refused';) {
    made = await timeline.change(randomChanges(machine, random));
  }
  const within = new Travel(timeline, machine, random);
  found = await within.roam(motions, true);
  const { branch } = timeline;
  if (found !== undefined || branch === undefined) return found ?? 'the branch is gone';
  found = compareStraight(subject, within.seen, branch.events, timeline.end, branch.changes);
  if (found !== undefined) return `in the branch from ${branch.base}: ${found}`;

  const returned = await timeline.discardBranch();
  if (returned.kind !== 'arrived') return `the way back to history: ${returned.kind}`;
  found = before.note() ?? (await before.roam(Math.ceil(motions / 4), false));
  return found ?? compareStraight(subject, before.seen, recording.events, recording.lastCounter, []);
}

/** Motions, and the states that they led to. */
class Travel {
  /** The state at each counter that was visited. */
  readonly seen = new Map<number, string>();
  readonly #timeline: Timeline;
  readonly #machine: Machine;
  readonly #random: Random;

  constructor(timeline: Timeline, machine: Machine, random: Random) {
    this.#timeline = timeline;
    this.#machine = machine;
    this.#random = random;
  }

  /** Undefined, or what went wrong. */
  async roam(motions: number, changing: boolean): Promise<string | undefined> {
    const [timeline, machine, random] = [this.#timeline, this.#machine, this.#random];
    for (let count = 0; count < motions; count++) {
      if (random.once(10)) machine.translateCode(randomPolicy(random));
      if (changing && random.once(3)) await this.#goOn();
      if (changing && random.once(8) && machine.exit === undefined) await this.#change();
      const outcome = await move(timeline, random, () => randomStops(machine, random));
      if (outcome.kind === 'diverged') return `replay diverged at counter ${outcome.counter}: ${outcome.actual}`;
      const found = this.note();
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Undefined, or how the present state is another than it was before. */
  note(): string | undefined {
    const { counter } = this.#timeline;
    const state = fingerprint(this.#machine);
    const before = this.seen.get(counter) ?? state;
    this.seen.set(counter, state);
    return before === state ? undefined : `two states at counter ${counter}:\n  ${before}\n  ${state}`;
  }

  /** Runs on at the live end, with something typed. */
  async #goOn(): Promise<void> {
    const [timeline, random] = [this.#timeline, this.#random];
    await timeline.travelTo(timeline.end);
    timeline.sendConsoleInput(Uint8Array.from({ length: 1 + random.below(8) }, () => random.below(128)));
    await timeline.run({ conditions: [] }, { until: timeline.counter + 1 + random.below(100_000) });
  }

  async #change(): Promise<void> {
    const [timeline, machine, random] = [this.#timeline, this.#machine, this.#random];
    const { counter } = timeline;
    const made = await timeline.change(randomChanges(machine, random));
    if (made.kind === 'refused') return;
    for (const known of this.seen.keys()) if (known >= counter) this.seen.delete(known);
  }
}

const RAM = 0x8000_0000n;

/** Most of them such that the guest lives on for a while. */
export function randomChanges(machine: Machine, random: Random): Change[] {
  const [hart] = machine.harts;
  if (hart === undefined) throw new Error('a machine with no hart');
  const near = (address: bigint): bigint => BigInt.asUintN(64, address + BigInt(random.below(512) - 256));
  const some = (): Uint8Array => Uint8Array.from({ length: 1 + random.below(12) }, () => random.below(256));
  const changes = Array.from({ length: 1 + random.below(3) }, (): Change => {
    switch (random.below(9)) {
      case 0:
        return { kind: 'float-register', hart: 0, register: random.below(32), value: random.bits64() };
      case 1:
        return { kind: 'pc', hart: 0, value: near(hart.pc) & ~1n };
      case 2: {
        const { number } = random.pick(csrs);
        const old = hart.readCsr(number) ?? 0n;
        return { kind: 'csr', hart: 0, number, value: old ^ (1n << BigInt(random.below(64))) };
      }
      case 3:
      case 4:
        return {
          kind: 'virtual-memory',
          hart: 0,
          address: near(hart.readX(random.pick([2, 8, 10, 15]))),
          bytes: some(),
        };
      case 5:
        return { kind: 'virtual-memory', hart: 0, address: near(hart.pc), bytes: some() };
      case 6:
        return { kind: 'physical-memory', address: RAM + BigInt(random.below(0x10_0000)), bytes: some() };
      case 7: {
        // An entry of the root page table, where there is one.
        const root = BigInt.asUintN(44, hart.readCsr(0x180) ?? 0n) << 12n;
        return { kind: 'physical-memory', address: root + BigInt(8 * random.below(512)), bytes: some() };
      }
      default:
        return {
          kind: 'integer-register',
          hart: 0,
          register: 1 + random.below(31),
          value: random.once(2) ? random.bits64() : BigInt(random.below(16)),
        };
    }
  });
  return changes;
}

function compareStraight(
  subject: Subject,
  seen: ReadonlyMap<number, string>,
  recorded: ConstructorParameters<typeof EventHistory>[0],
  frontier: number,
  changes: readonly { readonly counter: number; readonly changes: readonly Change[] }[],
): string | undefined {
  const straight = subject.powerOn();
  straight.translateCode('off');
  const events = new EventHistory(recorded);
  events.frontier = frontier;
  straight.setEventSource(events);
  const runTo = (counter: number): void => {
    if (straight.counter < counter) straight.run(counter);
  };
  const left = [...changes];
  const change = (until: number): void => {
    for (let next = left[0]; next !== undefined && next.counter <= until; next = left[0]) {
      runTo(next.counter);
      straight.change(next.changes);
      left.shift();
    }
  };
  for (const [counter, state] of [...seen].sort(([a], [b]) => a - b)) {
    change(counter);
    runTo(counter);
    const expected = fingerprint(straight);
    if (expected !== state) return `at counter ${counter}\n  ${state}, expected\n  ${expected}`;
  }
  return undefined;
}
