import type { MachineConfiguration } from '../machine/configuration.ts';
import type { LiveInput } from './event-history.ts';
import type { IdlePace } from './live-idle.ts';
import type { Tuning } from './present.ts';
import type { Scheduler } from './scheduler.ts';
import type { SegmentScanners } from './segment-scanner.ts';

/** What a timeline is made with, besides a machine and a recording. */

/** A file kept for its symbols. */
export interface KernelFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** How a machine goes on where its history ends. */
export interface LiveOptions {
  readonly input: LiveInput;
  /** How idle time passes; `skip` when absent. */
  readonly pace?: IdlePace;
  /** The device that console input goes to; `uart0` when absent. */
  readonly consoleDevice?: string;
  /** Called when the guest begins to wait for input and nothing else can wake it. */
  readonly onWaitingForInput?: () => void;
}

export interface TimelineOptions {
  readonly scheduler: Scheduler;
  /** Memory for the contents that checkpoints hold, in bytes; DEFAULT_MEMORY_BUDGET when absent. */
  readonly memoryBudget?: number | undefined;
  /** DEFAULT_TUNING when absent; tests use small counts. */
  readonly tuning?: Partial<Tuning>;
  /** Who helps with long searches in a recording that is opened; the timeline closes them with itself. */
  readonly scanners?: SegmentScanners | undefined;
}

export interface OpenOptions extends TimelineOptions {
  /** How branches go on. Absent: nothing can be changed. */
  readonly branches?: LiveOptions;
}

export interface RecordOptions extends TimelineOptions, LiveOptions {
  readonly configuration: MachineConfiguration;
  /** What the machine was started with. */
  readonly kernel: KernelFile | undefined;
  /** Debug information for the kernel when it is in a file of its own. */
  readonly symbols?: KernelFile | undefined;
}
