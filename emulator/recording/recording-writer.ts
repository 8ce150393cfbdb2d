import type { HostEvent } from '../machine/machine.ts';
import { AppendLine } from './append-line.ts';
import type { ByteSink } from './byte-source.ts';
import type { RecordedCheckpoint } from './checkpoint-chunk.ts';
import { encodeCheckpoint } from './checkpoint-chunk.ts';
import type { Codec } from './codec.ts';
import { portableCodec } from './codec.ts';
import type { PrintedBytes } from './console-chunk.ts';
import { encodeConsole } from './console-chunk.ts';
import type { RecordedDigest } from './digest-chunk.ts';
import { encodeDigests } from './digest-chunk.ts';
import type { RecordingEnd } from './end-chunk.ts';
import { encodeEnd } from './end-chunk.ts';
import { encodeEvents } from './event-chunk.ts';
import type { FileRole } from './file-chunk.ts';
import { encodeFilePart, FILE_PART_SIZE } from './file-chunk.ts';
import { encodeHeader } from './header-chunk.ts';
import type { RecordedMachine } from './machine-chunk.ts';
import { encodeMachine } from './machine-chunk.ts';
import type { BuildIdentity } from './machine-version.ts';
import { encodeStoredPages, PAGES_PER_GROUP } from './page-chunk.ts';
import type { PageGroupPlace } from './page-groups.ts';
import { PageGroups } from './page-groups.ts';
import { RecordingError } from './recording-error.ts';

/** Bytes that may wait to be written before `hasBacklog` asks the machine to pause. */
const BACKLOG_LIMIT = 64 * 1024 * 1024;

export interface RecordingWriterOptions {
  readonly build: BuildIdentity;
  readonly machine: RecordedMachine;
  readonly codec?: Codec;
}

/**
 * Writes a recording. Everything is put in line at once and written in the background, so the machine does not wait for
 * a disk. When the sink refuses, nothing more is written: the file ends at its last complete chunk, and `failure`
 * says so. Pages are stored as they are, for compressing them would cost more than recording itself; files, which the
 * recording does not depend on, are compressed beside it, and come when they are ready.
 *
 * The order that readers rely on: whatever names a counter n is preceded by every event and all output before n.
 */
export class RecordingWriter {
  readonly #sink: ByteSink;
  readonly #codec: Codec;
  readonly #line: AppendLine;
  readonly #groups: PageGroupPlace[] = [];
  readonly #written: PageGroups;
  #files: Promise<void> = Promise.resolve();
  #failure: RecordingError | undefined;
  #nextPage = 1;
  #events: HostEvent[] = [];
  #printed: PrintedBytes[] = [];
  #digests: RecordedDigest[] = [];
  #sealed = 0;

  constructor(sink: ByteSink, options: RecordingWriterOptions) {
    this.#sink = sink;
    this.#codec = options.codec ?? portableCodec;
    this.#line = new AppendLine(sink, this.#codec);
    this.#written = new PageGroups(sink, this.#codec, this.#groups);
    void this.#line.put('HEAD', encodeHeader(options.build));
    void this.#line.put('MACH', encodeMachine(options.machine));
  }

  /** Why the recording ends early, once it does. */
  get failure(): RecordingError | undefined {
    if (this.#line.failure !== undefined) this.#fail(this.#line.failure);
    return this.#failure;
  }

  /** True when so much waits to be written that the machine should pause until `drained`. */
  get hasBacklog(): boolean {
    return this.#line.waitingBytes > BACKLOG_LIMIT;
  }

  /** Resolves once everything put in line so far is written, or has failed. */
  async drained(): Promise<void> {
    await this.#line.drained();
  }

  /** Keeps a file with the recording. */
  addFile(role: FileRole, name: string, bytes: Uint8Array): void {
    const write = async (): Promise<void> => {
      for (let offset = 0; offset === 0 || offset < bytes.length; offset += FILE_PART_SIZE) {
        const data = bytes.subarray(offset, offset + FILE_PART_SIZE);
        const part = { role, name, size: bytes.length, offset, length: data.length };
        if (this.failure === undefined) await this.#line.put('FILE', await encodeFilePart(part, data, this.#codec));
      }
    };
    this.#files = this.#files.then(write);
  }

  /** The number that the next page added will have; those after it count on. */
  get nextPage(): number {
    return this.#nextPage;
  }

  /**
   * Adds pages that are not all zeros. Their bytes must stay as they are until the promise resolves: to true when all are
   * in the file, from where `pages` can fetch them.
   */
  async addPages(pages: readonly Uint8Array[]): Promise<boolean> {
    const written: Promise<boolean>[] = [];
    for (let done = 0; done < pages.length; done += PAGES_PER_GROUP) {
      const group = pages.slice(done, done + PAGES_PER_GROUP);
      const [first, count] = [this.#nextPage, group.length];
      this.#nextPage += count;
      const chunk = this.#line.put('PAGE', encodeStoredPages({ first, count }), ...joined(group));
      written.push(
        chunk.then((place) => {
          if (place !== undefined) this.#groups.push({ ...place, first, count });
          return place !== undefined;
        }),
      );
    }
    return (await Promise.all(written)).every((each) => each);
  }

  /** Reads back pages that are in the file, by their numbers. Rejects with a RecordingError. */
  async pages(numbers: Iterable<number>): Promise<Map<number, Uint8Array>> {
    return this.#written.pages(numbers);
  }

  /** Every page that the checkpoint names must have been added. */
  addCheckpoint(checkpoint: RecordedCheckpoint): void {
    this.seal(checkpoint.state.counter);
    void this.#line.put('CKPT', encodeCheckpoint(checkpoint));
  }

  addEvent(event: HostEvent): void {
    this.#events.push(event);
  }

  addPrinted(printed: PrintedBytes): void {
    this.#printed.push(printed);
  }

  addDigest(digest: RecordedDigest): void {
    this.#digests.push(digest);
  }

  /**
   * Puts in line the events, output and digests that were added since the last call: all there are before `reached`. A
   * recorder that is killed loses what was not sealed.
   */
  seal(reached: number): void {
    if (this.#events.length > 0) void this.#line.put('EVNT', encodeEvents(this.#events));
    if (this.#printed.length > 0) void this.#line.put('CONS', encodeConsole(this.#printed));
    if (reached > this.#sealed || this.#digests.length > 0) {
      void this.#line.put('DGST', encodeDigests({ reached, digests: this.#digests }));
    }
    this.#sealed = reached;
    this.#events = [];
    this.#printed = [];
    this.#digests = [];
  }

  /** Writes how it ended and closes the sink. Rejects with a RecordingError when anything could not be written. */
  async close(end: RecordingEnd): Promise<void> {
    await this.#files;
    this.seal(end.counter);
    await this.#line.put('ENDS', encodeEnd(end));
    try {
      if (this.failure === undefined) await this.#sink.flush();
    } catch (error) {
      this.#fail(error);
    }
    await this.#sink.close();
    if (this.failure !== undefined) throw this.failure;
  }

  #fail(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#failure ??= new RecordingError(
      'not-written',
      `${this.#sink.name} could not be written further (${reason}). It is readable up to where it ends; ` +
        'make room or choose another place, and record again.',
    );
  }
}

/** The same bytes in fewer pieces: those that lie one behind the other in memory become one. */
function joined(pages: readonly Uint8Array[]): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < pages.length;) {
    const first = pages[at];
    if (first === undefined) break;
    let end = first.byteOffset;
    for (; at < pages.length; at++) {
      const next = pages[at];
      if (next?.buffer !== first.buffer || next.byteOffset !== end) break;
      end += next.length;
    }
    pieces.push(new Uint8Array(first.buffer, first.byteOffset, end - first.byteOffset));
  }
  return pieces;
}
