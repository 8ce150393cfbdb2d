import type { PagedSpace } from '../machine/paged-space.ts';
import { RecordingError } from '../recording/recording-error.ts';
import type { RecordedCheckpoint } from '../recording/checkpoint-chunk.ts';
import type { Damage, Recording } from '../recording/recording.ts';
import type { Checkpoints } from './checkpoint.ts';
import type { PageId, PageStore } from './page-store.ts';
import { PageTree, type PageChange } from './page-tree.ts';

/** What a recording's file becomes when a timeline is opened on it. */

/** Throws a RecordingError when the recording is damaged, or its spaces are not those of the machine that it describes. */
export function checkShape(recording: Recording, machineSpaces: readonly PagedSpace[]): void {
  const { damage } = recording;
  if (damage?.kind === 'corrupt') throw damaged(recording, damage);
  const recorded = recording.checkpoints[0]?.spaces ?? [];
  const same =
    recorded.length === machineSpaces.length &&
    machineSpaces.every(
      (space, index) => recorded[index]?.name === space.name && recorded[index].pageCount === space.pageCount,
    );
  if (same) return;
  throw new RecordingError(
    'corrupt',
    `The memory and drives in ${recording.name} are not those of the machine it describes: it was altered. ` +
      'Get the file again from where it came.',
  );
}

/** What to say of bytes that were altered. */
export function damaged(
  { name }: Recording,
  { offset, reason }: Damage & { readonly kind: 'corrupt' },
): RecordingError {
  const sentence = `${name} is damaged at byte ${offset}: ${reason}. Get the file again from where it came.`;
  return new RecordingError('corrupt', sentence, offset);
}

/** Steps a millisecond: how far apart they are in time is seen when the machine has run from one to the other. */
const TYPICAL_SPEED = 100_000;

/** The recording's checkpoints among a timeline's, pinned: their contents stay in the file until they are needed. */
export class RecordedCheckpoints {
  readonly #store: PageStore;
  readonly #checkpoints: Checkpoints;
  /** Of the last one; zeros before the first. */
  #trees: readonly PageTree[];
  #counter = 0;
  /** Identifiers of contents by their numbers in the file. */
  readonly #ids = new Map<number, PageId>();

  constructor(machineSpaces: readonly PagedSpace[], store: PageStore, checkpoints: Checkpoints) {
    this.#store = store;
    this.#checkpoints = checkpoints;
    this.#trees = machineSpaces.map((space) => PageTree.zeros(store, space.pageCount));
  }

  /** Adds those that follow the ones added before. */
  add(recorded: readonly RecordedCheckpoint[]): void {
    for (const { state, spaces } of recorded) {
      const next = this.#trees.map((tree, index) => tree.with(this.#changes(spaces[index]?.changed ?? [])));
      // The trees are kept by their pinned checkpoint, which outlives the next step of this loop.
      this.#checkpoints.add({ state, trees: next, pinned: true }, (state.counter - this.#counter) / TYPICAL_SPEED);
      this.#counter = state.counter;
      this.#trees = next;
    }
  }

  #changes(changed: RecordedCheckpoint['spaces'][number]['changed']): PageChange[] {
    return changed.map(({ index, page }) => {
      const known = this.#ids.get(page);
      // The first holder takes over the reference that the identifier comes with.
      const id = known ?? this.#store.addFilePage(page);
      if (known === undefined) this.#ids.set(page, id);
      else this.#store.retain(id);
      return { index, page: id };
    });
  }
}

/** What to say when the state that a recording begins with is not the one its digest was taken of. */
export function alteredInitialState(recording: Recording): RecordingError {
  return new RecordingError(
    'corrupt',
    `The initial state in ${recording.name} does not match its digest: it was altered, or written by another ` +
      'version of Retrograde. Get the file again, or open it with the version that recorded it.',
  );
}
