import type { GuestExit, HartView, MemoryRead, Translation, VirtqueueState } from '../machine/machine.ts';
import type { MachineConfiguration } from '../machine/configuration.ts';
import type { Hit, StopSet } from '../machine/stop.ts';

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

/** A run of console output and the moment before the step that printed it. */
export interface ConsoleOutputRun {
  readonly counter: number;
  readonly bytes: Uint8Array;
}

export interface TimelineContract {
  readonly configuration: MachineConfiguration;
  /** The present moment. */
  readonly counter: number;
  /** The last moment that is recorded so far. Grows while recording. */
  readonly end: number;
  /**
   * Whether the recording has no end yet: another process may be writing it, or one was killed. `end` grows by `refresh` and as
   * motions begin.
   */
  readonly isOpenEnded: boolean;
  /** `recording` at the live end of a recording in the making, where running makes new history; else `replaying`. */
  readonly mode: 'recording' | 'replaying';
  /** How the recorded run ended, once it has. */
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

  /** Bytes typed by the person. Only while `recording`; false (and nothing happens) in the past. */
  sendConsoleInput(bytes: Uint8Array): boolean;
  /** All console output up to the present moment. */
  consoleOutput(): readonly ConsoleOutputRun[];
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
