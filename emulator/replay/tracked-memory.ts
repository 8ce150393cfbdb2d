import type { PagedSpace } from '../machine/paged-space.ts';
import type { SpaceDigest } from './digest.ts';
import { pageContribution } from './digest.ts';
import type { PageId, PageStore } from './page-store.ts';
import type { PageChange } from './page-tree.ts';
import { PageTree } from './page-tree.ts';

/** What is known of one space of the running machine. */
interface TrackedSpace {
  readonly space: PagedSpace;
  /** The content of the space when it was last captured or restored. */
  base: PageTree;
  /** Pages that may differ from `base`. */
  readonly changed: Set<number>;
  /** XXH64 of each page, as of the last `absorb`. */
  readonly hashes: BigUint64Array;
  /** Sum of the contributions of all pages, as of the last `absorb`. */
  sum: bigint;
}

/**
 * Follows the paged spaces of the machine: digests and captures them at the cost of the pages written since, restores
 * them at the cost of the pages that differ. The only caller of `takeDirty`.
 */
export class TrackedMemory {
  readonly #store: PageStore;
  readonly #spaces: readonly TrackedSpace[];

  /** Looks at every page once. */
  constructor(spaces: readonly PagedSpace[], store: PageStore) {
    this.#store = store;
    this.#spaces = spaces.map((space) => {
      space.takeDirty();
      const tracked: TrackedSpace = {
        space,
        base: PageTree.zeros(store, space.pageCount),
        changed: new Set(),
        hashes: new BigUint64Array(space.pageCount),
        sum: 0n,
      };
      for (let index = 0; index < space.pageCount; index++) {
        const hash = space.hashPage(index);
        tracked.hashes[index] = hash;
        if (hash === store.zeroHash) continue;
        tracked.sum = BigInt.asUintN(64, tracked.sum + pageContribution(index, hash, store.zeroHash));
        tracked.changed.add(index);
      }
      return tracked;
    });
  }

  /** The spaces' parts of the digest of the present state. */
  digests(): readonly SpaceDigest[] {
    this.#absorb();
    return this.#spaces.map(({ space, sum }) => ({ name: space.name, pageCount: space.pageCount, sum }));
  }

  /** The present content of every space; the caller releases the trees. */
  capture(): readonly PageTree[] {
    this.#absorb();
    return this.#spaces.map((tracked) => {
      const { space, changed, hashes } = tracked;
      if (changed.size > 0) {
        const changes: PageChange[] = [];
        for (const index of [...changed].sort((a, b) => a - b)) {
          changes.push({ index, page: this.#store.intern(space.page(index), hashes[index] ?? 0n) });
        }
        changed.clear();
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
      const { space, hashes } = tracked;
      for (const index of this.#differing(tracked, tree)) {
        const page = tree.page(index);
        space.writePage(index, this.#store.bytes(page));
        this.#setHash(tracked, index, hashes[index] ?? 0n, this.#store.hash(page));
      }
      space.takeDirty();
      tracked.changed.clear();
      const { base } = tracked;
      tracked.base = tree.retain();
      base.release();
    }
  }

  /** The hashes of pages that were written meanwhile stay as they are: sum and hashes agree, and are replaced next. */
  #differing(tracked: TrackedSpace, tree: PageTree): Set<number> {
    for (const index of tracked.space.takeDirty()) tracked.changed.add(index);
    const differing = new Set(tracked.changed);
    tracked.base.difference(tree, (index) => differing.add(index));
    return differing;
  }

  #absorb(): void {
    for (const tracked of this.#spaces) {
      for (const index of tracked.space.takeDirty()) {
        tracked.changed.add(index);
        this.#setHash(tracked, index, tracked.hashes[index] ?? 0n, tracked.space.hashPage(index));
      }
    }
  }

  #setHash(tracked: TrackedSpace, index: number, before: bigint, after: bigint): void {
    if (before === after) return;
    const { zeroHash } = this.#store;
    const difference = pageContribution(index, after, zeroHash) - pageContribution(index, before, zeroHash);
    tracked.hashes[index] = after;
    tracked.sum = BigInt.asUintN(64, tracked.sum + difference);
  }

  *#zip(trees: readonly PageTree[]): Iterable<readonly [TrackedSpace, PageTree]> {
    for (const [index, tracked] of this.#spaces.entries()) {
      const tree = trees[index];
      if (tree?.pageCount !== tracked.space.pageCount) throw new RangeError(`No tree of ${tracked.space.name}.`);
      yield [tracked, tree];
    }
  }
}
