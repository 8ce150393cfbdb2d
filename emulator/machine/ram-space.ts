import type { Engine } from '../engine/engine.ts';
import { MROM_PAGES } from '../engine/layout.ts';
import { PAGE_SIZE, type PagedSpace } from './paged-space.ts';

/** RAM, followed by the pages of the boot ROM, as checkpoints and recordings see them. */
export class RamSpace implements PagedSpace {
  readonly name = 'ram';
  readonly pageCount: number;
  readonly #engine: Engine;
  #hashSum = 0n;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.pageCount = engine.ramPages + MROM_PAGES;
  }

  dirtyPages(): Uint32Array {
    return this.#engine.dirtyPages();
  }

  takeDirty(): Uint32Array {
    return this.#engine.takeDirty();
  }

  page(index: number): Uint8Array {
    const start = this.#linear(index);
    return this.#engine.bytes.subarray(start, start + PAGE_SIZE);
  }

  writePage(index: number, bytes: Uint8Array): void {
    if (bytes.length !== PAGE_SIZE) throw new RangeError(`a page of ${bytes.length} bytes`);
    const linear = this.#linear(index);
    this.#engine.prepareWrite(linear, PAGE_SIZE);
    this.#engine.bytes.set(bytes, linear);
  }

  rehash(pages: Uint32Array): number {
    const { altered, added } = this.#engine.rehashPages(pages);
    this.#hashSum = BigInt.asUintN(64, this.#hashSum + added);
    return altered;
  }

  get hashes(): Uint32Array {
    return this.#engine.pageHashes;
  }

  get hashSum(): bigint {
    return this.#hashSum;
  }

  #linear(index: number): number {
    if (!Number.isInteger(index) || index < 0 || index >= this.pageCount)
      throw new RangeError(`no page ${index} in RAM`);
    return this.#engine.ramLinear + index * PAGE_SIZE;
  }
}
