/** The hashes of a paged space that lies outside the engine's memory; see PagedSpace. */
export class PageHashes {
  /** Two words for each page, the low one first. */
  readonly words: Uint32Array;
  #sum = 0n;

  constructor(pageCount: number) {
    this.words = new Uint32Array(2 * pageCount);
  }

  /** Sum of hash * (2 * index + 1), modulo 2^64. */
  get sum(): bigint {
    return this.#sum;
  }

  /** `hash` is below 2^64. True when it is another than before. */
  set(index: number, hash: bigint): boolean {
    const [low, high] = [this.words[2 * index] ?? 0, this.words[2 * index + 1] ?? 0];
    const before = (BigInt(high) << 32n) | BigInt(low);
    this.words[2 * index] = Number(BigInt.asUintN(32, hash));
    this.words[2 * index + 1] = Number(hash >> 32n);
    this.#sum = BigInt.asUintN(64, this.#sum + (hash - before) * BigInt(2 * index + 1));
    return hash !== before;
  }
}
