/** ASCII. */
export const DOT = 0x2e;

/**
 * A hash table of names by their stem, the part before the first dot: the compiler's clones of a function have the stem of
 * its name. Names are offsets into a table of strings that end at a NUL or with the table.
 */
export class NameTable {
  constructor(
    /** The first name of each bucket; 0 for none, for name 0 is ELF's undefined symbol. */
    private readonly first: Uint32Array,
    /** The next name of the bucket of each, which is a later one; 0 for none. */
    private readonly next: Uint32Array,
  ) {}

  static build(strings: Uint8Array, offsets: Uint32Array): NameTable {
    const count = offsets.length;
    const table = new NameTable(new Uint32Array(bucketsFor(count)), new Uint32Array(count));
    const { first, next } = table;
    // Backwards, so that each bucket is in the order of the names.
    for (let index = count - 1; index > 0; index--) {
      const bucket = table.bucketOf(strings, offsets[index] ?? 0);
      next[index] = first[bucket] ?? 0;
      first[bucket] = index;
    }
    return table;
  }

  /** Whether these can be the columns of a table of `count` names: then a search in it ends. */
  static isTable(first: Uint32Array, next: Uint32Array, count: number): boolean {
    if (first.length !== bucketsFor(count) || next.length !== count) return false;
    return (
      first.every((index) => index < count || index === 0) &&
      next.every((later, index) => later === 0 || (later > index && later < count))
    );
  }

  /** What it is made of, to be kept. */
  get columns(): readonly [first: Uint32Array, next: Uint32Array] {
    return [this.first, this.next];
  }

  /** Indices of names that may have the stem of `name`, ascending; few others are among them. */
  *withStemOf(name: Uint8Array): Generator<number> {
    let index = this.first[this.bucketOf(name, 0)] ?? 0;
    while (index !== 0) {
      yield index;
      index = this.next[index] ?? 0;
    }
  }

  /** FNV-1a, 32 bits. */
  private bucketOf(bytes: Uint8Array, start: number): number {
    let hash = 0x811c9dc5;
    for (let at = start; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === 0 || byte === DOT) break;
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
    return (hash ^ (hash >>> 15)) & (this.first.length - 1);
  }
}

function bucketsFor(count: number): number {
  return 2 ** Math.ceil(Math.log2(count + 1));
}
