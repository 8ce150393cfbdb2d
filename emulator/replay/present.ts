import type { GuestExit, Machine, RunOutcome } from '../machine/machine.ts';
import { PAGE_SIZE } from '../machine/paged-space.ts';
import type { Hit, StopSet } from '../machine/stop.ts';
import type { DigestLog } from './digest-log.ts';
import { formatDigest, stateDigest } from './digest.ts';
import type { Checkpoint, CheckpointLine } from './checkpoint.ts';
import { CheckpointKeeper } from './checkpoint-keeper.ts';
import {
  APPROACH_DISTANCES,
  DigestSpacing,
  FAR_LATENCY,
  MOST_HASHING,
  MOST_WRITING,
  NEAR_LATENCY,
  WRITTEN_LATENCY,
  WrittenSpacing,
} from './checkpoint-policy.ts';
import type { ConsoleHistory } from './console-history.ts';
import { DivergenceError } from './divergence.ts';
import type { EventHistory } from './event-history.ts';
import type { LiveIdle } from './live-idle.ts';
import type { PageStore } from './page-store.ts';
import type { PersonChanges } from './person-changes.ts';
import type { Recorder } from './recorder.ts';
import type { Scheduler } from './scheduler.ts';
import type { TrackedMemory } from './tracked-memory.ts';

/** Milliseconds between giving way. */
const GIVE_WAY_INTERVAL = 8;
/** Milliseconds that a slice of a fast machine takes about, and by how much it may exceed the usual one. */
const SLICE_TIME = 4;
const LONGEST_SLICE_FACTOR = 8;
/** Milliseconds of recording that may be lost when the recorder is killed, besides what waits to be written. */
const SEAL_INTERVAL = 100;

/** What decides about the cost of a motion, never about where it ends: counts of steps, if not said otherwise. */
export interface Tuning {
  /** Run without giving way, at least; more when the machine is fast. */
  readonly slice: number;
  /** Between the digests that are recorded: at multiples of it, at every one where that costs little. */
  readonly digestInterval: number;
  /** The part of the running time that digests may take. */
  readonly digestPart: number;
  /** Milliseconds of running between checkpoints in memory, just behind a machine that runs forward and elsewhere. */
  readonly nearLatency: number;
  readonly farLatency: number;
  /** Milliseconds of running between the checkpoints that are written to the file, when they cost little. */
  readonly writtenLatency: number;
  /** The part of the running time that they may take. */
  readonly writtenPart: number;
  /** Going forward, a checkpoint is worth restoring when it saves more than this. */
  readonly worthRestoring: number;
}

export const DEFAULT_TUNING: Tuning = {
  slice: 1_000_000,
  digestInterval: 10_000_000,
  digestPart: MOST_HASHING,
  nearLatency: NEAR_LATENCY,
  farLatency: FAR_LATENCY,
  writtenLatency: WRITTEN_LATENCY,
  writtenPart: MOST_WRITING,
  worthRestoring: 200_000,
};

export type Advance =
  | { readonly kind: 'arrived' }
  | { readonly kind: 'hit'; readonly hits: readonly Hit[] }
  | { readonly kind: 'exit'; readonly exit: GuestExit }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'diverged'; readonly counter: number; readonly expected: string; readonly actual: string };

export interface AdvanceRequest {
  /** The counter to stop at. */
  readonly limit: number;
  readonly stops?: StopSet;
  /** Leave behind what is met at the starting moment. */
  readonly skipFirst?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Called after every slice on the way. */
  readonly onPassed?: (counter: number) => void;
  /** Where the run ends may be anywhere, and somebody may step back from there: checkpoints are dense behind it. */
  readonly dense?: boolean;
  /** Counters, ascending, at which to leave checkpoints. */
  readonly marks?: readonly number[];
}

export interface PresentParts {
  readonly machine: Machine;
  readonly events: EventHistory;
  readonly console: ConsoleHistory;
  readonly digests: DigestLog;
  readonly memory: TrackedMemory;
  readonly store: PageStore;
  readonly checkpoints: CheckpointLine;
  readonly scheduler: Scheduler;
  /** Bytes for the contents that checkpoints hold. */
  readonly memoryBudget: number;
  /** New history is written here. */
  readonly recorder: Recorder | undefined;
  /** What a person changed on the way. */
  readonly changes: PersonChanges | undefined;
  readonly tuning: Tuning;
  /** What to do while a live guest waits; absent when history cannot grow. */
  readonly idle: LiveIdle | undefined;
}

/**
 * The machine at the present moment, and how it gets to another: forward by running, leaving digests and checkpoints
 * behind; anywhere by restoring a checkpoint and running the rest.
 */
export class Present {
  readonly #parts: PresentParts;
  readonly #keeper: CheckpointKeeper;
  readonly #written: WrittenSpacing;
  readonly #digesting: DigestSpacing;
  #gaveWay: number;
  #sealed: number;

  constructor(parts: PresentParts) {
    this.#parts = parts;
    const { nearLatency, farLatency } = parts.tuning;
    this.#keeper = new CheckpointKeeper({ ...parts, nearLatency, farLatency });
    this.#written = new WrittenSpacing(parts.tuning.writtenLatency, parts.tuning.writtenPart);
    this.#digesting = new DigestSpacing(parts.tuning.digestPart);
    this.#gaveWay = parts.scheduler.now();
    this.#sealed = this.#gaveWay;
    // While a live guest idles, its input may come before its timer.
    parts.machine.setIdlePolicy('return');
  }

  get counter(): number {
    return this.#parts.machine.counter;
  }

  /** True where running makes new history. */
  get isLive(): boolean {
    return this.#parts.idle !== undefined && this.counter >= this.#parts.events.frontier;
  }

  /** The digest of the present state. */
  digest(): bigint {
    const { machine, memory } = this.#parts;
    return stateDigest(machine.saveSmall(), memory.digests(), (bytes) => machine.hash(bytes));
  }

  /** Runs forward. In replay `limit` is at most the frontier. */
  async advance(request: AdvanceRequest): Promise<Advance> {
    const { limit, stops, signal, onPassed } = request;
    const live = this.isLive;
    this.#parts.scheduler.rested();
    let skipFirst = request.skipFirst === true;
    for (;;) {
      if (this.counter >= limit) return { kind: 'arrived' };
      if (signal?.aborted === true) return { kind: 'cancelled' };
      const from = this.counter;
      const outcome = this.#slice(Math.min(limit, this.#nextMark(live, request.marks)), stops, skipFirst);
      if (outcome.kind === 'diverged') return this.#afterDivergence(outcome);
      skipFirst &&= this.counter === from;
      const diverged = this.#passed(live, request);
      if (diverged !== undefined) return diverged;
      onPassed?.(this.counter);
      if (live) await this.#writeBehind();
      switch (outcome.kind) {
        case 'hit':
          return outcome;
        case 'exit':
          return this.#afterExit(outcome.exit, limit, live);
        case 'idle': {
          const waited = await this.#idle(outcome.deadline, live, limit, signal);
          if (waited !== undefined) return waited;
          break;
        }
        case 'limit':
          break;
      }
      await this.#giveWay();
    }
  }

  /** To a moment of recorded history. */
  async goTo(counter: number, options: Omit<AdvanceRequest, 'limit' | 'stops' | 'skipFirst'> = {}): Promise<Advance> {
    const { checkpoints } = this.#parts;
    const nearest = checkpoints.atOrBefore(counter);
    if (nearest === undefined) throw new RangeError(`Counter ${counter} is before the start of the recording.`);
    if (counter < this.counter || nearest.state.counter > this.counter + this.#parts.tuning.worthRestoring) {
      const diverged = await this.restore(nearest);
      if (diverged !== undefined) return diverged;
    }
    const marks = APPROACH_DISTANCES.map((distance) => counter - distance).filter((mark) => mark > this.counter);
    return this.advance({ ...options, limit: counter, marks: options.marks ?? marks });
  }

  /** Somebody came here, and may soon want to step back from where they go on to: what is kept on the way may cost more. */
  expectReturn(): void {
    this.#keeper.expectReturn();
  }

  /** Undefined, or how the state that the recording holds differs from its digest. */
  async restore(checkpoint: Checkpoint): Promise<(Advance & { readonly kind: 'diverged' }) | undefined> {
    const { machine, events, console, memory, store } = this.#parts;
    const { counter } = checkpoint.state;
    await store.load(memory.needed(checkpoint.trees));
    memory.restore(checkpoint.trees);
    machine.restoreSmall(checkpoint.state);
    this.#keeper.standsAt(checkpoint);
    this.#keeper.keepBudget();
    events.seek(counter);
    console.seek(counter);
    return this.#compare(counter);
  }

  /** To a moment of this course, whatever state the machine is in. */
  async enter(counter: number, options: Omit<AdvanceRequest, 'limit' | 'stops' | 'skipFirst'> = {}): Promise<Advance> {
    const nearest = this.#parts.checkpoints.atOrBefore(counter);
    if (nearest === undefined) throw new RangeError(`Counter ${counter} is before the start of the recording.`);
    return (await this.restore(nearest)) ?? this.advance({ ...options, limit: counter });
  }

  /** Leaves a checkpoint at the present moment; a pinned one is kept whatever the budget. */
  capture(pinned = false): Checkpoint {
    return this.#keeper.take(pinned);
  }

  /**
   * Leaves a checkpoint of the initial state, and writes it to the file, with its digest. Contents go there straight from
   * the machine's memory, where they are; they are copied only when there is no file that they could be had from again.
   */
  async begin(): Promise<void> {
    const { store, recorder } = this.#parts;
    const checkpoint = this.#keeper.begin(recorder !== undefined);
    if (recorder === undefined) return;
    this.#recordDigest();
    recorder.checkpoint(checkpoint.state, checkpoint.trees);
    await recorder.drained();
    store.returnBorrowed();
  }

  /** Writes the last digest to the file, and a checkpoint if that is worth its cost. */
  end(): void {
    const { digests } = this.#parts;
    if (digests.at(this.counter) === undefined) this.#recordDigest();
    if (this.#written.isDueAtEnd(this.#bytesToWrite())) this.#writeCheckpoint();
  }

  #slice(
    limit: number,
    stops: StopSet | undefined,
    skipFirst: boolean,
  ): RunOutcome | (Advance & { readonly kind: 'diverged' }) {
    const { machine, scheduler } = this.#parts;
    const live = this.isLive;
    const [counter, began] = [this.counter, scheduler.worked()];
    try {
      const outcome = machine.run(
        Math.min(limit, counter + this.#sliceSteps()),
        stops && this.#timed(stops),
        skipFirst,
      );
      if (this.counter > counter) this.#repeatChanges();
      return outcome;
    } catch (error) {
      if (!(error instanceof DivergenceError)) throw error;
      return { kind: 'diverged', counter: error.counter, expected: error.expected, actual: error.actual };
    } finally {
      const took = scheduler.worked() - began;
      this.#keeper.ran(this.counter - counter, took);
      if (live) {
        this.#written.ran(took);
        this.#digesting.ran(took);
      }
    }
  }

  /**
   * Who is asked about hits, or told of steps, may take a thousand times as long as the engine, and hits may come all at once
   * after a long time without: no number of steps bounds how long a person waits to pause that.
   */
  #timed(stops: StopSet): StopSet {
    if (stops.accept === undefined && stops.eachStep === undefined) return stops;
    const { scheduler } = this.#parts;
    const until = scheduler.now() + SLICE_TIME;
    return { ...stops, isLate: () => scheduler.now() >= until };
  }

  /** What a person changed at this moment belongs to its state. */
  #repeatChanges(): void {
    const { machine, changes } = this.#parts;
    const here = changes?.at(this.counter) ?? [];
    if (here.length === 0) return;
    const outcome = machine.change(here);
    if (outcome.kind === 'refused') throw new DivergenceError(this.counter, 'a change to be made', outcome.why);
  }

  #sliceSteps(): number {
    const { slice } = this.#parts.tuning;
    return Math.max(slice, Math.min(this.#keeper.stepsIn(SLICE_TIME), LONGEST_SLICE_FACTOR * slice));
  }

  /** The next counter at which something is to be done whatever happens. */
  #nextMark(live: boolean, marks: readonly number[] = []): number {
    const { digestInterval } = this.#parts.tuning;
    const digest = live
      ? (Math.floor(this.counter / digestInterval) + 1) * digestInterval
      : this.#parts.digests.nextAfter(this.counter);
    const change = this.#parts.changes?.nextAfter(this.counter) ?? Infinity;
    return Math.min(digest, change, marks.find((mark) => mark > this.counter) ?? Infinity);
  }

  /** What is due now that the machine stands here. */
  #passed(
    live: boolean,
    { dense = false, marks = [] }: AdvanceRequest,
  ): (Advance & { readonly kind: 'diverged' }) | undefined {
    const { counter } = this;
    const { events, console, checkpoints, tuning } = this.#parts;
    if (live) events.frontier = Math.max(events.frontier, counter);
    try {
      console.reached(counter);
    } catch (error) {
      if (!(error instanceof DivergenceError)) throw error;
      return { kind: 'diverged', counter: error.counter, expected: error.expected, actual: error.actual };
    }
    if (live && this.#isDigestDue(tuning.digestInterval)) {
      this.#recordDigest();
      if (this.#written.isDue(() => this.#bytesToWrite())) this.#writeCheckpoint();
    } else if (!live) {
      const diverged = this.#compare(counter);
      if (diverged !== undefined) return diverged;
    }
    this.#keeper.passed(dense);
    if (marks.includes(counter) && checkpoints.atOrBefore(counter)?.state.counter !== counter) this.#keeper.take();
    return undefined;
  }

  #isDigestDue(interval: number): boolean {
    const { digests, memory } = this.#parts;
    if (this.counter % interval !== 0 || digests.at(this.counter) !== undefined) return false;
    return this.#digesting.isDue(memory.dirtyPages);
  }

  #recordDigest(): void {
    const { digests, memory, recorder, scheduler } = this.#parts;
    const [began, pages] = [scheduler.worked(), memory.dirtyPages];
    const recorded = { counter: this.counter, digest: this.digest() };
    this.#digesting.took(pages, scheduler.worked() - began);
    digests.append(recorded);
    recorder?.digest(recorded);
  }

  /** At a moment that has a digest. */
  #writeCheckpoint(): void {
    const { recorder } = this.#parts;
    if (recorder === undefined) return;
    const checkpoint = this.#keeper.take(true);
    recorder.checkpoint(checkpoint.state, checkpoint.trees);
    this.#written.wrote();
  }

  /** What a checkpoint of the present state would add to the file, in bytes, at most. */
  #bytesToWrite(): number {
    const { memory, recorder } = this.#parts;
    return (recorder?.cost(memory.bases) ?? 0) + memory.changedPages * PAGE_SIZE;
  }

  #compare(counter: number): (Advance & { readonly kind: 'diverged' }) | undefined {
    const expected = this.#parts.digests.at(counter);
    if (expected === undefined) return undefined;
    const actual = this.digest();
    if (actual === expected) return undefined;
    return { kind: 'diverged', counter, expected: formatDigest(expected), actual: formatDigest(actual) };
  }

  /** The machine was interrupted within a step: puts it back on the last moment that is whole. */
  async #afterDivergence(diverged: Advance & { readonly kind: 'diverged' }): Promise<Advance> {
    const checkpoint = this.#parts.checkpoints.atOrBefore(Math.max(0, diverged.counter - 1));
    if (checkpoint !== undefined) await this.restore(checkpoint);
    return diverged;
  }

  #afterExit(exit: GuestExit, limit: number, live: boolean): Advance {
    if (live) return { kind: 'exit', exit };
    if (this.counter >= limit) return { kind: 'arrived' };
    if (this.counter >= this.#parts.events.frontier) return { kind: 'exit', exit };
    const expected = `the guest to run on to counter ${Math.min(limit, this.#parts.events.frontier)}`;
    return { kind: 'diverged', counter: this.counter, expected, actual: `it ended (${exit.kind})` };
  }

  async #idle(
    deadline: bigint | undefined,
    live: boolean,
    limit: number,
    signal: AbortSignal | undefined,
  ): Promise<Advance | undefined> {
    const { machine, idle } = this.#parts;
    if (live && idle !== undefined) {
      // Somebody may wait long: what there is should be in the file.
      if (deadline === undefined) this.#sealAfter(0);
      else if (idle.waitsFor(deadline)) this.#sealAfter(SEAL_INTERVAL / 10);
      const waited = await idle.wait(deadline, signal);
      if (waited === 'cancelled') return { kind: 'cancelled' };
      if (waited === 'input') return undefined;
    } else if (deadline === undefined) {
      const expected = `the guest to run on to counter ${limit}`;
      return { kind: 'diverged', counter: this.counter, expected, actual: 'it waits for input that was not recorded' };
    }
    machine.skipIdle();
    return undefined;
  }

  async #writeBehind(): Promise<void> {
    const { recorder } = this.#parts;
    this.#sealAfter(SEAL_INTERVAL);
    if (recorder?.hasBacklog === true) await recorder.drained();
  }

  #sealAfter(milliseconds: number): void {
    const { recorder, scheduler } = this.#parts;
    const now = scheduler.now();
    if (recorder === undefined || now - this.#sealed < milliseconds) return;
    this.#sealed = now;
    recorder.seal(this.counter);
  }

  async #giveWay(): Promise<void> {
    const { scheduler } = this.#parts;
    if (scheduler.now() - this.#gaveWay < GIVE_WAY_INTERVAL) return;
    await scheduler.giveWay();
    this.#gaveWay = scheduler.now();
  }
}
