/** A set of the pages of one space. */
export class PageSet {
  readonly #held: Uint8Array;
  #list: Uint32Array;
  #size = 0;

  /** Of pages with indices below `pageCount`. */
  constructor(pageCount: number) {
    this.#held = new Uint8Array(pageCount);
    this.#list = new Uint32Array(64);
  }

  get size(): number {
    return this.#size;
  }

  add(pages: Uint32Array): void {
    this.#reserve(this.#size + pages.length);
    for (const page of pages) this.#add(page);
  }

  addOne(page: number): void {
    this.#reserve(this.#size + 1);
    this.#add(page);
  }

  /** In ascending order. A view: valid until the set changes. */
  sorted(): Uint32Array {
    return this.#list.subarray(0, this.#size).sort();
  }

  clear(): void {
    for (const page of this.#list.subarray(0, this.#size)) this.#held[page] = 0;
    this.#size = 0;
  }

  #add(page: number): void {
    if (this.#held[page] !== 0) return;
    this.#held[page] = 1;
    this.#list[this.#size++] = page;
  }

  #reserve(size: number): void {
    if (size <= this.#list.length) return;
    const longer = new Uint32Array(Math.max(size, this.#list.length * 2));
    longer.set(this.#list);
    this.#list = longer;
  }
}
