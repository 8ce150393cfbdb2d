import type { PagedSpace } from '../machine/paged-space.ts';
import type { ChangedPage } from '../recording/checkpoint-chunk.ts';
import type { RecordingEnd } from '../recording/end-chunk.ts';
import type { FileRole } from '../recording/file-chunk.ts';
import type { RecordingError } from '../recording/recording-error.ts';
import type { RecordingWriter } from '../recording/recording-writer.ts';
import type { HostEvent, SmallState } from '../machine/machine.ts';
import type { PrintedBytes } from '../recording/console-chunk.ts';
import type { RecordedDigest } from '../recording/digest-chunk.ts';
import type { PageStore } from './page-store.ts';
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

  /** Writes a checkpoint, unless the last one is of the same counter; the trees stay the caller's. */
  checkpoint(state: SmallState, trees: readonly PageTree[]): void {
    if (state.counter === this.#writtenAt) return;
    this.#writtenAt = state.counter;
    const spaces = this.#spaces.map((space, index) => {
      const changed: ChangedPage[] = [];
      const [before, now] = [this.#written[index], trees[index]];
      if (before === undefined || now === undefined) throw new RangeError(`No tree of ${space.name}.`);
      before.difference(now, (page, _, id) => {
        changed.push({ index: page, page: this.#fileNumber(id) });
      });
      return { name: space.name, pageCount: space.pageCount, changed };
    });
    this.#writer.addCheckpoint({ state, spaces });
    const written = trees.map((tree) => tree.retain());
    for (const tree of this.#written) tree.release();
    this.#written = written;
  }

  close(end: RecordingEnd): Promise<void> {
    return this.#writer.close(end);
  }

  #fileNumber(id: number): number {
    if (id === 0) return 0;
    const known = this.#store.fileNumber(id);
    if (known !== 0) return known;
    const number = this.#writer.addPage(this.#store.bytes(id));
    this.#store.setFileNumber(id, number);
    return number;
  }
}
