import { createEmptyMachine } from '../../emulator/machine/virt-machine.ts';
import { readRecording } from '../../emulator/recording/recording-reader.ts';
import { RecordingWriter } from '../../emulator/recording/recording-writer.ts';
import { EventHistory } from '../../emulator/replay/event-history.ts';
import type { Scheduler } from '../../emulator/replay/scheduler.ts';
import type { Tuning } from '../../emulator/replay/present.ts';
import { Timeline, type MotionOutcome } from '../../emulator/replay/timeline.ts';
import { fingerprint } from '../emulator/machine/program.ts';
import { MemoryFile, sourceOf } from '../emulator/recording/memory-file.ts';
import { Random } from '../random.ts';
import { randomPolicy, randomStops } from './disturbance.ts';
import type { Subject } from './subject.ts';

/** A clock of its own, so that where checkpoints come depends on the seed alone. */
export function seededScheduler(random: Random): Scheduler {
  let time = 0;
  const now = (): number => (time += random.below(4) / 4);
  return {
    giveWay: () => Promise.resolve(),
    now,
    worked: now,
    rested: () => undefined,
    after: (_milliseconds, callback) => {
      const timer = setImmediate(callback);
      return () => {
        clearImmediate(timer);
      };
    },
  };
}

/** Bytes: nothing but the file's checkpoints, hardly more than one state, some, all. */
export const BUDGETS = [0, 2 ** 20, 2 ** 23, 2 ** 30];
const none = { conditions: [] };

/** What decides where checkpoints and digests come. */
export function randomTuning(subject: Subject, random: Random): Partial<Tuning> {
  return {
    slice: random.pick([1000, 30_000, 1_000_000]),
    digestInterval: Math.ceil(subject.length / 20),
    digestPart: 1,
    writtenLatency: random.pick([0, 5, 100]),
    writtenPart: random.pick([0.01, 1]),
    worthRestoring: random.pick([100, 10_000, 200_000]),
    // By the seeded clock, which moves by less than a millisecond for each slice.
    nearLatency: random.pick([0, 1, 20]),
    farLatency: random.pick([0, 3, 50]),
  };
}

/** Records a subject while somebody types. */
export async function recordSubject(
  subject: Subject,
  random: Random,
  tuning: Partial<Tuning>,
  scheduler: Scheduler,
): Promise<{ readonly bytes: Uint8Array; readonly tohost: number | undefined }> {
  const file = new MemoryFile();
  const recorded = subject.powerOn();
  recorded.translateCode(randomPolicy(random));
  const writer = new RecordingWriter(file, {
    build: { program: 'torture', machine: 1 },
    machine: { configuration: subject.configuration, tohost: recorded.tohost },
  });
  const live = await Timeline.record(recorded, writer, {
    configuration: subject.configuration,
    kernel: undefined,
    input: { entropy: (length) => Uint8Array.from({ length }, () => random.below(256)) },
    scheduler,
    tuning,
    // Another than the one who travels has: checkpoints are evicted at other places.
    memoryBudget: random.pick(BUDGETS),
  });
  while (live.counter < subject.length && live.exit === undefined) {
    const outcome = await live.run(none, { until: Math.min(subject.length, live.counter + 1 + random.below(200_000)) });
    if (outcome.kind === 'diverged') throw new Error(`${subject.name}: recording diverged at ${outcome.counter}`);
    live.sendConsoleInput(Uint8Array.from({ length: 1 + random.below(20) }, () => random.below(128)));
  }
  await live.close();
  return { bytes: file.bytes(), tohost: recorded.tohost };
}

/**
 * Records a subject while somebody types, opens the recording, and travels about in it by every motion there is. Every
 * moment it came to is compared with a run interpreted straight through with the recorded events. Undefined when all are equal, or
 * the first difference in words.
 */
export async function compareTravel(subject: Subject, seed: number, motions: number): Promise<string | undefined> {
  const random = new Random(seed);
  const tuning = randomTuning(subject, random);
  const scheduler = seededScheduler(random);

  const { bytes, tohost } = await recordSubject(subject, random, tuning, scheduler);
  const recording = await readRecording(sourceOf(bytes));
  const machine = createEmptyMachine(subject.configuration, tohost);
  machine.translateCode(randomPolicy(random));
  const timeline = await Timeline.open(machine, recording, { scheduler, tuning, memoryBudget: random.pick(BUDGETS) });
  const seen = new Map<number, string>();
  for (let count = 0; count < motions; count++) {
    if (random.once(10)) machine.translateCode(randomPolicy(random));
    const outcome = await move(timeline, random, () => randomStops(machine, random));
    const { counter } = timeline;
    if (outcome.kind === 'diverged') return `${subject.name}: replay diverged at counter ${outcome.counter}`;
    const state = fingerprint(machine);
    const before = seen.get(counter) ?? state;
    if (before !== state) return `${subject.name}: two states at counter ${counter}:\n  ${before}\n  ${state}`;
    seen.set(counter, state);
  }
  await timeline.close();

  const straight = subject.powerOn();
  straight.translateCode('off');
  const events = new EventHistory(recording.events);
  events.frontier = recording.lastCounter;
  straight.setEventSource(events);
  for (const [counter, state] of [...seen].sort(([a], [b]) => a - b)) {
    straight.run(counter);
    const expected = fingerprint(straight);
    if (expected !== state) return `${subject.name}: at counter ${counter}\n  ${state}, expected\n  ${expected}`;
  }
  return undefined;
}

/** Any motion there is. */
export function move(
  timeline: Timeline,
  random: Random,
  stops: () => ReturnType<typeof randomStops>,
): Promise<MotionOutcome> {
  const near = (): number => 1 + random.below(random.pick([3, 100, 20_000]));
  switch (random.below(8)) {
    case 0:
    case 1:
      return timeline.travelTo(random.below(timeline.end + 1));
    case 2:
      return timeline.step(near());
    case 3:
    case 4:
      return timeline.reverseStep(near());
    case 5:
      return timeline.run(stops(), { until: timeline.counter + near() * 10 });
    default:
      return timeline.runBackTo(stops(), { notBefore: timeline.counter - near() * 10 });
  }
}
