import assert from 'node:assert/strict';
import { PAGE_SIZE } from '../../../emulator/machine/paged-space.ts';
import { PageStore } from '../../../emulator/replay/page-store.ts';

/** A page that begins with these bytes. */
function page(...begin: number[]): Uint8Array {
  const bytes = new Uint8Array(PAGE_SIZE);
  bytes.set(begin);
  return bytes;
}

/** A hash on which many contents collide: their first byte. */
const hash = (bytes: Uint8Array): bigint => BigInt(bytes[0] ?? 0);

describe('A page store', () => {
  it('keeps each content once, whatever else has the same hash', () => {
    const store = new PageStore(hash);
    const contents = Array.from({ length: 300 }, (_, index) => page(1 + (index % 3), index & 255, index >> 8));
    const ids = contents.map((bytes) => store.intern(bytes, 1 + ((bytes[0] ?? 0) - 1), 0));
    assert.equal(new Set(ids).size, 300);
    assert.equal(store.residentBytes, 300 * PAGE_SIZE);
    contents.forEach((bytes, index) => {
      assert.equal(store.intern(bytes.slice(), bytes[0] ?? 0, 0), ids[index]);
      assert.deepEqual(store.bytes(ids[index] ?? 0), bytes);
    });
    assert.equal(store.residentBytes, 300 * PAGE_SIZE);
    for (const id of ids) store.release(id);
    assert.equal(store.residentBytes, 300 * PAGE_SIZE, 'each was held twice');
    for (const id of ids) store.release(id);
    assert.equal(store.residentBytes, 0);
    assert.throws(() => {
      store.release(ids[0] ?? 0);
    }, /not held/);
  });

  it('takes no memory for a page of zeros', () => {
    const store = new PageStore(hash);
    assert.equal(store.intern(page(), 0, 0), 0);
    assert.deepEqual(store.bytes(0), page());
    assert.notEqual(store.intern(page(0, 1), 0, 0), 0, 'the hash of zeros does not make zeros');
  });

  it('drops what the file has, and fetches it again', async () => {
    const file = new Map([[7, page(9, 9)]]);
    const asked: number[] = [];
    const store = new PageStore(hash, (numbers) => {
      asked.push(...numbers);
      return Promise.resolve(file);
    });
    const inFile = store.intern(page(9, 9), 9, 0);
    const inMemory = store.intern(page(9, 8), 9, 0);
    store.setFileNumber(inFile, 7);
    store.dropReloadable();
    assert.ok(store.isResident(inFile), 'what has a number only is not in the file yet');
    store.written(inFile);
    store.dropReloadable();
    assert.ok(!store.isResident(inFile));
    assert.ok(store.isResident(inMemory));
    assert.throws(() => store.bytes(inFile), /not in memory/);
    await store.load([inFile, inMemory, 0]);
    assert.deepEqual(asked, [7]);
    assert.deepEqual(store.bytes(inFile), page(9, 9));
    assert.equal(store.intern(page(9, 9), 9, 0), inFile);
  });

  it('gives borrowed contents back: those in the file leave memory, the others are copied', () => {
    const store = new PageStore(hash, () => Promise.resolve(new Map()));
    const [first, second] = [page(1, 1), page(1, 2)];
    const ids = [store.borrow(first, 1, 0), store.borrow(second, 1, 0)] as const;
    assert.equal(store.residentBytes, 0);
    assert.equal(store.borrow(page(), 0, 0), 0);
    assert.equal(store.bytes(ids[0]), first);
    store.setFileNumber(ids[0], 1);
    store.written(ids[0]);
    store.returnBorrowed();
    second.fill(0);
    assert.ok(!store.isResident(ids[0]));
    assert.equal(store.residentBytes, PAGE_SIZE);
  });
});
