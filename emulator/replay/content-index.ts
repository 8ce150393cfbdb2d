/** Where a chain ends. No content has this id: it is the page of zeros, which is never looked for. */
const NONE = 0;

/** Finds the ids of contents by their hashes: a table of chains, in typed arrays, without an object for each entry. */
export class ContentIndex {
  #heads = new Uint32Array(1024);
  /** By id: the next of its chain, and its hash. */
  #next = new Uint32Array(1024);
  #low = new Uint32Array(1024);
  #high = new Uint32Array(1024);
  #size = 0;

  /** `id` is not in the index yet; `low` and `high` are the words of its hash. */
  add(id: number, low: number, high: number): void {
    this.#reserve(id);
    if (++this.#size > this.#heads.length) this.#rehash(this.#heads.length * 2);
    this.#low[id] = low;
    this.#high[id] = high;
    this.#link(id);
  }

  /** The first id of this hash that passes `matches`; undefined when there is none. */
  find(low: number, high: number, matches: (id: number) => boolean): number | undefined {
    let id = this.#heads[this.#bucket(low, high)] ?? NONE;
    for (; id !== NONE; id = this.#next[id] ?? NONE) {
      if (this.#low[id] === low && this.#high[id] === high && matches(id)) return id;
    }
    return undefined;
  }

  /** `id` is in the index. */
  remove(id: number): void {
    const bucket = this.#bucket(this.#low[id] ?? 0, this.#high[id] ?? 0);
    const after = this.#next[id] ?? NONE;
    let at = this.#heads[bucket] ?? NONE;
    if (at === id) {
      this.#heads[bucket] = after;
    } else {
      while (this.#next[at] !== id) {
        if (at === NONE) throw new Error(`Content ${id} is not in the index.`);
        at = this.#next[at] ?? NONE;
      }
      this.#next[at] = after;
    }
    this.#size--;
  }

  #link(id: number): void {
    const bucket = this.#bucket(this.#low[id] ?? 0, this.#high[id] ?? 0);
    this.#next[id] = this.#heads[bucket] ?? NONE;
    this.#heads[bucket] = id;
  }

  #bucket(low: number, high: number): number {
    return (low ^ high) & (this.#heads.length - 1);
  }

  #reserve(id: number): void {
    if (id < this.#next.length) return;
    const length = Math.max(id + 1, this.#next.length * 2);
    this.#next = extended(this.#next, length);
    this.#low = extended(this.#low, length);
    this.#high = extended(this.#high, length);
  }

  #rehash(buckets: number): void {
    const old = this.#heads;
    const next = this.#next;
    this.#heads = new Uint32Array(buckets);
    for (const head of old) {
      for (let id = head; id !== NONE;) {
        const following = next[id] ?? NONE;
        this.#link(id);
        id = following;
      }
    }
  }
}

/** A longer copy, filled up with zeros. */
export function extended(array: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const longer = new Uint32Array(length);
  longer.set(array);
  return longer;
}
