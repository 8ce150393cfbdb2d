import { PAGE_SIZE } from '../machine/paged-space.ts';

/** Pages to a slab: few large buffers, which the garbage collector need not look into. */
const SLAB_PAGES = 256;

/**
 * Room for pages, in slots. A slot that was given back is the first to be used again: memory that is new to the process
 * costs more to touch than a page costs to copy.
 */
export class PageSlabs {
  readonly #slabs: Uint8Array[] = [];
  readonly #free: number[] = [];

  take(): number {
    return this.#free.pop() ?? this.#grow();
  }

  giveBack(slot: number): void {
    this.#free.push(slot);
  }

  /** A view of the slot's page. */
  page(slot: number): Uint8Array {
    const slab = this.#slabs[Math.floor(slot / SLAB_PAGES)];
    if (slab === undefined) throw new RangeError(`There is no slot ${slot}.`);
    const at = (slot % SLAB_PAGES) * PAGE_SIZE;
    return slab.subarray(at, at + PAGE_SIZE);
  }

  #grow(): number {
    const first = this.#slabs.length * SLAB_PAGES;
    this.#slabs.push(new Uint8Array(SLAB_PAGES * PAGE_SIZE));
    for (let slot = first + SLAB_PAGES - 1; slot > first; slot--) this.#free.push(slot);
    return first;
  }
}
