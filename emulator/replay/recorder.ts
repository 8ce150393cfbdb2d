import type { PagedSpace } from '../machine/paged-space.ts';
import { PAGE_SIZE } from '../machine/paged-space.ts';
import type { ChangedPage } from '../recording/checkpoint-chunk.ts';
import type { RecordingEnd } from '../recording/end-chunk.ts';
import type { FileRole } from '../recording/file-chunk.ts';
import type { RecordingError } from '../recording/recording-error.ts';
import type { RecordingWriter } from '../recording/recording-writer.ts';
import type { HostEvent, SmallState } from '../machine/machine.ts';
import type { PrintedBytes } from '../recording/console-chunk.ts';
import type { RecordedDigest } from '../recording/digest-chunk.ts';
import type { PageId, PageStore } from './page-store.ts';
import { PageTree } from './page-tree.ts';

/** Writes new history down: the link between a timeline's page trees and a recording's numbered pages. */
export class Recorder {
  readonly #writer: RecordingWriter;
  readonly #store: PageStore;
  readonly #spaces: readonly PagedSpace[];
  /** The content of the last checkpoint written: the next one lists what differs from it. */
  #written: readonly PageTree[];
  #writtenAt = -1;

  constructor(writer: RecordingWriter, spaces: readonly PagedSpace[], store: PageStore) {
    this.#writer = writer;
    this.#spaces = spaces;
    this.#store = store;
    this.#written = spaces.map((space) => PageTree.zeros(store, space.pageCount));
  }

  get failure(): RecordingError | undefined {
    return this.#writer.failure;
  }

  get hasBacklog(): boolean {
    return this.#writer.hasBacklog;
  }

  drained(): Promise<void> {
    return this.#writer.drained();
  }

  file(role: FileRole, name: string, bytes: Uint8Array): void {
    this.#writer.addFile(role, name, bytes);
  }

  event(event: HostEvent): void {
    this.#writer.addEvent(event);
  }

  printed(printed: PrintedBytes): void {
    this.#writer.addPrinted(printed);
  }

  digest(digest: RecordedDigest): void {
    this.#writer.addDigest(digest);
  }

  /** Puts in the file all there is before `reached`: called now and then, it bounds what a killed recorder loses. */
  seal(reached: number): void {
    this.#writer.seal(reached);
  }

  /** Bytes of pages that a checkpoint of these trees would add to the file, about: those that lie there already count too. */
  cost(trees: readonly PageTree[]): number {
    let pages = 0;
    this.#differences(trees, () => pages++);
    return pages * PAGE_SIZE;
  }

  /**
   * Writes a checkpoint, unless the last one is of the same counter; the trees stay the caller's. Contents that are new to
   * the file are held until they are in it.
   */
  checkpoint(state: SmallState, trees: readonly PageTree[]): void {
    if (state.counter === this.#writtenAt) return;
    this.#writtenAt = state.counter;
    const added: PageId[] = [];
    const changed: ChangedPage[][] = this.#spaces.map(() => []);
    this.#differences(trees, (space, index, id) => {
      changed[space]?.push({ index, page: this.#fileNumber(id, added) });
    });
    void this.#addPages(added);
    const spaces = this.#spaces.map(({ name, pageCount }, index) => ({
      name,
      pageCount,
      changed: changed[index] ?? [],
    }));
    this.#writer.addCheckpoint({ state, spaces });
    const written = trees.map((tree) => tree.retain());
    for (const tree of this.#written) tree.release();
    this.#written = written;
  }

  close(end: RecordingEnd): Promise<void> {
    return this.#writer.close(end);
  }

  #differences(trees: readonly PageTree[], visit: (space: number, index: number, id: PageId) => void): void {
    for (const [space, before] of this.#written.entries()) {
      const now = trees[space];
      if (now === undefined) throw new RangeError(`No tree of space ${space}.`);
      before.difference(now, (index, _, id) => {
        visit(space, index, id);
      });
    }
  }

  /** The number of a content, which is noted in `added` when it has none in the file yet. */
  #fileNumber(id: PageId, added: PageId[]): number {
    if (id === 0) return 0;
    const known = this.#store.fileNumber(id);
    if (known !== 0) return known;
    const number = this.#writer.nextPage + added.length;
    added.push(id);
    this.#store.setFileNumber(id, number);
    return number;
  }

  async #addPages(ids: readonly PageId[]): Promise<void> {
    for (const id of ids) this.#store.retain(id);
    const written = await this.#writer.addPages(ids.map((id) => this.#store.bytes(id)));
    for (const id of ids) {
      if (written) this.#store.written(id);
      this.#store.release(id);
    }
  }
}
