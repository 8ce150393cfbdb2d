import { SessionBookmarks } from '../session/bookmarks/bookmark-store.ts';
import { portableCodec } from '../../emulator/recording/codec.ts';
import { MACHINE_VERSION } from '../../emulator/recording/machine-version.ts';
import { readRecording } from '../../emulator/recording/recording-reader.ts';
import { RecordingWriter } from '../../emulator/recording/recording-writer.ts';
import { Timeline } from '../../emulator/replay/timeline.ts';
import { assembleMachine, machineRequestOf } from '../host/assemble-machine.ts';
import { InputScript, parseInputScript } from '../host/input-script.ts';
import { machineOf, remarksOn, replayable } from '../host/recorded-machine.ts';
import type { OpenedTimeline, OpenRequest, RecordRequest, TimelineFactory } from '../session/host.ts';
import { BlobSink } from './blob-sink.ts';
import { BlobSource } from './blob-source.ts';
import type { GivenFiles } from './given-files.ts';
import { webScheduler } from './web-scheduler.ts';

/** What a recording is called when the launch names none. */
const UNNAMED = 'session.retrograde';

/** Timelines on what the page gave, recorded into memory. */
export class WebTimelines implements TimelineFactory {
  readonly #files: GivenFiles;
  readonly #program: string;
  readonly #recorded: (name: string, content: Blob) => void;
  readonly #scheduler = webScheduler();

  /** `program` is written into recordings as what made them; `recorded` is given each recording once it is complete. */
  constructor(files: GivenFiles, program: string, recorded: (name: string, content: Blob) => void) {
    this.#files = files;
    this.#program = program;
    this.#recorded = recorded;
  }

  async record(request: RecordRequest): Promise<OpenedTimeline> {
    const script =
      request.inputScript === undefined
        ? undefined
        : parseInputScript(request.inputScript, await this.#files.text(request.inputScript));
    const read = (name: string): Promise<Uint8Array> => this.#files.read(name);
    const { machine, configuration, kernel, symbols } = await assembleMachine(machineRequestOf(request), read);
    const sink = new BlobSink(request.recording ?? UNNAMED);
    const writer = new RecordingWriter(sink, {
      build: { program: this.#program, machine: MACHINE_VERSION },
      machine: { configuration, tohost: machine.tohost },
      codec: portableCodec,
    });
    const timeline = await Timeline.record(machine, writer, {
      configuration,
      kernel,
      symbols,
      input: { entropy: webEntropy },
      scheduler: this.#scheduler,
      pace: script === undefined ? 'host-clock' : 'skip',
      memoryBudget: request.memoryBudget,
    });
    const player = script === undefined ? undefined : new InputScript(script, timeline);
    let closing: Promise<void> | undefined;
    const close = async (): Promise<void> => {
      player?.dispose();
      await timeline.close();
      this.#recorded(sink.name, sink.content);
    };
    return {
      timeline,
      recording: sink.name,
      bookmarks: new SessionBookmarks([]),
      // The page has it when the session is over.
      temporary: false,
      remarks: [],
      notes: [],
      close: () => (closing ??= close()),
    };
  }

  async open({ recording: name, memoryBudget }: OpenRequest): Promise<OpenedTimeline> {
    const source = new BlobSource(name, await this.#files.blob(name));
    const recording = replayable(await readRecording(source, portableCodec));
    const timeline = await Timeline.open(machineOf(recording), recording, {
      scheduler: this.#scheduler,
      memoryBudget,
      branches: { input: { entropy: webEntropy }, pace: 'host-clock' },
    });
    let closing: Promise<void> | undefined;
    return {
      timeline,
      recording: name,
      bookmarks: new SessionBookmarks(recording.bookmarks),
      temporary: false,
      remarks: remarksOn(recording),
      notes: [],
      close: () => (closing ??= timeline.close()),
    };
  }
}

function webEntropy(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}
