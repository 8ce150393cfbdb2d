import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { OpenedTimeline, OpenRequest, RecordRequest, TimelineFactory } from '../session/host.ts';
import { BookmarkFiles } from './bookmark-files.ts';
import { makeRoomFor } from './earlier-recordings.ts';
import { machineRequestOf } from './assemble-machine.ts';
import { InputScript, parseInputScript } from './input-script.ts';
import { buildMachine } from './machine-request.ts';
import { remarksOn } from './recorded-machine.ts';
import { HOST_BRANCHES, openRecording, openTimeline, recordTimeline } from './recording-files.ts';
import { SearchWorkers } from './search-workers.ts';
import { readText } from './terminal.ts';

/** Timelines on files of this computer, for sessions. */
export class NodeTimelines implements TimelineFactory {
  /** `program` is written into recordings as what made them: `retrograde 0.1.0`. */
  constructor(readonly program: string) {}

  async record(request: RecordRequest): Promise<OpenedTimeline> {
    const script =
      request.inputScript === undefined
        ? undefined
        : parseInputScript(request.inputScript, await readText(request.inputScript));
    const built = await buildMachine(machineRequestOf(request));
    const { file, folder, notes } = await placeOf(request);
    const timeline = await recordTimeline(built, {
      path: file,
      program: this.program,
      overwrite: false,
      memoryBudget: request.memoryBudget,
      // A person at a shell expects its `sleep 1` to take a second; a script has no use for waiting.
      pace: script === undefined ? 'host-clock' : 'skip',
    });
    const player = script === undefined ? undefined : new InputScript(script, timeline);
    const bookmarks = await BookmarkFiles.of(file, timeline.configuration, undefined);
    return {
      timeline,
      recording: file,
      bookmarks,
      temporary: folder !== undefined,
      remarks: [],
      notes,
      close: once(async () => {
        player?.dispose();
        try {
          await timeline.close();
          if (folder === undefined) await foldBookmarks(file, bookmarks);
        } finally {
          if (folder !== undefined) await rm(folder, { recursive: true, force: true });
        }
      }),
    };
  }

  async open({ recording, memoryBudget }: OpenRequest): Promise<OpenedTimeline> {
    const content = await openRecording(recording);
    try {
      const scanners = new SearchWorkers(recording, content.machine.configuration.memory);
      const timeline = await openTimeline(content, { scanners, memoryBudget, branches: HOST_BRANCHES });
      return {
        timeline,
        recording,
        bookmarks: await BookmarkFiles.of(recording, content.machine.configuration, content),
        temporary: false,
        remarks: remarksOn(content),
        notes: [],
        close: once(async () => {
          await timeline.close();
          await content.close();
        }),
      };
    } catch (error) {
      await content.close();
      throw error;
    }
  }
}

/** Bookmarks that were made while recording go into the recording. */
async function foldBookmarks(file: string, bookmarks: BookmarkFiles): Promise<void> {
  if (bookmarks.all.length === 0) return;
  const content = await openRecording(file);
  try {
    await bookmarks.fold(content);
  } finally {
    await content.close();
  }
}

/** Where a session records to. */
interface Place {
  readonly file: string;
  /** A folder made for it, to be removed with it. */
  readonly folder: string | undefined;
  /** What was done to make room for it, as sentences. */
  readonly notes: readonly string[];
}

async function placeOf({ recording, keepRecordings }: RecordRequest): Promise<Place> {
  if (recording !== undefined) {
    return { file: recording, folder: undefined, notes: await makeRoomFor(recording, keepRecordings) };
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'retrograde-'));
  return { file: path.join(folder, 'session.retrograde'), folder, notes: [] };
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= work());
}
