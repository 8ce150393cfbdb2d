import type { GuestExit, HostEvent, Machine } from '../machine/machine.ts';
import type { PrintedBytes } from '../recording/console-chunk.ts';
import type { RecordedDigest } from '../recording/digest-chunk.ts';
import type { CheckpointLine } from './checkpoint.ts';
import { ConsoleHistory } from './console-history.ts';
import { DigestLog } from './digest-log.ts';
import { EventHistory } from './event-history.ts';
import { LiveIdle } from './live-idle.ts';
import type { PageStore } from './page-store.ts';
import type { PersonChanges } from './person-changes.ts';
import type { Tuning } from './present.ts';
import { Present } from './present.ts';
import type { Recorder } from './recorder.ts';
import type { Scheduler } from './scheduler.ts';
import type { LiveOptions } from './timeline-options.ts';
import type { TrackedMemory } from './tracked-memory.ts';

/** What all courses of one machine share. */
export interface CourseMachine {
  readonly machine: Machine;
  readonly memory: TrackedMemory;
  readonly store: PageStore;
  readonly scheduler: Scheduler;
  /** Bytes for the contents that checkpoints hold. */
  readonly memoryBudget: number;
  readonly tuning: Tuning;
}

/** What is known of a course when it is begun or opened. */
export interface CourseContent {
  readonly events: readonly HostEvent[];
  readonly printed: readonly PrintedBytes[];
  readonly digests: readonly RecordedDigest[];
  readonly checkpoints: CheckpointLine;
  /** The last moment known. */
  readonly frontier: number;
  readonly exit: GuestExit | undefined;
  /** How it goes on from there; absent when it does not. */
  readonly live: LiveOptions | undefined;
  /** New history is written here. */
  readonly recorder: Recorder | undefined;
  /** Absent in recorded history, where nobody changes anything. */
  readonly changes: PersonChanges | undefined;
}

/** One course of the machine, recorded history or a branch of it: what crossed and came out, and the way to its moments. */
export class Course {
  readonly events: EventHistory;
  readonly console: ConsoleHistory;
  readonly digests: DigestLog;
  readonly checkpoints: CheckpointLine;
  readonly present: Present;
  readonly live: LiveOptions | undefined;
  /** How the guest ended, once it has. */
  exit: GuestExit | undefined;
  readonly #machine: Machine;
  readonly #recorder: Recorder | undefined;

  constructor(shared: CourseMachine, content: CourseContent) {
    const { machine, scheduler } = shared;
    const { live, recorder, changes } = content;
    this.#machine = machine;
    this.#recorder = recorder;
    this.live = live;
    this.exit = content.exit;
    this.events = new EventHistory(content.events, live?.input, (event) => recorder?.event(event));
    this.events.frontier = content.frontier;
    this.console = new ConsoleHistory(content.printed, content.frontier);
    this.digests = new DigestLog(content.digests);
    this.checkpoints = content.checkpoints;
    this.present = new Present({
      ...shared,
      events: this.events,
      console: this.console,
      digests: this.digests,
      checkpoints: this.checkpoints,
      recorder,
      changes,
      idle:
        live === undefined
          ? undefined
          : new LiveIdle(machine, this.events, scheduler, live.pace ?? 'skip', live.onWaitingForInput),
    });
  }

  /** From now on the machine takes this course: its input comes from here, and its output is noted here. */
  follow(): void {
    this.#machine.setEventSource(this.events);
    this.#machine.onConsoleOutput((counter, bytes) => {
      if (this.console.printed(counter, bytes)) this.#recorder?.printed({ counter, bytes: bytes.slice() });
    });
  }
}
