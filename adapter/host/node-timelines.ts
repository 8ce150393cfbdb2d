import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { MachineConfiguration, MachineImages } from '../../emulator/machine/configuration.ts';
import { LoadError } from '../../emulator/machine/loaders/load-error.ts';
import { createEmptyMachine, createMachine } from '../../emulator/machine/virt-machine.ts';
import { MACHINE_VERSION } from '../../emulator/recording/machine-version.ts';
import { readRecording } from '../../emulator/recording/recording-reader.ts';
import { RecordingWriter } from '../../emulator/recording/recording-writer.ts';
import { Timeline } from '../../emulator/replay/timeline.ts';
import type { OpenedTimeline, RecordRequest, TimelineFactory } from '../session/host.ts';
import { FileSink } from './file-sink.ts';
import { FileSource } from './file-source.ts';
import { systemReason } from './host-error.ts';
import { InputScriptPlayer, parseInputScript } from './input-script.ts';
import { nodeScheduler } from './node-scheduler.ts';

/** Steps in a tick of 100 ns: a machine of 100 million steps in a second of its own time. */
const STEPS_PER_TICK = 10;
const NANOSECONDS = 1_000_000n;

/** Timelines on files of this computer. */
export class NodeTimelines implements TimelineFactory {
  /** `program` is written into recordings as what made them: `retrograde 0.1.0`. */
  constructor(readonly program: string) {}

  async record(request: RecordRequest): Promise<OpenedTimeline> {
    const images = await readImages(request);
    const configuration = configurationOf(request, images);
    const script = request.inputScript === undefined ? [] : await readScript(request.inputScript);
    const machine = explained(request, () => createMachine(configuration, images));
    const { file, folder } = await placeOf(request);
    const sink = await FileSink.create(file);
    const writer = new RecordingWriter(sink, {
      build: { program: this.program, machine: MACHINE_VERSION },
      configuration,
    });
    const kernel = images.kernel && { name: request.kernel ?? 'kernel', bytes: images.kernel };
    const timeline = Timeline.record(machine, writer, {
      configuration,
      kernel,
      input: { entropy: (length) => randomBytes(length) },
      scheduler: nodeScheduler,
      // A person at a shell expects its `sleep 1` to take a second; a script has no use for waiting.
      pace: request.inputScript === undefined ? 'host-clock' : 'skip',
    });
    const player = new InputScriptPlayer(timeline, script);
    return {
      timeline,
      recording: file,
      temporary: folder !== undefined,
      remarks: [],
      close: once(async () => {
        player.dispose();
        try {
          await timeline.close();
        } finally {
          if (folder !== undefined) await rm(folder, { recursive: true, force: true });
        }
      }),
    };
  }

  async open(recording: string): Promise<OpenedTimeline> {
    const source = await FileSource.open(recording);
    try {
      const content = await readRecording(source);
      const machine = createEmptyMachine(content.configuration, undefined);
      const timeline = await Timeline.open(machine, content, { scheduler: nodeScheduler });
      return {
        timeline,
        recording,
        temporary: false,
        remarks: content.damage === undefined ? [] : [damageText(recording, content.damage, content.lastCounter)],
        close: once(async () => {
          await timeline.close();
          await content.close();
        }),
      };
    } catch (error) {
      await source.close();
      throw error;
    }
  }
}

type Damage = NonNullable<Awaited<ReturnType<typeof readRecording>>['damage']>;

function damageText(recording: string, damage: Damage, last: number): string {
  const what =
    damage.kind === 'truncated'
      ? 'ends before its end was written, as when the recorder was killed'
      : `was altered at byte ${damage.offset} (${damage.reason})`;
  return `${recording} ${what}. What stands before is good: it reaches counter ${last.toLocaleString('en')}.`;
}

function configurationOf(request: RecordRequest, images: MachineImages): MachineConfiguration {
  const { memory, append, rtc, seed, firmware, drives } = request;
  return {
    memory,
    harts: 1,
    firmware: { kind: firmware.kind },
    append,
    stepsPerTick: STEPS_PER_TICK,
    rtc: String(BigInt(rtc ?? Date.now()) * NANOSECONDS),
    seed: seed ?? randomBytes(32).toString('hex'),
    drives: drives.map((drive, index) => ({
      name: drive.path,
      size: images.drives[index]?.length ?? 0,
      readOnly: drive.readOnly,
    })),
  };
}

async function readImages(request: RecordRequest): Promise<MachineImages> {
  const { kernel, initrd, dtb, firmware, drives } = request;
  return {
    kernel: await readImage('kernel', kernel),
    initrd: await readImage('initrd', initrd),
    dtb: await readImage('dtb', dtb),
    firmware: firmware.kind === 'image' ? await readImage('firmware', firmware.path) : undefined,
    drives: await Promise.all(drives.map(async (drive) => readFile(drive.path).catch(failure('drive', drive.path)))),
  };
}

async function readImage(role: string, file: string | undefined): Promise<Uint8Array | undefined> {
  return file === undefined ? undefined : readFile(file).catch(failure(role, file));
}

async function readScript(file: string): Promise<ReturnType<typeof parseInputScript>> {
  const text = await readFile(file, 'utf8').catch(failure('input script', file));
  return parseInputScript(file, text);
}

function failure(role: string, file: string): (error: unknown) => never {
  return (error) => {
    throw new Error(`The ${role} ${file} cannot be read: ${systemReason(error)}.`, { cause: error });
  };
}

/** Adds the file's name to what a loader says about an image. */
function explained<T>(request: RecordRequest, build: () => T): T {
  try {
    return build();
  } catch (error) {
    if (!(error instanceof LoadError) || error.role === undefined) throw error;
    const { kernel, initrd, dtb, firmware } = request;
    const files = {
      kernel,
      initrd,
      dtb,
      firmware: firmware.kind === 'image' ? firmware.path : undefined,
      drive: undefined,
    };
    const file = files[error.role];
    throw file === undefined ? error : new Error(`${file}: ${error.message}`);
  }
}

async function placeOf({ recording }: RecordRequest): Promise<{ file: string; folder: string | undefined }> {
  if (recording !== undefined) return { file: recording, folder: undefined };
  const folder = await mkdtemp(path.join(tmpdir(), 'retrograde-'));
  return { file: path.join(folder, 'session.retrograde'), folder };
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= work());
}
