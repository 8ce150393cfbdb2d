import type { HostEvent } from '../machine/machine.ts';
import { PAGE_SIZE } from '../machine/paged-space.ts';
import type { ByteSink } from './byte-source.ts';
import type { RecordedCheckpoint } from './checkpoint-chunk.ts';
import { encodeCheckpoint } from './checkpoint-chunk.ts';
import { encodeChunk } from './chunk.ts';
import type { Compression } from './compression.ts';
import { portableCompression } from './compression.ts';
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
import { encodePageGroup, PAGES_PER_GROUP } from './page-chunk.ts';
import { RecordingError } from './recording-error.ts';

/** Bytes that may wait to be compressed and written before `hasBacklog` asks the machine to pause. */
const BACKLOG_LIMIT = 64 * 1024 * 1024;

export interface RecordingWriterOptions {
  readonly build: BuildIdentity;
  readonly machine: RecordedMachine;
  readonly compression?: Compression;
}

/**
 * Writes a recording. Everything is put in line at once and written in the background, in order, so the machine does
 * not wait for a disk. When the sink refuses, nothing more is written: the file ends at its last complete chunk, and
 * `failure` says so.
 *
 * The order that readers rely on: whatever names a counter n is preceded by every event and all output before n.
 */
export class RecordingWriter {
  readonly #sink: ByteSink;
  readonly #compression: Compression;
  #sequence = 0;
  #waiting = 0;
  #line: Promise<void> = Promise.resolve();
  #failure: RecordingError | undefined;
  #nextPage = 1;
  #group = new Uint8Array(PAGES_PER_GROUP * PAGE_SIZE);
  #groupCount = 0;
  #events: HostEvent[] = [];
  #printed: PrintedBytes[] = [];
  #digests: RecordedDigest[] = [];

  constructor(sink: ByteSink, options: RecordingWriterOptions) {
    this.#sink = sink;
    this.#compression = options.compression ?? portableCompression;
    this.#put('HEAD', encodeHeader(options.build));
    this.#put('MACH', encodeMachine(options.machine));
  }

  /** Why the recording ends early, once it does. */
  get failure(): RecordingError | undefined {
    return this.#failure;
  }

  /** True when so much waits to be written that the machine should pause until `drained`. */
  get hasBacklog(): boolean {
    return this.#waiting > BACKLOG_LIMIT;
  }

  /** Resolves once everything put in line so far is written, or has failed. */
  async drained(): Promise<void> {
    await this.#line;
  }

  /** Keeps a file with the recording. */
  addFile(role: FileRole, name: string, bytes: Uint8Array): void {
    for (let offset = 0; offset === 0 || offset < bytes.length; offset += FILE_PART_SIZE) {
      const data = bytes.subarray(offset, offset + FILE_PART_SIZE);
      const part = { role, name, size: bytes.length, offset, length: data.length };
      this.#putLater('FILE', data.length, () => encodeFilePart(part, data, this.#compression));
    }
  }

  /** Takes a copy of a page that is not all zeros; returns the number by which checkpoints name it. */
  addPage(bytes: Uint8Array): number {
    this.#group.set(bytes, this.#groupCount * PAGE_SIZE);
    this.#groupCount++;
    const page = this.#nextPage++;
    if (this.#groupCount === PAGES_PER_GROUP) this.#putGroup();
    return page;
  }

  /** Every page that the checkpoint names must have been added. */
  addCheckpoint(checkpoint: RecordedCheckpoint): void {
    this.#putGroup();
    this.seal(checkpoint.state.counter);
    this.#put('CKPT', encodeCheckpoint(checkpoint));
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
    if (this.#events.length > 0) this.#put('EVNT', encodeEvents(this.#events));
    if (this.#printed.length > 0) this.#put('CONS', encodeConsole(this.#printed));
    this.#put('DGST', encodeDigests({ reached, digests: this.#digests }));
    this.#events = [];
    this.#printed = [];
    this.#digests = [];
  }

  /** Writes how it ended and closes the sink. Rejects with a RecordingError when anything could not be written. */
  async close(end: RecordingEnd): Promise<void> {
    this.seal(end.counter);
    this.#put('ENDS', encodeEnd(end));
    await this.#line;
    try {
      if (this.#failure === undefined) await this.#sink.flush();
    } catch (error) {
      this.#fail(error);
    }
    await this.#sink.close();
    if (this.#failure !== undefined) throw this.#failure;
  }

  #putGroup(): void {
    if (this.#groupCount === 0) return;
    const pages = this.#group.subarray(0, this.#groupCount * PAGE_SIZE);
    const first = this.#nextPage - this.#groupCount;
    this.#group = new Uint8Array(PAGES_PER_GROUP * PAGE_SIZE);
    this.#groupCount = 0;
    this.#putLater('PAGE', pages.length, () => encodePageGroup(first, pages, this.#compression));
  }

  #put(kind: string, payload: Uint8Array): void {
    this.#putLater(kind, payload.length, () => Promise.resolve(payload));
  }

  /** `size` is what the payload weighs in memory while it waits, in bytes. */
  #putLater(kind: string, size: number, encode: () => Promise<Uint8Array>): void {
    if (this.#failure !== undefined) return;
    const sequence = this.#sequence++;
    this.#waiting += size;
    this.#line = this.#line.then(async () => {
      try {
        if (this.#failure === undefined) await this.#sink.append(encodeChunk(kind, sequence, await encode()));
      } catch (error) {
        this.#fail(error);
      } finally {
        this.#waiting -= size;
      }
    });
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
