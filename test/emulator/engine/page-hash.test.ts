import assert from 'node:assert/strict';
import { Engine } from '../../../emulator/engine/engine.ts';

const PAGE = 4096;

/** Pages, and what `xxhsum -H3` (0.8.1) says of them. */
const pages: readonly { readonly bytes: Uint8Array; readonly xxh3: bigint }[] = [
  { bytes: new Uint8Array(PAGE), xxh3: 0x93d76fe148c689ban },
  { bytes: new Uint8Array(PAGE).fill(0xff), xxh3: 0x074cfac273851dd6n },
  { bytes: new Uint8Array(PAGE).map((_, index) => index * 7 + (index >> 8)), xxh3: 0x5c722d9ceb6f9064n },
  { bytes: new Uint8Array(PAGE).fill(1, PAGE - 1), xxh3: 0xae1b0b159552488en },
];
const ZEROS = 0x93d76fe148c689ban;

const mod64 = (value: bigint): bigint => BigInt.asUintN(64, value);

describe('The hash of a page', () => {
  const engine = new Engine(64 * PAGE, { read: () => undefined, write: () => false });

  it('is XXH3, less that of a page of zeros', () => {
    for (const { bytes, xxh3 } of pages) assert.equal(mod64(engine.hashPage(bytes) + ZEROS), xxh3);
  });

  it('is kept for each page of memory, and adds up to a sum in which each place has a factor of its own', () => {
    const places = [3, 0, 63, 17];
    let sum = 0n;
    // Each place gets each content in turn, so that what a page adds is also taken away again.
    for (let turn = 0; turn < 5; turn++) {
      places.forEach((place, index) => {
        const { bytes } = pages[(index + turn) % pages.length] ?? assert.fail();
        engine.bytes.set(bytes, engine.ramLinear + place * PAGE);
      });
      const { altered, added } = engine.rehashPages(Uint32Array.from(places));
      assert.equal(altered, turn === 0 ? places.length - 1 : places.length, 'zeros were zeros before');
      sum = mod64(sum + added);
      let expected = 0n;
      places.forEach((place, index) => {
        const { xxh3 } = pages[(index + turn) % pages.length] ?? assert.fail();
        const hash = mod64(xxh3 - ZEROS);
        assert.equal(engine.pageHashes[2 * place], Number(hash & 0xffff_ffffn));
        assert.equal(engine.pageHashes[2 * place + 1], Number(hash >> 32n));
        expected = mod64(expected + hash * BigInt(2 * place + 1));
      });
      assert.equal(sum, expected);
    }
  });
});
