import type { HostEvent } from '../machine/machine.ts';
import type { Bookmark } from './bookmark-chunk.ts';
import type { ByteSource } from './byte-source.ts';
import type { RecordedCheckpoint } from './checkpoint-chunk.ts';
import type { Codec } from './codec.ts';
import type { PrintedBytes } from './console-chunk.ts';
import type { RecordedDigest } from './digest-chunk.ts';
import type { RecordingEnd } from './end-chunk.ts';
import type { FilePart, FileRole } from './file-chunk.ts';
import { decodeFileData } from './file-chunk.ts';
import type { Header } from './header-chunk.ts';
import type { RecordedMachine } from './machine-chunk.ts';
import type { PageGroupPlace, PayloadPlace } from './page-groups.ts';
import { PageGroups, readPayload } from './page-groups.ts';

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
  readonly bookmarks: readonly Bookmark[];
  /** Where bookmarks may be appended: behind the last whole chunk of a run that has ended, and that chunk's number. */
  readonly appendPlace: { readonly offset: number; readonly sequence: number } | undefined;
}

/** An opened recording. Reading it never runs anything. */
export class Recording implements RecordingContent {
  readonly #source: ByteSource;
  readonly #codec: Codec;
  readonly #pages: PageGroups;
  readonly #readOn: () => Promise<RecordingContent>;
  #content: RecordingContent;
  #refreshing: Promise<void> | undefined;
  /** Where a chunk could not be right when it was read first. */
  #suspect: number | undefined;

  /** `readOn` reads what stands behind the content; its lists are those of the content, grown. Absent: there is no more. */
  constructor(
    source: ByteSource,
    codec: Codec,
    content: RecordingContent,
    readOn: () => Promise<RecordingContent> = () => Promise.resolve(content),
  ) {
    this.#source = source;
    this.#codec = codec;
    this.#pages = new PageGroups(source, codec, content.groups);
    this.#content = content;
    this.#readOn = readOn;
  }

  get header(): Header {
    return this.#content.header;
  }

  get machine(): RecordedMachine {
    return this.#content.machine;
  }

  get events(): readonly HostEvent[] {
    return this.#content.events;
  }

  get printed(): readonly PrintedBytes[] {
    return this.#content.printed;
  }

  get digests(): readonly RecordedDigest[] {
    return this.#content.digests;
  }

  get checkpoints(): readonly RecordedCheckpoint[] {
    return this.#content.checkpoints;
  }

  get end(): RecordingEnd | undefined {
    return this.#content.end;
  }

  get damage(): Damage | undefined {
    return this.#content.damage;
  }

  get lastCounter(): number {
    return this.#content.lastCounter;
  }

  get totals(): ReadonlyMap<string, ChunkTotal> {
    return this.#content.totals;
  }

  get groups(): readonly PageGroupPlace[] {
    return this.#content.groups;
  }

  get bookmarks(): readonly Bookmark[] {
    return this.#content.bookmarks;
  }

  get appendPlace(): RecordingContent['appendPlace'] {
    return this.#content.appendPlace;
  }

  get files(): readonly FilePartPlace[] {
    return this.#content.files;
  }

  /** Whether more may come: no end is written, so that somebody may be recording. */
  get isOpenEnded(): boolean {
    return this.damage?.kind === 'truncated' && this.#source.refresh !== undefined;
  }

  /** Reads what was appended since; nothing of what was read before changes. Rejects when the file cannot be read. */
  async refresh(): Promise<void> {
    if (!this.isOpenEnded) return;
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #refresh(): Promise<void> {
    const { size } = this;
    await this.#source.refresh?.();
    if (this.size === size && this.#suspect === undefined) return;
    const content = await this.#readOn();
    const { damage } = content;
    // Not every file system shows an append whole or not at all: what cannot be right is looked at again.
    const isNews = damage?.kind === 'corrupt' && damage.offset !== this.#suspect;
    this.#suspect = isNews ? damage.offset : undefined;
    this.#content = isNews ? { ...content, damage: { kind: 'truncated', offset: damage.offset } } : content;
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
    return this.#pages.pages(numbers);
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
      const data = await readPayload(this.#source, this.#codec, place, (payload) =>
        decodeFileData(payload, this.#codec),
      );
      bytes.set(data, place.part.offset);
    }
    return { name: first.name, bytes };
  }

  async close(): Promise<void> {
    await this.#source.close();
  }
}
