import type { Change } from '../machine/change.ts';
import type { GuestExit, HartView, HostEvent, MemoryRead, Translation, VirtqueueState } from '../machine/machine.ts';
import type { MachineConfiguration } from '../machine/configuration.ts';
import type { Hit, StopSet } from '../machine/stop.ts';
import type { PrintedBytes } from '../recording/console-chunk.ts';
import type { BranchComparison } from './branch-comparison.ts';
import type { PersonChange } from './person-changes.ts';

/**
 * The contract between the emulator and everything that debugs: one recording, one machine, one present moment.
 * (TimelineContract is implemented by Timeline; adapters depend on this interface only.)
 */

/** Where a motion ended. The machine stands at `timeline.counter` in every case, and stays usable. */
export type MotionOutcome =
  | { readonly kind: 'hit'; readonly hits: readonly Hit[] }
  /** The counter or the number of steps asked for. */
  | { readonly kind: 'arrived' }
  | { readonly kind: 'start-of-recording' }
  /** The last recorded moment; `exit` when the guest ended there, `isSoFar` when the recording may still grow. */
  | { readonly kind: 'end-of-recording'; readonly exit: GuestExit | undefined; readonly isSoFar?: boolean }
  /** The last moment that a branch has come to; `exit` when the guest ended there. At a live end, running goes on. */
  | { readonly kind: 'end-of-branch'; readonly exit: GuestExit | undefined }
  /** Live only: the guest is over, and with it the recording. */
  | { readonly kind: 'guest-exit'; readonly exit: GuestExit }
  /** The signal was aborted. A forward run stays where it got to; a backward search returns to where it began. */
  | { readonly kind: 'cancelled' }
  /** A digest did not match: replay is wrong, and says so. The timeline stands at the first differing digest. */
  | { readonly kind: 'diverged'; readonly counter: number; readonly expected: string; readonly actual: string };

/** How far a long motion has come. */
export interface MotionProgress {
  /** Steps examined so far and in all, as far as is known. */
  readonly done: number;
  readonly total: number | undefined;
}

export interface MotionOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: MotionProgress) => void;
}

/** A run that left recorded history at `base`, because somebody changed something there. Before its base it is history. */
export interface BranchView {
  readonly base: number;
  /** What was changed, in order of the counters; the first at `base`. */
  readonly changes: readonly PersonChange[];
  /** All that crossed into the guest so far, before the base too. */
  readonly events: readonly HostEvent[];
}

export type TimelineChange =
  | {
      readonly kind: 'changed';
      /** Sentences on what became otherwise than asked. */
      readonly remarks: readonly string[];
      /** The change began a branch. */
      readonly began: boolean;
      /** The end of what the branch had after the present, which is no more; undefined when it had nothing. */
      readonly lost: number | undefined;
    }
  /** Nothing happened; `why` is a sentence. */
  | { readonly kind: 'refused'; readonly why: string };

/** A run of console output and the moment before the step that printed it. */
export interface ConsoleOutputRun {
  readonly counter: number;
  readonly bytes: Uint8Array;
  /** It was printed in a branch, and is no part of history. */
  readonly inBranch: boolean;
}

export interface TimelineContract {
  readonly configuration: MachineConfiguration;
  /** The present moment. */
  readonly counter: number;
  /** The last moment of the present course, history or a branch, so far. Grows at its live end. */
  readonly end: number;
  /**
   * Whether the recording has no end yet: another process may be writing it, or one was killed. `end` grows by `refresh` and as
   * motions begin.
   */
  readonly isOpenEnded: boolean;
  /**
   * `recording` at the live end of a recording in the making, where running makes new history; `branching` at that of a branch;
   * else `replaying`.
   */
  readonly mode: 'recording' | 'branching' | 'replaying';
  /** The branch that the machine is in; undefined in recorded history. */
  readonly branch: BranchView | undefined;
  /** How the present course ended, once it has. */
  readonly exit: GuestExit | undefined;
  /** Views of the harts at the present moment; do not keep values over a motion. */
  readonly harts: readonly HartView[];
  /** The kernel file as recorded, for symbols. */
  readonly kernelFile: { readonly name: string; readonly bytes: Uint8Array } | undefined;

  /**
   * Runs forward until a condition is met, the counter is `until`, or history (replaying) or the guest (recording) ends.
   * Conditions at the present moment are left behind first. When recording and the guest idles, waits for input.
   */
  run(stops: StopSet, options?: MotionOptions & { readonly until?: number }): Promise<MotionOutcome>;
  /** Takes `count` steps forward (1 by default). */
  step(count?: number, options?: MotionOptions): Promise<MotionOutcome>;
  /** Goes `count` steps back (1 by default). */
  reverseStep(count?: number, options?: MotionOptions): Promise<MotionOutcome>;
  /** To the last moment before the present at which a condition is met; to the start of the recording if there is none. */
  runBackTo(stops: StopSet, options?: MotionOptions & { readonly notBefore?: number }): Promise<MotionOutcome>;
  /** To a moment; clamped to the recording, with the outcome saying so. */
  travelTo(counter: number, options?: MotionOptions): Promise<MotionOutcome>;

  /** The digest of the present moment: 16 hexadecimal digits. */
  digest(): string;
  /** Memory for people: no effects (law 6). */
  readVirtual(hart: number, address: bigint, length: number): MemoryRead;
  readPhysical(address: bigint, length: number): MemoryRead;
  /** The queues of all virtio devices, for people. */
  virtqueues(): readonly VirtqueueState[];
  translate(hart: number, address: bigint): Translation;

  /**
   * Changes the present state, all or nothing. In history this begins a branch. In a branch what it had after the present is
   * lost; before its base, the branch is, and another begins. History and its file stay as they are.
   */
  change(changes: readonly Change[]): Promise<TimelineChange>;
  /**
   * Returns from the branch to history: to the moment where it began, or to the present where that lies before. What was in
   * the branch is gone. In history it does nothing.
   */
  discardBranch(options?: MotionOptions): Promise<MotionOutcome>;
  /**
   * How the branch differs from history at the present moment, or at the last one that both have. Undefined when it was
   * cancelled. Throws an Error when the machine is not in a branch.
   */
  compareBranch(options?: MotionOptions): Promise<BranchComparison | undefined>;

  /** Bytes typed by the person. Only at a live end; false (and nothing happens) in the past. */
  sendConsoleInput(bytes: Uint8Array): boolean;
  /** All host input of the history that is known, in the order of its counters. */
  inputs(): readonly HostEvent[];
  /** Bytes of a console's input, such as `uart0`'s, that have arrived and that the guest has not taken yet. */
  waitingInput(device: string): number;
  /** All console output up to the present moment. */
  consoleOutput(): readonly PrintedBytes[];
  /** Called for output the guest prints at the live end, and as motions move through history forward. */
  onConsoleOutput(listener: (run: ConsoleOutputRun) => void): { dispose(): void };

  /**
   * Takes in what another process has recorded since, unless the machine moves. Resolves to whether `end` has moved on. Rejects
   * when the file cannot be read or is damaged: what is known of history stays usable.
   */
  refresh(): Promise<boolean>;

  /** Flushes and closes the recording being written, if any. The timeline is unusable afterwards. */
  close(): Promise<void>;
}
