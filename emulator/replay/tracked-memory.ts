import type { PagedSpace } from '../machine/paged-space.ts';
import type { SpaceDigest } from './digest.ts';
import { isSamePage } from './page-contents.ts';
import { PageSet } from './page-set.ts';
import type { PageId, PageStore } from './page-store.ts';
import type { PageChange } from './page-tree.ts';
import { PageTree } from './page-tree.ts';

/** What is known of one space of the running machine. */
interface TrackedSpace {
  readonly space: PagedSpace;
  /** The content of the space when it was last captured or restored. */
  base: PageTree;
  /** Pages that may differ from `base`. */
  readonly changed: PageSet;
  /** How many of the dirty pages, the first ones, are among `changed` already. */
  known: number;
}

/**
 * Follows the paged spaces of the machine: digests and captures them at the cost of the pages written since, restores
 * them at the cost of the pages that differ. The only caller of `takeDirty`.
 */
export class TrackedMemory {
  readonly #store: PageStore;
  readonly #spaces: readonly TrackedSpace[];

  /** Of spaces from which no dirty pages were taken yet. */
  constructor(spaces: readonly PagedSpace[], store: PageStore) {
    this.#store = store;
    this.#spaces = spaces.map((space) => ({
      space,
      base: PageTree.zeros(store, space.pageCount),
      changed: new PageSet(space.pageCount),
      known: 0,
    }));
  }

  /** The spaces' parts of the digest of the present state. */
  digests(): readonly SpaceDigest[] {
    this.#absorb();
    return this.#spaces.map(({ space }) => ({ name: space.name, pageCount: space.pageCount, sum: space.hashSum }));
  }

  /** What the spaces held when they were last captured or restored; the trees stay this object's. */
  get bases(): readonly PageTree[] {
    return this.#spaces.map(({ base }) => base);
  }

  /** How many pages the next digest has to hash. */
  get dirtyPages(): number {
    return this.#spaces.reduce((sum, { space }) => sum + space.dirtyPages().length, 0);
  }

  /** How many pages may differ from `bases`, at most. */
  get changedPages(): number {
    let pages = 0;
    for (const { space, changed, known } of this.#spaces) pages += changed.size + space.dirtyPages().length - known;
    return pages;
  }

  /**
   * The present content of every space; the caller releases the trees. With `borrow` contents are not copied: nothing
   * may write to the machine's memory until the store's `returnBorrowed`.
   */
  capture(borrow = false): readonly PageTree[] {
    this.#absorb();
    return this.#spaces.map((tracked) => {
      const { space, changed } = tracked;
      if (changed.size > 0) {
        const { hashes } = space;
        const changes: PageChange[] = [];
        for (const index of changed.sorted()) {
          const [low, high] = [hashes[2 * index] ?? 0, hashes[2 * index + 1] ?? 0];
          const page = borrow
            ? this.#store.borrow(space.page(index), low, high)
            : this.#store.intern(space.page(index), low, high);
          changes.push({ index, page });
        }
        changed.clear();
        space.takeDirty();
        tracked.known = 0;
        const { base } = tracked;
        tracked.base = base.with(changes);
        base.release();
      }
      return tracked.base.retain();
    });
  }

  /** Contents that `restore` will need. */
  *needed(trees: readonly PageTree[]): Iterable<PageId> {
    for (const [tracked, tree] of this.#zip(trees)) {
      for (const index of this.#differing(tracked, tree)) yield tree.page(index);
    }
  }

  /** Makes every space what it was at a capture. All contents that `needed` names must be resident. */
  restore(trees: readonly PageTree[]): void {
    for (const [tracked, tree] of this.#zip(trees)) {
      const { space, changed } = tracked;
      for (const index of this.#differing(tracked, tree)) {
        const bytes = this.#store.bytes(tree.page(index));
        // Most of what may differ does not, and writing to a page forgets what was translated of it.
        if (!isSamePage(space.page(index), bytes)) space.writePage(index, bytes);
      }
      space.rehash(space.takeDirty());
      changed.clear();
      tracked.known = 0;
      const { base } = tracked;
      tracked.base = tree.retain();
      base.release();
    }
  }

  /** Ascending. */
  #differing(tracked: TrackedSpace, tree: PageTree): Uint32Array {
    const { space, changed, base } = tracked;
    const dirty = space.takeDirty();
    tracked.known = 0;
    space.rehash(dirty);
    changed.add(dirty);
    // What differs between the trees has to be looked at until the space is captured or restored, whatever comes of it.
    base.difference(tree, (index) => {
      changed.addOne(index);
    });
    return changed.sorted();
  }

  #absorb(): void {
    for (const tracked of this.#spaces) {
      const { space, changed } = tracked;
      const dirty = space.dirtyPages();
      changed.add(dirty);
      // Pages that are written again and again stay dirty: hashing them again costs less than to see the next store to each.
      tracked.known = dirty.length;
      if (space.rehash(dirty) * 2 >= dirty.length) continue;
      space.takeDirty();
      tracked.known = 0;
    }
  }

  *#zip(trees: readonly PageTree[]): Iterable<readonly [TrackedSpace, PageTree]> {
    for (const [index, tracked] of this.#spaces.entries()) {
      const tree = trees[index];
      if (tree?.pageCount !== tracked.space.pageCount) throw new RangeError(`No tree of ${tracked.space.name}.`);
      yield [tracked, tree];
    }
  }
}
