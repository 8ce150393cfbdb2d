import { readRecording } from '../../../emulator/recording/recording-reader.ts';
import { RecordingWriter } from '../../../emulator/recording/recording-writer.ts';
import type { Scheduler } from '../../../emulator/replay/scheduler.ts';
import type { MotionOutcome } from '../../../emulator/replay/timeline.ts';
import { Timeline } from '../../../emulator/replay/timeline.ts';
import { MemoryFile, sourceOf } from '../recording/memory-file.ts';
import { TOY_CONFIGURATION, ToyMachine } from './toy-machine.ts';

/** A clock that moves with each look at it, so that spacing adapts in tests too; waits end at once. */
export function testScheduler(): Scheduler {
  let time = 0;
  const now = (): number => (time += 0.25);
  return {
    giveWay: () => Promise.resolve(),
    now,
    worked: now,
    rested: () => undefined,
    after(_, callback) {
      const timer = setImmediate(callback);
      return () => {
        clearImmediate(timer);
      };
    },
  };
}

const TOY_TUNING = {
  slice: 300,
  digestInterval: 1000,
  digestPart: 1,
  writtenLatency: 1,
  writtenPart: 1,
  worthRestoring: 500,
};

/** What a person does to a live toy: types something, then lets it run a number of steps. */
export interface Turn {
  readonly steps: number;
  readonly input: Uint8Array;
}

/** What ends the turn under way. */
interface Abort {
  controller: AbortController;
}

/** A timeline on a toy, and the toy. */
export class ToySession {
  readonly machine: ToyMachine;
  readonly timeline: Timeline;
  readonly file: MemoryFile | undefined;
  readonly #abort: Abort;

  private constructor(machine: ToyMachine, timeline: Timeline, file: MemoryFile | undefined, abort: Abort) {
    this.machine = machine;
    this.file = file;
    this.timeline = timeline;
    this.#abort = abort;
  }

  /** Records; entropy counts up, so that no two answers are the same. */
  static async record(program: Uint8Array, file?: MemoryFile, memoryBudget = 2 ** 22): Promise<ToySession> {
    const machine = new ToyMachine(program);
    const build = { program: 'test', machine: 1 };
    const writer =
      file === undefined
        ? undefined
        : new RecordingWriter(file, { build, machine: { configuration: TOY_CONFIGURATION, tohost: undefined } });
    let drawn = 0;
    const abort: Abort = { controller: new AbortController() };
    const onWaitingForInput = (): void => {
      abort.controller.abort();
    };
    const timeline = await Timeline.record(machine, writer, {
      configuration: TOY_CONFIGURATION,
      kernel: { name: 'toy.bin', bytes: program },
      input: { entropy: (length) => new Uint8Array(length).map(() => (drawn += 37) & 255) },
      scheduler: testScheduler(),
      memoryBudget,
      tuning: TOY_TUNING,
      onWaitingForInput,
    });
    return new ToySession(machine, timeline, file, abort);
  }

  static async open(program: Uint8Array, bytes: Uint8Array, memoryBudget = 2 ** 22): Promise<ToySession> {
    const machine = new ToyMachine(program);
    const recording = await readRecording(sourceOf(bytes));
    const abort: Abort = { controller: new AbortController() };
    let drawn = 101;
    const timeline = await Timeline.open(machine, recording, {
      scheduler: testScheduler(),
      memoryBudget,
      tuning: TOY_TUNING,
      branches: {
        input: { entropy: (length) => new Uint8Array(length).map(() => (drawn += 91) & 255) },
        onWaitingForInput: () => {
          abort.controller.abort();
        },
      },
    });
    return new ToySession(machine, timeline, undefined, abort);
  }

  /** At the live end: a guest that waits for input without a timer ends its turn early. */
  async play(turns: readonly Turn[]): Promise<MotionOutcome | undefined> {
    let outcome: MotionOutcome | undefined;
    for (const { steps, input } of turns) {
      this.timeline.sendConsoleInput(input);
      this.#abort.controller = new AbortController();
      const until = this.timeline.counter + steps;
      outcome = await this.timeline.run({ conditions: [] }, { until, signal: this.#abort.controller.signal });
      if (outcome.kind === 'guest-exit') break;
    }
    return outcome;
  }
}
