import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import {
  changed,
  encodeBookmarkChange,
  isBookmarkName,
  type Bookmark,
  type BookmarkChange,
} from '../../emulator/recording/bookmark-chunk.ts';
import { CHUNK_HEADER_SIZE, encodeChunkHeader, parseChunkHeader } from '../../emulator/recording/chunk.ts';
import { JsonReader, JsonShapeError } from '../../emulator/recording/json.ts';
import type { Recording } from '../../emulator/recording/recording.ts';
import type { MachineConfiguration } from '../../emulator/machine/configuration.ts';
import { decodeBookmarkChange } from '../../emulator/recording/bookmark-chunk.ts';
import type { BookmarkStore } from '../session/bookmarks/bookmark-store.ts';
import { codeOf, fileError } from './file-error.ts';
import { nodeCodec } from './node-codec.ts';

/** The most bookmarks that a file beside a recording may hold. */
const MOST = 10_000;

/** Where chunks may be appended to a recording that has ended: behind its last whole chunk. */
interface Place {
  readonly offset: number;
  readonly sequence: number;
}

/**
 * The bookmarks of a recording's file: in it, once it has ended and may be written; beside it, in `FILE-bookmarks`, while it is
 * being recorded, and where it may only be read. A file beside it that belongs to another recording is passed over.
 */
export class BookmarkFiles implements BookmarkStore {
  readonly #recording: string;
  readonly #identity: string;
  readonly #end: number | undefined;
  /** Undefined when nothing may be appended. */
  #place: Place | undefined;
  #inside: readonly Bookmark[];
  #beside: readonly BookmarkChange[] = [];
  /** One change at a time. */
  #changing: Promise<unknown> = Promise.resolve();

  private constructor(
    recording: string,
    configuration: MachineConfiguration,
    content: Pick<Recording, 'bookmarks' | 'appendPlace' | 'lastCounter'> | undefined,
  ) {
    this.#recording = recording;
    this.#identity = identityOf(configuration);
    this.#inside = content?.bookmarks ?? [];
    this.#place = content?.appendPlace;
    this.#end = content?.lastCounter;
  }

  /** Of a recording that was opened, or of one in the making, which has no content yet. */
  static async of(
    recording: string,
    configuration: MachineConfiguration,
    content: Pick<Recording, 'bookmarks' | 'appendPlace' | 'lastCounter'> | undefined,
  ): Promise<BookmarkFiles> {
    const files = new BookmarkFiles(recording, configuration, content);
    // What lies beside a file that is only now being made is of one that is gone.
    if (content === undefined) await rm(files.#path, { force: true });
    else files.#beside = await files.#readBeside();
    return files;
  }

  get all(): readonly Bookmark[] {
    const end = this.#end ?? Infinity;
    return this.#beside
      .reduce(changed, this.#inside)
      .filter(({ counter }) => counter <= end)
      .toSorted((a, b) => a.counter - b.counter || (a.name < b.name ? -1 : 1));
  }

  change(change: BookmarkChange): Promise<'inside' | 'beside'> {
    const done = this.#changing.then(() => this.#change(change));
    this.#changing = done.catch(() => undefined);
    return done;
  }

  /** The recording has ended, and was closed: what lies beside it goes into it. */
  async fold(content: Pick<Recording, 'bookmarks' | 'appendPlace'>): Promise<void> {
    await this.#changing;
    this.#inside = content.bookmarks;
    this.#place = content.appendPlace;
    if (this.#beside.length === 0) return;
    for (const change of this.#beside) if (!(await this.#append(change))) return;
    this.#beside = [];
    await rm(this.#path, { force: true });
  }

  get #path(): string {
    return `${this.#recording}-bookmarks`;
  }

  async #change(change: BookmarkChange): Promise<'inside' | 'beside'> {
    // Changes that lie beside come after those inside: once there are any, others follow them there.
    if (this.#beside.length === 0 && (await this.#append(change))) return 'inside';
    const beside = [...this.#beside, change];
    await this.#writeBeside(beside);
    this.#beside = beside;
    return 'beside';
  }

  /** False when the file may not be written. */
  async #append(change: BookmarkChange): Promise<boolean> {
    if (this.#place === undefined) return false;
    let handle;
    try {
      handle = await open(this.#recording, 'r+');
    } catch {
      return false;
    }
    try {
      const { offset, sequence } = await this.#placeIn(handle, this.#place);
      const payload = encodeBookmarkChange(change);
      const header = { kind: 'MARK', sequence, length: payload.length, payloadChecksum: nodeCodec.crc32(payload) };
      const bytes = Buffer.concat([encodeChunkHeader(header), payload]);
      // A chunk that a writer was killed in the middle of is no part of the recording.
      await handle.truncate(offset);
      await handle.write(bytes, 0, bytes.length, offset);
      await handle.sync();
      this.#place = { offset: offset + bytes.length, sequence: sequence + 1 };
      this.#inside = changed(this.#inside, change);
      return true;
    } catch (error) {
      throw fileError(this.#recording, 'written', error, 'Make room, or keep the recording elsewhere.');
    } finally {
      await handle.close();
    }
  }

  /** Behind the bookmarks that another session has appended meanwhile, which become known. */
  async #placeIn(handle: Awaited<ReturnType<typeof open>>, from: Place): Promise<Place> {
    let { offset, sequence } = from;
    for (;;) {
      const head = new Uint8Array(CHUNK_HEADER_SIZE);
      const { bytesRead } = await handle.read(head, 0, head.length, offset);
      const parsed = bytesRead < head.length ? undefined : parseChunkHeader(head, sequence);
      if (parsed?.kind !== 'header' || parsed.header.kind !== 'MARK') return { offset, sequence };
      const payload = new Uint8Array(parsed.header.length);
      const read = await handle.read(payload, 0, payload.length, offset + head.length);
      const isWhole = read.bytesRead === payload.length && nodeCodec.crc32(payload) === parsed.header.payloadChecksum;
      if (!isWhole) return { offset, sequence };
      this.#inside = changed(this.#inside, decodeBookmarkChange(payload));
      offset += head.length + payload.length;
      sequence++;
    }
  }

  async #readBeside(): Promise<readonly BookmarkChange[]> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw fileError(this.#path, 'read', error, 'Move it away to open the recording without its bookmarks.');
    }
    try {
      return parseBeside(text, this.#identity);
    } catch (error) {
      if (!(error instanceof JsonShapeError)) throw error;
      const why = `it is damaged (${error.message})`;
      throw fileError(this.#path, 'read', why, 'Move it away to open the recording without its bookmarks.');
    }
  }

  /** The file is whole at every moment: the new one takes the place of the old one. */
  async #writeBeside(changes: readonly BookmarkChange[]): Promise<void> {
    const list = changes.map((change) => (change.kind === 'set' ? change.bookmark : { name: change.name }));
    const temporary = `${this.#path}.new`;
    try {
      await writeFile(temporary, `${JSON.stringify({ recording: this.#identity, changes: list }, undefined, 1)}\n`);
      await rename(temporary, this.#path);
    } catch (error) {
      throw fileError(this.#path, 'written', error, 'Copy the recording to a folder that may be written.');
    }
  }
}

/** What tells runs of machines apart: a file beside a recording must be of that recording. */
function identityOf(configuration: MachineConfiguration): string {
  return nodeCodec
    .crc32(new TextEncoder().encode(JSON.stringify(configuration)))
    .toString(16)
    .padStart(8, '0');
}

function parseBeside(text: string, identity: string): readonly BookmarkChange[] {
  const json = JsonReader.parse(text, 'bookmarks');
  const isOurs = json.text('recording') === identity;
  const changes = json.objects('changes', MOST).map((one): BookmarkChange => {
    const name = one.text('name');
    if (!isBookmarkName(name)) throw new JsonShapeError('the name of a bookmark cannot be one');
    if (!one.has('counter')) return { kind: 'remove', name };
    return { kind: 'set', bookmark: { name, counter: one.integer('counter', 0, Number.MAX_SAFE_INTEGER) } };
  });
  return isOurs ? changes : [];
}
