import type { HostEvent } from '../machine/machine.ts';
import { changed, decodeBookmarkChange, type Bookmark } from './bookmark-chunk.ts';
import type { ByteSource } from './byte-source.ts';
import type { RecordedCheckpoint } from './checkpoint-chunk.ts';
import { decodeCheckpoint } from './checkpoint-chunk.ts';
import type { ChunkHeader } from './chunk.ts';
import { CHUNK_HEADER_SIZE, CHUNK_MAGIC, parseChunkHeader } from './chunk.ts';
import type { Codec } from './codec.ts';
import { portableCodec } from './codec.ts';
import type { PrintedBytes } from './console-chunk.ts';
import { decodeConsole } from './console-chunk.ts';
import type { DigestChunk, RecordedDigest } from './digest-chunk.ts';
import { decodeDigests } from './digest-chunk.ts';
import type { RecordingEnd } from './end-chunk.ts';
import { decodeEnd } from './end-chunk.ts';
import { decodeEvents } from './event-chunk.ts';
import { decodeFilePart } from './file-chunk.ts';
import type { Header } from './header-chunk.ts';
import { decodeHeader } from './header-chunk.ts';
import { JsonShapeError } from './json.ts';
import type { RecordedMachine } from './machine-chunk.ts';
import { decodeMachine } from './machine-chunk.ts';
import { FORMAT_VERSION } from './machine-version.ts';
import { decodePageGroupHeader } from './page-chunk.ts';
import type { PageGroupPlace } from './page-groups.ts';
import type { ChunkTotal, Damage, FilePartPlace } from './recording.ts';
import { Recording } from './recording.ts';
import { RecordingError } from './recording-error.ts';

/**
 * Reads a recording's chunks. Trusts nothing: a checksum, length, count or number that cannot be right ends the reading
 * there as damage. Memory is bounded by the size of the file, whatever the file claims.
 *
 * Rejects with a RecordingError when it is no recording, has another major version, or does not reach its initial
 * state. Damage further on does not reject: what stands before it is good, and `damage` says where it is.
 */
export async function readRecording(source: ByteSource, codec: Codec = portableCodec): Promise<Recording> {
  const content = new ContentBuilder(source.name);
  const place = { offset: 0, sequence: 0 };
  const damage = await readChunks(source, codec, content, place);
  return new Recording(source, codec, content.finish(damage, place), async () =>
    content.finish(await readChunks(source, codec, content, place), place),
  );
}

/** Where the first chunk that has not been read begins, and its number. */
interface Place {
  offset: number;
  sequence: number;
}

/** Reads from a place on, and leaves it behind the last chunk that is whole. */
async function readChunks(
  source: ByteSource,
  codec: Codec,
  content: ContentBuilder,
  place: Place,
): Promise<Damage | undefined> {
  const window = new ReadWindow(source);
  for (; place.offset < source.size; place.sequence++) {
    const { offset, sequence } = place;
    if (offset + CHUNK_HEADER_SIZE > source.size) {
      if (sequence === 0) await refuseOther(source, window);
      return cutShort(content, offset);
    }
    const parsed = parseChunkHeader(await window.read(offset, CHUNK_HEADER_SIZE), sequence);
    if (parsed.kind === 'damaged') {
      if (sequence === 0) await refuseOther(source, window);
      return { kind: 'corrupt', offset, reason: parsed.reason };
    }
    const { header } = parsed;
    const start = offset + CHUNK_HEADER_SIZE;
    if (start + header.length > source.size) return cutShort(content, offset);
    const payload = await window.read(start, header.length);
    if (codec.crc32(payload) !== header.payloadChecksum) {
      return { kind: 'corrupt', offset, reason: `the checksum of a ${header.kind} chunk does not match` };
    }
    try {
      content.add(header, start, payload);
    } catch (error) {
      if (!(error instanceof RangeError || error instanceof JsonShapeError)) throw error;
      return { kind: 'corrupt', offset, reason: `in a ${header.kind} chunk, ${error.message}` };
    }
    place.offset = start + header.length;
  }
  return content.ended ? undefined : { kind: 'truncated', offset: place.offset };
}

/** What lacks behind the end of the run is a bookmark that was not written whole: the run is as it was. */
function cutShort(content: ContentBuilder, offset: number): Damage | undefined {
  return content.ended ? undefined : { kind: 'truncated', offset };
}

/** Throws when the file does not even begin like a recording. */
async function refuseOther(source: ByteSource, window: ReadWindow): Promise<void> {
  const length = Math.min(4, source.size);
  const magic = new Uint8Array(4);
  new DataView(magic.buffer).setUint32(0, CHUNK_MAGIC, true);
  const begin = await window.read(0, length);
  if (length > 0 && begin.every((byte, index) => byte === magic[index])) return;
  throw new RecordingError(
    'not-a-recording',
    `${source.name} is not a Retrograde recording. Give a file that 'retrograde record' wrote.`,
    0,
  );
}

/** What has been read so far, checked chunk by chunk. */
class ContentBuilder {
  readonly #name: string;
  #header: Header | undefined;
  #machine: RecordedMachine | undefined;
  #end: RecordingEnd | undefined;
  #pagesWritten = 1;
  #reached = 0;
  readonly #events: HostEvent[] = [];
  readonly #printed: PrintedBytes[] = [];
  readonly #digests: RecordedDigest[] = [];
  readonly #checkpoints: RecordedCheckpoint[] = [];
  readonly #groups: PageGroupPlace[] = [];
  readonly #files: FilePartPlace[] = [];
  #bookmarks: readonly Bookmark[] = [];
  readonly #totals = new Map<string, ChunkTotal>();

  constructor(name: string) {
    this.#name = name;
  }

  get ended(): boolean {
    return this.#end !== undefined;
  }

  /** Throws a RangeError or JsonShapeError for content that cannot have been written, a RecordingError to refuse it. */
  add(header: ChunkHeader, offset: number, payload: Uint8Array): void {
    if ((header.sequence === 0) !== (header.kind === 'HEAD')) throw new RangeError('it is not in its place');
    if (this.#end !== undefined && header.kind !== 'MARK') throw new RangeError('it follows the end of the recording');
    const place = { offset, length: header.length, checksum: header.payloadChecksum };
    switch (header.kind) {
      case 'HEAD':
        this.#header = this.#supported(decodeHeader(payload));
        break;
      case 'MACH':
        if (this.#machine !== undefined) throw new RangeError('there is a second one');
        this.#machine = decodeMachine(new TextDecoder().decode(payload));
        break;
      case 'FILE': {
        const part = decodeFilePart(payload);
        if (part !== undefined) this.#files.push({ ...place, part });
        break;
      }
      case 'PAGE': {
        const group = decodePageGroupHeader(payload);
        if (group.first !== this.#pagesWritten) throw new RangeError('its pages are not numbered in order');
        this.#pagesWritten += group.count;
        this.#groups.push({ ...place, ...group });
        break;
      }
      case 'CKPT':
        this.#addCheckpoint(decodeCheckpoint(payload, this.#pagesWritten));
        break;
      case 'EVNT':
        for (const event of decodeEvents(payload)) append(this.#events, event, 0);
        break;
      case 'CONS':
        for (const run of decodeConsole(payload)) append(this.#printed, run, 0);
        break;
      case 'DGST':
        this.#addDigests(decodeDigests(payload));
        break;
      case 'ENDS':
        this.#end = decodeEnd(payload);
        this.#reach(this.#end.counter);
        break;
      case 'MARK': {
        const change = decodeBookmarkChange(payload);
        if (change.kind === 'set' && change.bookmark.counter > this.#reached) {
          throw new RangeError(`it is of counter ${change.bookmark.counter}, which is not recorded`);
        }
        this.#bookmarks = changed(this.#bookmarks, change);
        break;
      }
      // Every other kind is from a later minor version, and can be done without.
    }
    const total = this.#totals.get(header.kind) ?? { chunks: 0, bytes: 0 };
    const bytes = total.bytes + CHUNK_HEADER_SIZE + header.length;
    this.#totals.set(header.kind, { chunks: total.chunks + 1, bytes });
  }

  finish(damage: Damage | undefined, place: Place): ConstructorParameters<typeof Recording>[2] {
    const header = this.#header;
    const machine = this.#machine;
    if (header === undefined || machine === undefined || this.#checkpoints.length === 0) {
      throw this.#unusable(damage);
    }
    return {
      header,
      machine,
      damage,
      lastCounter: this.#reached,
      events: this.#events,
      printed: this.#printed,
      digests: this.#digests,
      checkpoints: this.#checkpoints,
      end: this.#end,
      totals: this.#totals,
      groups: this.#groups,
      files: this.#files,
      bookmarks: this.#bookmarks,
      appendPlace: this.ended && damage === undefined ? { ...place } : undefined,
    };
  }

  #addCheckpoint(checkpoint: RecordedCheckpoint): void {
    const previous = this.#checkpoints.at(-1);
    const { counter } = checkpoint.state;
    if (previous === undefined ? counter !== 0 : counter <= previous.state.counter) {
      throw new RangeError(`a checkpoint at counter ${counter} is out of order`);
    }
    if (previous !== undefined) {
      const shape = (spaces: RecordedCheckpoint['spaces']) =>
        spaces.map((space) => `${space.name} ${space.pageCount}`).join('\n');
      if (shape(previous.spaces) !== shape(checkpoint.spaces)) throw new RangeError('its spaces are other than before');
    }
    this.#checkpoints.push(checkpoint);
    this.#reach(counter);
  }

  #addDigests({ reached, digests }: DigestChunk): void {
    for (const digest of digests) append(this.#digests, digest, 1);
    this.#reach(reached);
  }

  /** How far the recording has come never goes back. */
  #reach(counter: number): void {
    if (counter < this.#reached) throw new RangeError(`it says counter ${counter} after counter ${this.#reached}`);
    this.#reached = counter;
  }

  #supported(header: Header): Header {
    if (header.major === FORMAT_VERSION.major) return header;
    throw new RecordingError(
      'unsupported-version',
      `${this.#name} has format version ${header.major}.${header.minor}; this Retrograde reads version ` +
        `${FORMAT_VERSION.major}. Open it with the version of Retrograde that recorded it, or record again.`,
      0,
    );
  }

  #unusable(damage: Damage | undefined): RecordingError {
    if (damage?.kind === 'corrupt') {
      return new RecordingError(
        'corrupt',
        `${this.#name} is damaged at byte ${damage.offset}: ${damage.reason}. Get the file again from where it came.`,
        damage.offset,
      );
    }
    return new RecordingError(
      'incomplete',
      `${this.#name} ends before the machine's initial state was written, so nothing can be replayed. Record again.`,
      damage?.offset,
    );
  }
}

/** Appends in order of counters; equal counters are allowed when `step` is 0. */
function append<T extends { readonly counter: number }>(list: T[], item: T, step: 0 | 1): void {
  const previous = list.at(-1);
  if (previous !== undefined && item.counter < previous.counter + step) {
    throw new RangeError(`counter ${item.counter} follows counter ${previous.counter}`);
  }
  list.push(item);
}

/** Reads ahead, for most chunks are small. */
class ReadWindow {
  static readonly #SIZE = 1024 * 1024;
  readonly #source: ByteSource;
  #offset = 0;
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** A view that later reads leave alone. */
  async read(offset: number, length: number): Promise<Uint8Array> {
    if (offset < this.#offset || offset + length > this.#offset + this.#bytes.length) {
      const size = Math.min(Math.max(length, ReadWindow.#SIZE), this.#source.size - offset);
      this.#bytes = await this.#source.read(offset, size);
      this.#offset = offset;
    }
    const start = offset - this.#offset;
    return this.#bytes.subarray(start, start + length);
  }
}
