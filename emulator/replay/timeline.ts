import type { Change } from '../machine/change.ts';
import type { MachineConfiguration } from '../machine/configuration.ts';
import type {
  GuestExit,
  HartView,
  HostEvent,
  Machine,
  MemoryRead,
  Translation,
  VirtqueueState,
} from '../machine/machine.ts';
import type { StopCondition, StopSet } from '../machine/stop.ts';
import type { PrintedBytes } from '../recording/console-chunk.ts';
import type { EndReason } from '../recording/end-chunk.ts';
import type { Recording } from '../recording/recording.ts';
import type { RecordingWriter } from '../recording/recording-writer.ts';
import type { BranchComparison } from './branch-comparison.ts';
import { AdoptedRecording } from './adopted-recording.ts';
import { Checkpoints } from './checkpoint.ts';
import { DEFAULT_MEMORY_BUDGET } from './checkpoint-policy.ts';
import { Course, type CourseContent, type CourseMachine } from './course.ts';
import { Courses } from './courses.ts';
import { formatDigest } from './digest.ts';
import { alteredInitialState, checkShape, RecordedCheckpoints } from './opened-recording.ts';
import type { PageLoader } from './page-store.ts';
import { PageStore } from './page-store.ts';
import type { Advance } from './present.ts';
import { DEFAULT_TUNING } from './present.ts';
import { Recorder } from './recorder.ts';
import { scanSegment, searchBackwards } from './reverse-search.ts';
import type { ScanOptions, ScanOutcome, Segment, SegmentScanners } from './segment-scanner.ts';
import type {
  BranchView,
  ConsoleOutputRun,
  MotionOptions,
  MotionOutcome,
  TimelineChange,
  TimelineContract,
} from './timeline-contract.ts';
import type { KernelFile, LiveOptions, OpenOptions, RecordOptions, TimelineOptions } from './timeline-options.ts';
import { TrackedMemory } from './tracked-memory.ts';

export type {
  BranchView,
  ConsoleOutputRun,
  MotionOptions,
  MotionOutcome,
  TimelineChange,
  TimelineContract,
} from './timeline-contract.ts';
export type { KernelFile, OpenOptions, RecordOptions, TimelineOptions } from './timeline-options.ts';

/** What `record` and `open` start from. */
interface Origin {
  readonly configuration: MachineConfiguration;
  readonly kernelFile: KernelFile | undefined;
  readonly history: Omit<CourseContent, 'checkpoints' | 'recorder' | 'changes'>;
  /** How branches go on. */
  readonly branches: LiveOptions | undefined;
  readonly writer: RecordingWriter | undefined;
  /** What pages are loaded from while the timeline is open. */
  readonly recording: Recording | undefined;
}

/** One recording, one machine, one present moment. */
export class Timeline implements TimelineContract {
  readonly configuration: MachineConfiguration;
  readonly kernelFile: KernelFile | undefined;
  readonly #machine: Machine;
  readonly #store: PageStore;
  readonly #checkpoints = new Checkpoints();
  readonly #courses: Courses;
  readonly #recorder: Recorder | undefined;
  readonly #recording: Recording | undefined;
  readonly #scanners: SegmentScanners | undefined;
  readonly #listeners = new Set<(run: ConsoleOutputRun) => void>();
  /** Undefined for a recording that is being made here. */
  #adopted: AdoptedRecording | undefined;
  /** Output before this moment was given to the listeners during the present motion. */
  #emitted = 0;
  #moving = false;
  #failureTold = false;

  private constructor(machine: Machine, origin: Origin, options: TimelineOptions) {
    this.configuration = origin.configuration;
    this.kernelFile = origin.kernelFile;
    this.#machine = machine;
    const { recording, writer, history } = origin;
    this.#recording = recording;
    this.#scanners = history.live === undefined ? options.scanners : undefined;
    const file = recording ?? writer;
    const loader: PageLoader | undefined = file && ((numbers) => file.pages(numbers));
    this.#store = new PageStore((page) => machine.hashPage(page), loader);
    this.#recorder = writer === undefined ? undefined : new Recorder(writer, machine.spaces, this.#store);
    const shared: CourseMachine = {
      machine,
      memory: new TrackedMemory(machine.spaces, this.#store),
      store: this.#store,
      scheduler: options.scheduler,
      memoryBudget: options.memoryBudget ?? DEFAULT_MEMORY_BUDGET,
      tuning: { ...DEFAULT_TUNING, ...options.tuning },
    };
    const course = new Course(shared, {
      ...history,
      checkpoints: this.#checkpoints,
      recorder: this.#recorder,
      changes: undefined,
    });
    this.#courses = new Courses(shared, course, origin.branches);
  }

  /**
   * Begins a history with a machine at power-on, and writes it down if there is a writer. Resolves once the initial state is
   * written, or could not be: then the next motion says so.
   */
  static async record(
    machine: Machine,
    writer: RecordingWriter | undefined,
    options: RecordOptions,
  ): Promise<Timeline> {
    if (machine.counter !== 0) throw new RangeError('A recording begins at power-on.');
    const origin: Origin = {
      configuration: options.configuration,
      kernelFile: options.symbols ?? options.kernel,
      history: { events: [], printed: [], digests: [], frontier: 0, exit: undefined, live: options },
      branches: options,
      writer,
      recording: undefined,
    };
    const timeline = new Timeline(machine, origin, options);
    await timeline.#begin(options);
    return timeline;
  }

  /**
   * Opens a recorded history with a machine built from its configuration, at power-on; the present is then counter 0.
   * Rejects with a RecordingError when the recording is damaged or is of another machine.
   */
  static async open(machine: Machine, recording: Recording, options: OpenOptions): Promise<Timeline> {
    checkShape(recording, machine.spaces);
    const origin: Origin = {
      configuration: recording.machine.configuration,
      kernelFile: (await recording.file('symbols')) ?? (await recording.file('kernel')),
      history: {
        events: recording.events,
        printed: recording.printed,
        digests: recording.digests,
        frontier: recording.lastCounter,
        exit: recording.end?.reason.kind === 'guest-exit' ? recording.end.reason.exit : undefined,
        live: undefined,
      },
      branches: options.branches,
      writer: undefined,
      recording,
    };
    const timeline = new Timeline(machine, origin, options);
    await timeline.#adopt(recording);
    return timeline;
  }

  get counter(): number {
    return this.#machine.counter;
  }

  get end(): number {
    return this.#course.events.frontier;
  }

  get isOpenEnded(): boolean {
    return this.#recording?.isOpenEnded ?? false;
  }

  get mode(): 'recording' | 'branching' | 'replaying' {
    if (!this.#course.present.isLive) return 'replaying';
    return this.#courses.branch === undefined ? 'recording' : 'branching';
  }

  get branch(): BranchView | undefined {
    return this.#courses.branch;
  }

  get exit(): GuestExit | undefined {
    return this.#course.exit;
  }

  get harts(): readonly HartView[] {
    return this.#machine.harts;
  }

  async run(stops: StopSet, options: MotionOptions & { readonly until?: number } = {}): Promise<MotionOutcome> {
    return this.#motion(() => this.#forward(options.until ?? Infinity, options, stops));
  }

  async step(count = 1, options: MotionOptions = {}): Promise<MotionOutcome> {
    return this.#motion(() => this.#forward(this.counter + count, options));
  }

  async reverseStep(count = 1, options: MotionOptions = {}): Promise<MotionOutcome> {
    return this.#motion(() => this.#travel(this.counter - count, options));
  }

  async travelTo(counter: number, options: MotionOptions = {}): Promise<MotionOutcome> {
    return this.#motion(() => this.#travel(counter, options));
  }

  async runBackTo(
    stops: StopSet,
    options: MotionOptions & { readonly notBefore?: number } = {},
  ): Promise<MotionOutcome> {
    return this.#motion(async () => {
      const origin = this.counter;
      const notBefore = Math.max(0, options.notBefore ?? 0);
      // The way back, should the search be cancelled.
      const { present, checkpoints } = this.#course;
      present.capture();
      const request = { stops, from: origin, notBefore, options };
      // Others know the file only, and a branch is not in it.
      const scanners = this.#courses.branch === undefined ? this.#scanners : undefined;
      const found = await searchBackwards(present, checkpoints, request, scanners);
      switch (found.kind) {
        case 'found':
          return this.#arriveBack(found.counter, { kind: 'hit', hits: found.hits });
        case 'nothing':
          return this.#arriveBack(
            Math.min(notBefore, origin),
            notBefore === 0 ? { kind: 'start-of-recording' } : { kind: 'arrived' },
          );
        case 'cancelled':
          return this.#arriveBack(origin, { kind: 'cancelled' });
        case 'diverged':
          return found;
      }
    });
  }

  /** Runs over a segment of history on behalf of another timeline's search; the present ends up wherever that is. */
  async scanSegment(
    segment: Segment,
    conditions: readonly StopCondition[],
    options: ScanOptions,
  ): Promise<ScanOutcome> {
    if (this.#moving) throw new Error('The machine is moving already.');
    this.#moving = true;
    try {
      return await scanSegment(this.#course.present, segment, { conditions }, options);
    } finally {
      this.#moving = false;
    }
  }

  digest(): string {
    return formatDigest(this.#course.present.digest());
  }

  readVirtual(hart: number, address: bigint, length: number): MemoryRead {
    return this.#machine.readVirtual(hart, address, length);
  }

  readPhysical(address: bigint, length: number): MemoryRead {
    return this.#machine.readPhysical(address, length);
  }

  virtqueues(): readonly VirtqueueState[] {
    return this.#machine.virtqueues();
  }

  translate(hart: number, address: bigint): Translation {
    return this.#machine.translate(hart, address);
  }

  sendConsoleInput(bytes: Uint8Array): boolean {
    if (this.mode === 'replaying' || this.#machine.exit !== undefined) return false;
    const { events, live } = this.#course;
    events.send(live?.consoleDevice ?? 'uart0', bytes);
    return true;
  }

  change(changes: readonly Change[]): Promise<TimelineChange> {
    return this.#motion(() => Promise.resolve(this.#courses.change(changes)));
  }

  discardBranch(options: MotionOptions = {}): Promise<MotionOutcome> {
    return this.#motion(async () => {
      const outcome = await this.#courses.discard(options);
      this.#emitted = this.counter;
      return outcome;
    });
  }

  compareBranch(options: MotionOptions = {}): Promise<BranchComparison | undefined> {
    return this.#motion(() => this.#courses.compare(options));
  }

  inputs(): readonly HostEvent[] {
    return this.#course.events.all;
  }

  waitingInput(device: string): number {
    return this.#machine.waitingInput(device);
  }

  consoleOutput(): readonly PrintedBytes[] {
    return this.#course.console.between(0, this.counter);
  }

  async refresh(): Promise<boolean> {
    const { end } = this;
    await this.#recording?.refresh();
    if (!this.#moving) await this.#takeIn();
    return this.end > end;
  }

  onConsoleOutput(listener: (run: ConsoleOutputRun) => void): { dispose(): void } {
    this.#listeners.add(listener);
    return {
      dispose: () => {
        this.#listeners.delete(listener);
      },
    };
  }

  /**
   * Also closes the recording that it was opened on. `why` says what ended a guest that was still running. Rejects with
   * a RecordingError when not everything could be written.
   */
  async close(why = 'the session was closed'): Promise<void> {
    this.#listeners.clear();
    await this.#scanners?.close();
    await this.#recording?.close();
    if (this.#recorder === undefined) return;
    const { history } = this.#courses;
    await this.#courses.discard({});
    const { present, exit, events } = history;
    if (present.isLive) present.end();
    const reason: EndReason = exit === undefined ? { kind: 'stopped', why } : { kind: 'guest-exit', exit };
    this.#failureTold = true;
    await this.#recorder.close({ counter: events.frontier, reason });
  }

  /** Writes the initial state, and what is kept for people. */
  async #begin(options: RecordOptions): Promise<void> {
    const { kernel, symbols } = options;
    await this.#courses.history.present.begin();
    if (kernel !== undefined) this.#recorder?.file('kernel', kernel.name, symbolsOf(kernel));
    if (symbols !== undefined) this.#recorder?.file('symbols', symbols.name, symbols.bytes);
  }

  /** Makes the recording's checkpoints this timeline's, and its initial state the present. */
  async #adopt(recording: Recording): Promise<void> {
    const { history } = this.#courses;
    const checkpoints = new RecordedCheckpoints(this.#machine.spaces, this.#store, this.#checkpoints);
    this.#adopted = new AdoptedRecording(recording, history, checkpoints);
    const initial = this.#checkpoints.atOrBefore(0);
    if (initial === undefined) throw new Error('A recording without an initial state was opened.');
    const diverged = await history.present.restore(initial);
    if (diverged !== undefined) throw alteredInitialState(recording);
  }

  /** Makes history of what has been read of a growing recording. */
  async #takeIn(): Promise<void> {
    if (this.#adopted?.takeIn() !== true) return;
    // Those that help know the file as it was.
    await this.#scanners?.close();
  }

  /** One motion at a time. */
  async #motion<T>(move: () => Promise<T>): Promise<T> {
    if (this.#moving) throw new Error('The machine is moving already. Pause it first.');
    this.#moving = true;
    this.#emitted = this.counter;
    try {
      if (this.isOpenEnded) {
        await this.#recording?.refresh();
        await this.#takeIn();
      }
      const outcome = await move();
      this.#tellFailure();
      return outcome;
    } finally {
      this.#moving = false;
    }
  }

  get #course(): Course {
    return this.#courses.present;
  }

  async #forward(limit: number, options: MotionOptions, stops?: StopSet): Promise<MotionOutcome> {
    const { present } = this.#course;
    const live = present.isLive;
    const began = this.counter;
    const reachable = live ? limit : Math.min(limit, this.end);
    const total = reachable === Infinity ? undefined : reachable - began;
    const advanced = await present.advance({
      limit: reachable,
      ...(stops === undefined ? {} : { stops }),
      skipFirst: true,
      dense: true,
      signal: options.signal,
      onPassed: (counter) => {
        this.#emit(counter);
        options.onProgress?.({ done: counter - began, total });
        this.#tellFailure();
      },
    });
    if (advanced.kind === 'arrived' && !live && limit > this.end) return this.#endOfRecording();
    return this.#outcome(advanced, live);
  }

  async #travel(counter: number, options: MotionOptions): Promise<MotionOutcome> {
    const target = Math.max(0, Math.min(counter, this.end));
    const began = this.counter;
    const total = Math.abs(target - began);
    const advanced = await this.#course.present.goTo(target, {
      signal: options.signal,
      onPassed: (passed) => options.onProgress?.({ done: Math.min(total, Math.abs(passed - began)), total }),
    });
    this.#course.present.expectReturn();
    this.#emit(this.counter);
    if (advanced.kind !== 'arrived') return this.#outcome(advanced, false);
    if (counter < 0) return { kind: 'start-of-recording' };
    if (counter > this.end) return this.#endOfRecording();
    return { kind: 'arrived' };
  }

  async #arriveBack(counter: number, outcome: MotionOutcome): Promise<MotionOutcome> {
    const advanced = await this.#course.present.goTo(counter);
    this.#course.present.expectReturn();
    return advanced.kind === 'diverged' ? advanced : outcome;
  }

  #outcome(advanced: Advance, live: boolean): MotionOutcome {
    // A guest may end by a step that something stops at.
    if (advanced.kind === 'hit' && live) this.#course.exit = this.#machine.exit;
    if (advanced.kind !== 'exit') return advanced;
    if (!live) return this.#endOfRecording();
    this.#course.exit = advanced.exit;
    if (this.#courses.branch !== undefined) return this.#endOfRecording();
    return { kind: 'guest-exit', exit: advanced.exit };
  }

  #endOfRecording(): MotionOutcome {
    if (this.#courses.branch !== undefined) return { kind: 'end-of-branch', exit: this.exit };
    return { kind: 'end-of-recording', exit: this.exit, ...(this.isOpenEnded ? { isSoFar: true } : {}) };
  }

  /** Gives the listeners what was printed since the motion began, up to `counter`; going back prints nothing. */
  #emit(counter: number): void {
    if (counter <= this.#emitted) return;
    const runs = this.#course.console.between(this.#emitted, counter);
    const base = this.#courses.branch?.base ?? Infinity;
    this.#emitted = counter;
    for (const run of runs) for (const listener of this.#listeners) listener({ ...run, inBranch: run.counter >= base });
  }

  /** A recording that can no longer be written is told once; the history in memory stays usable. */
  #tellFailure(): void {
    const failure = this.#recorder?.failure;
    if (failure === undefined || this.#failureTold) return;
    this.#failureTold = true;
    throw failure;
  }
}

const ELF_MAGIC = [0x7f, 0x45, 0x4c, 0x46];

/** Only an ELF file can hold symbols; the content of any other is in the machine's memory, and that is kept. */
function symbolsOf({ bytes }: KernelFile): Uint8Array {
  return ELF_MAGIC.every((byte, index) => bytes[index] === byte) ? bytes : new Uint8Array(0);
}
