import type { LogpointFigures } from './logpoints.ts';

/** What travelling in a recording takes. Latencies in milliseconds, speeds in steps a second of processor time. */

/** Of many motions of one kind. */
export interface Latency {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
}

/** In a long recording of Linux, by the timeline itself. */
export interface LinuxTravel {
  /** Of the recording. */
  readonly steps: number;
  /** Opening it, to where the first state stands, in milliseconds. */
  readonly open: number;
  /** Over the last part of it, leaving checkpoints. */
  readonly replaySpeed: number;
  /** Back over the same part with a breakpoint that is never met. */
  readonly scanSpeed: number;
  readonly travelTo: Latency;
  readonly reverseStepInstruction: Latency;
  /** The first one after running forward for a while. */
  readonly reverseStepAfterRun: Latency;
  /** The same where nothing but the file's checkpoints was there before. */
  readonly reverseStepJustOpened: Latency;
  /** To a random counter, where nothing but the file's checkpoints is there. */
  readonly travelJustOpened: Latency;
  /** To the last trap. */
  readonly reverseContinueNear: Latency;
  /** To what happened long before; undefined when the recording is too short. */
  readonly reverseContinueFar: Latency | undefined;
  /** The same with one worker thread beside the timeline's own. */
  readonly reverseContinueFarHelped: Latency | undefined;
  /** Over as many steps, without a hit. */
  readonly searchFar: Latency;
  readonly searchFarHelped: Latency;
  readonly scans: readonly Scan[];
  /** The most memory resident, in bytes. */
  readonly peak: number;
}

/** A search backwards that meets nothing, over a stretch of the recording. */
export interface Scan {
  readonly what: string;
  /** Processor time of it, in times of that of replaying the stretch. */
  readonly cost: number;
}

/**
 * A search backwards to a breakpoint in busy code, with a condition that is never true: how often it is tested, and the seconds of
 * processor time besides those of the search without it.
 */
export interface ConditionTests {
  readonly tests: number;
  /** A comparison of memory at an address in a register, which the engine evaluates. */
  readonly byEngine: number;
  /** Asked outside of the engine at each hit, of an answer that costs nothing; over a part of the tests, in proportion. */
  readonly asked: number;
  /** Milliseconds from cancelling such a search to standing again where it began. */
  readonly cancelled: number;
}

/** Over code that writes to the page of the bytes watched all the time. */
export interface WatchTravel {
  /** The time of a search with the watchpoint, in times of one without. */
  readonly cost: number;
  readonly tests: ConditionTests;
}

/** The same script of gdb, on gdb's side of the connection: milliseconds for each motion, by its name in the script. */
export type GdbTimes = ReadonlyMap<string, number>;

export interface TravelFigures {
  readonly linux: LinuxTravel;
  /** Bytes of the Linux recording, and of the memory its recorder had at most. */
  readonly size: number;
  readonly recordingPeak: number;
  /** The same with a budget of 64 MB for checkpoints. */
  readonly thriftyPeak: number;
  /** By source line, through the debug adapter. */
  readonly reverseStepLine: Latency;
  /** From `pause` to standing, through the debug adapter. */
  readonly pause: Latency;
  readonly logpoints: LogpointFigures;
  readonly watchCost: number;
  readonly tests: ConditionTests;
  /** Undefined where QEMU or gdb did not get through it. */
  readonly gdb: { readonly steps: number; readonly retrograde: GdbTimes; readonly qemu: GdbTimes | undefined };
}
