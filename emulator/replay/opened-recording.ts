import type { PagedSpace } from '../machine/paged-space.ts';
import { RecordingError } from '../recording/recording-error.ts';
import type { Recording } from '../recording/recording.ts';
import type { Checkpoints } from './checkpoint.ts';
import type { PageStore } from './page-store.ts';
import { PageTree } from './page-tree.ts';

/** What a recording's file becomes when a timeline is opened on it. */

/** Throws a RecordingError when the recording is damaged, or its spaces are not those of the machine that it describes. */
export function checkShape(recording: Recording, machineSpaces: readonly PagedSpace[]): void {
  const { damage } = recording;
  if (damage?.kind === 'corrupt') {
    throw new RecordingError(
      'corrupt',
      `${recording.name} is damaged at byte ${damage.offset}: ${damage.reason}. Get the file again from where it came.`,
      damage.offset,
    );
  }
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

/** Steps a millisecond: how far apart they are in time is seen when the machine has run from one to the other. */
const TYPICAL_SPEED = 100_000;

/** Adds the recording's checkpoints, pinned: their contents stay in the file until they are needed. */
export function adoptCheckpoints(
  recording: Recording,
  machineSpaces: readonly PagedSpace[],
  store: PageStore,
  checkpoints: Checkpoints,
): void {
  let before = 0;
  const ids = new Map<number, number>();
  let trees = machineSpaces.map((space) => PageTree.zeros(store, space.pageCount));
  for (const { state, spaces } of recording.checkpoints) {
    const next = trees.map((tree, index) =>
      tree.with(
        (spaces[index]?.changed ?? []).map(({ index: at, page }) => {
          const id = ids.get(page) ?? store.addFilePage(page);
          // The first holder takes over the reference that the id came with.
          if (ids.has(page)) store.retain(id);
          else ids.set(page, id);
          return { index: at, page: id };
        }),
      ),
    );
    // The trees are kept by their pinned checkpoint, which outlives the next step of this loop.
    checkpoints.add({ state, trees: next, pinned: true }, (state.counter - before) / TYPICAL_SPEED);
    before = state.counter;
    trees = next;
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
