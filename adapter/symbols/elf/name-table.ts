/** ASCII. */
export const DOT = 0x2e;

/**
 * A hash table of names by their stem, the part before the first dot: the compiler's clones of a function have the stem of
 * its name. Names are offsets into a table of strings that end at a NUL or with the table.
 */
export class NameTable {
  /** The first name of each bucket, and the next one of each name; 0 for none, for name 0 is ELF's undefined symbol. */
  private readonly first: Uint32Array;
  private readonly next: Uint32Array;

  constructor(
    private readonly strings: Uint8Array,
    offsets: Uint32Array,
  ) {
    const count = offsets.length;
    this.first = new Uint32Array(2 ** Math.ceil(Math.log2(count + 1)));
    this.next = new Uint32Array(count);
    // Backwards, so that each bucket is in the order of the names.
    for (let index = count - 1; index > 0; index--) {
      const bucket = this.bucketOf(this.strings, offsets[index] ?? 0);
      this.next[index] = this.first[bucket] ?? 0;
      this.first[bucket] = index;
    }
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
