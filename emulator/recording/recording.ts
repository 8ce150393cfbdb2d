import type { HostEvent } from '../machine/machine.ts';
import { PAGE_SIZE } from '../machine/paged-space.ts';
import type { ByteSource } from './byte-source.ts';
import type { RecordedCheckpoint } from './checkpoint-chunk.ts';
import type { Compression } from './compression.ts';
import type { PrintedBytes } from './console-chunk.ts';
import { crc32 } from './crc32.ts';
import type { RecordedDigest } from './digest-chunk.ts';
import type { RecordingEnd } from './end-chunk.ts';
import type { FilePart, FileRole } from './file-chunk.ts';
import { decodeFileData } from './file-chunk.ts';
import type { Header } from './header-chunk.ts';
import type { RecordedMachine } from './machine-chunk.ts';
import { decodePageGroup } from './page-chunk.ts';
import { RecordingError } from './recording-error.ts';

/** Where a chunk's payload lies in the file. */
export interface PayloadPlace {
  readonly offset: number;
  readonly length: number;
  readonly checksum: number;
}

export interface PageGroupPlace extends PayloadPlace {
  readonly first: number;
  readonly count: number;
}

export interface FilePartPlace extends PayloadPlace {
  readonly part: FilePart;
}

/** Why the file was not read to an end chunk. */
export type Damage =
  /** The file stops where no end was written: the recorder was killed, or the disk was full. All before is good. */
  | { readonly kind: 'truncated'; readonly offset: number }
  /** Bytes were altered. What stands before `offset` is good; nothing after it is used. */
  | { readonly kind: 'corrupt'; readonly offset: number; readonly reason: string };

/** How much of the file chunks of one kind take, headers included. */
export interface ChunkTotal {
  readonly chunks: number;
  readonly bytes: number;
}

/** Everything that reading a file's chunks yields; pages and files stay in the file until they are asked for. */
export interface RecordingContent {
  readonly header: Header;
  readonly machine: RecordedMachine;
  readonly events: readonly HostEvent[];
  readonly printed: readonly PrintedBytes[];
  readonly digests: readonly RecordedDigest[];
  /** Ascending; the first is the initial state, at counter 0. */
  readonly checkpoints: readonly RecordedCheckpoint[];
  readonly end: RecordingEnd | undefined;
  readonly damage: Damage | undefined;
  /** The last moment that can be replayed to. */
  readonly lastCounter: number;
  readonly totals: ReadonlyMap<string, ChunkTotal>;
  readonly groups: readonly PageGroupPlace[];
  readonly files: readonly FilePartPlace[];
}

/** Inflated groups kept, so that pages fetched one by one do not inflate their group each time. */
const GROUPS_KEPT = 16;

/** An opened recording. Reading it never runs anything. */
export class Recording implements RecordingContent {
  readonly #source: ByteSource;
  readonly #compression: Compression;
  readonly #groups = new Map<number, Uint8Array>();
  readonly header: Header;
  readonly machine: RecordedMachine;
  readonly events: readonly HostEvent[];
  readonly printed: readonly PrintedBytes[];
  readonly digests: readonly RecordedDigest[];
  readonly checkpoints: readonly RecordedCheckpoint[];
  readonly end: RecordingEnd | undefined;
  readonly damage: Damage | undefined;
  readonly lastCounter: number;
  readonly totals: ReadonlyMap<string, ChunkTotal>;
  readonly groups: readonly PageGroupPlace[];
  readonly files: readonly FilePartPlace[];

  constructor(source: ByteSource, compression: Compression, content: RecordingContent) {
    this.#source = source;
    this.#compression = compression;
    this.header = content.header;
    this.machine = content.machine;
    this.events = content.events;
    this.printed = content.printed;
    this.digests = content.digests;
    this.checkpoints = content.checkpoints;
    this.end = content.end;
    this.damage = content.damage;
    this.lastCounter = content.lastCounter;
    this.totals = content.totals;
    this.groups = content.groups;
    this.files = content.files;
  }

  get name(): string {
    return this.#source.name;
  }

  /** Bytes of the file. */
  get size(): number {
    return this.#source.size;
  }

  /** The bytes of pages by their numbers (page 0 is not stored). Rejects with a RecordingError when they are damaged. */
  async pages(numbers: Iterable<number>): Promise<Map<number, Uint8Array>> {
    const found = new Map<number, Uint8Array>();
    // Ascending, so that each group is inflated once.
    for (const number of [...new Set(numbers)].sort((a, b) => a - b)) {
      const index = this.#groupOf(number);
      const place = this.groups[index];
      if (place === undefined || number >= place.first + place.count) {
        throw new RecordingError('corrupt', `${this.name} has no page ${number}: it was altered. Get the file again.`);
      }
      const group = this.#groups.get(index) ?? (await this.#group(index, place));
      const at = (number - place.first) * PAGE_SIZE;
      found.set(number, group.subarray(at, at + PAGE_SIZE));
    }
    return found;
  }

  /** A file kept with the recording; undefined when there is none of this role, or only a part of one. */
  async file(role: FileRole): Promise<{ readonly name: string; readonly bytes: Uint8Array } | undefined> {
    const parts = this.files.filter((place) => place.part.role === role);
    const first = parts[0]?.part;
    if (first === undefined) return undefined;
    let covered = 0;
    for (const { part } of parts) {
      if (part.offset !== covered || part.size !== first.size || part.name !== first.name) return undefined;
      covered += part.length;
    }
    if (covered !== first.size) return undefined;
    const bytes = new Uint8Array(first.size);
    for (const place of parts) {
      const data = await this.#decoded(place, (payload) => decodeFileData(payload, this.#compression));
      bytes.set(data, place.part.offset);
    }
    return { name: first.name, bytes };
  }

  async close(): Promise<void> {
    await this.#source.close();
  }

  /** The last group whose first page is not after `number`; groups are in order of their pages. */
  #groupOf(number: number): number {
    let low = 0;
    let high = this.groups.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.groups[middle]?.first ?? Infinity) <= number) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  async #group(index: number, place: PageGroupPlace): Promise<Uint8Array> {
    const group = await this.#decoded(place, (payload) => decodePageGroup(payload, this.#compression));
    if (this.#groups.size >= GROUPS_KEPT) {
      for (const oldest of this.#groups.keys()) {
        this.#groups.delete(oldest);
        break;
      }
    }
    this.#groups.set(index, group);
    return group;
  }

  async #decoded(place: PayloadPlace, decode: (payload: Uint8Array) => Promise<Uint8Array>): Promise<Uint8Array> {
    const payload = await this.#source.read(place.offset, place.length);
    try {
      if (crc32(payload) !== place.checksum) throw new RangeError('a checksum does not match');
      return await decode(payload);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new RecordingError(
        'corrupt',
        `${this.name} is damaged at byte ${place.offset} (${error.message}). Get the file again from where it came.`,
        place.offset,
      );
    }
  }
}
