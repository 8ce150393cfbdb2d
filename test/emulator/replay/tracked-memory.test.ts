import assert from 'node:assert/strict';
import { PAGE_SIZE, type PagedSpace } from '../../../emulator/machine/paged-space.ts';
import { PageStore } from '../../../emulator/replay/page-store.ts';
import { PageTree } from '../../../emulator/replay/page-tree.ts';
import { TrackedMemory } from '../../../emulator/replay/tracked-memory.ts';

const hash = (bytes: Uint8Array): bigint => BigInt(bytes[0] ?? 0);

/** Four pages, and how often each was replaced. */
class CountingSpace implements PagedSpace {
  readonly name = 'ram';
  readonly pageCount = 4;
  readonly hashes = new Uint32Array(8);
  readonly replaced = [0, 0, 0, 0];
  readonly #bytes = new Uint8Array(4 * PAGE_SIZE);
  readonly #dirty = new Set<number>();

  get hashSum(): bigint {
    return [0, 1, 2, 3].reduce((sum, index) => sum + BigInt(this.hashes[2 * index] ?? 0) * BigInt(2 * index + 1), 0n);
  }

  /** What a guest does. */
  store(index: number, value: number): void {
    this.page(index)[0] = value;
    this.#dirty.add(index);
  }

  dirtyPages(): Uint32Array {
    return Uint32Array.from(this.#dirty);
  }

  takeDirty(): Uint32Array {
    const pages = this.dirtyPages();
    this.#dirty.clear();
    return pages;
  }

  page(index: number): Uint8Array {
    return this.#bytes.subarray(index * PAGE_SIZE, (index + 1) * PAGE_SIZE);
  }

  writePage(index: number, bytes: Uint8Array): void {
    this.page(index).set(bytes);
    this.replaced[index] = (this.replaced[index] ?? 0) + 1;
    this.#dirty.add(index);
  }

  rehash(pages: Uint32Array): number {
    for (const index of pages) this.hashes[2 * index] = Number(hash(this.page(index)));
    return pages.length;
  }
}

describe('Memory that is restored', () => {
  it('has those pages replaced that hold something else, and no other', () => {
    const space = new CountingSpace();
    const store = new PageStore(hash);
    const memory = new TrackedMemory([space], store);
    for (const index of [0, 1, 2]) space.store(index, 10 + index);
    const then = memory.capture();
    const [sum] = memory.digests();
    space.store(0, 99);
    space.store(1, 77);
    space.store(1, 11);
    memory.restore(then);
    assert.deepEqual(space.replaced, [1, 0, 0, 0]);
    assert.deepEqual(
      [0, 1, 2, 3].map((index) => space.page(index)[0]),
      [10, 11, 12, 0],
    );
    assert.deepEqual(memory.digests()[0], sum);
  });

  it('leaves a page alone whose content the file has under a name of its own', async () => {
    const space = new CountingSpace();
    const content = new Uint8Array(PAGE_SIZE);
    content[0] = 5;
    const store = new PageStore(hash, () => Promise.resolve(new Map([[1, content]])));
    const memory = new TrackedMemory([space], store);
    space.store(2, 5);
    for (const tree of memory.capture()) tree.release();
    const inFile = PageTree.zeros(store, 4).with([{ index: 2, page: store.addFilePage(1) }]);
    await store.load(memory.needed([inFile]));
    memory.restore([inFile]);
    assert.deepEqual(space.replaced, [0, 0, 0, 0]);
    space.store(2, 6);
    memory.restore([inFile]);
    assert.deepEqual(space.replaced, [0, 0, 1, 0]);
  });
});
