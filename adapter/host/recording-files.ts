import { randomBytes } from 'node:crypto';
import { MACHINE_VERSION } from '../../emulator/recording/machine-version.ts';
import type { Recording } from '../../emulator/recording/recording.ts';
import { readRecording } from '../../emulator/recording/recording-reader.ts';
import { RecordingWriter } from '../../emulator/recording/recording-writer.ts';
import type { IdlePace } from '../../emulator/replay/live-idle.ts';
import { Timeline, type OpenOptions, type TimelineOptions } from '../../emulator/replay/timeline.ts';
import type { BuiltMachine } from './assemble-machine.ts';
import { FileSink, FileSource } from './file-bytes.ts';
import { nodeCodec } from './node-codec.ts';
import type { LiveOptions } from '../../emulator/replay/timeline-options.ts';
import { nodeScheduler } from './node-scheduler.ts';
import { machineOf, replayable } from './recorded-machine.ts';

/** Reads a recording's chunks. Rejects with a FileError or a RecordingError. */
export async function openRecording(path: string): Promise<Recording> {
  const source = await FileSource.open(path);
  try {
    return replayable(await readRecording(source, nodeCodec));
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** A timeline over an opened recording, at counter 0. Rejects with a FileError or a RecordingError. */
export async function openTimeline(
  recording: Recording,
  options: Omit<OpenOptions, 'scheduler'> = {},
): Promise<Timeline> {
  return Timeline.open(machineOf(recording), recording, { ...options, scheduler: nodeScheduler });
}

export interface RecordingRequest {
  /** The file to write. */
  readonly path: string;
  /** What is written into it as its maker: `retrograde 0.1.0`. */
  readonly program: string;
  /** Write over what is there. */
  readonly overwrite: boolean;
  readonly pace: IdlePace;
  /** Bytes for what checkpoints hold; the timeline's default when undefined. */
  readonly memoryBudget?: number | undefined;
  /** Those of the timeline when absent. */
  readonly tuning?: TimelineOptions['tuning'];
  readonly onWaitingForInput?: () => void;
}

/** Begins to record a machine into a file. Rejects with a FileError. */
export async function recordTimeline(built: BuiltMachine, request: RecordingRequest): Promise<Timeline> {
  const { machine, configuration, kernel, symbols } = built;
  const sink = await FileSink.create(request.path, request.overwrite);
  const writer = new RecordingWriter(sink, {
    build: { program: request.program, machine: MACHINE_VERSION },
    machine: { configuration, tohost: machine.tohost },
    codec: nodeCodec,
  });
  return Timeline.record(machine, writer, {
    configuration,
    kernel,
    symbols,
    input: { entropy: hostEntropy },
    scheduler: nodeScheduler,
    pace: request.pace,
    memoryBudget: request.memoryBudget,
    ...(request.tuning === undefined ? {} : { tuning: request.tuning }),
    ...(request.onWaitingForInput === undefined ? {} : { onWaitingForInput: request.onWaitingForInput }),
  });
}

/** How branches of a recording go on: with this host's entropy, as fast as its clock. */
export const HOST_BRANCHES: LiveOptions = { input: { entropy: hostEntropy }, pace: 'host-clock' };

export function hostEntropy(length: number): Uint8Array {
  return new Uint8Array(randomBytes(length));
}
