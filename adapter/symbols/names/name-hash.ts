/** Hashes of names, by which a name index is searched. Equal names have equal hashes; the reverse must be looked at. */

/** What a hash begins with: FNV-1a's offset basis. */
export const EMPTY_HASH = 0x811c9dc5 | 0;

/** FNV-1a over [start, end), or to the first zero byte, going on from `seed`; 32 bits, signed. */
export function hashName(bytes: Uint8Array, start: number, end: number, seed: number = EMPTY_HASH): number {
  let hash = seed;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === 0) break;
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash;
}

/** The hashes of the strings of a section, each made once. */
export class StringHashes {
  private readonly known: Int32Array;

  constructor(private readonly strings: Uint8Array) {
    this.known = new Int32Array(strings.length);
  }

  /** Of the string at an offset; of one beyond the section that of the empty name. */
  at(offset: number): number {
    let hash = this.known[offset];
    if (hash === undefined) return EMPTY_HASH;
    if (hash === 0) this.known[offset] = hash = hashName(this.strings, offset, this.strings.length);
    return hash;
  }
}

/** A set of pairs of 32-bit numbers, without an object for each. */
export class PairSet {
  private keys = new Int32Array(2 * 256);
  private used = new Uint8Array(256);
  private size = 0;

  /** Whether the pair was not in the set yet. */
  add(first: number, second: number): boolean {
    if (this.size * 2 > this.used.length) this.grow();
    const slot = this.slotOf(first, second);
    if (this.used[slot] !== 0) return false;
    this.used[slot] = 1;
    this.keys[slot * 2] = first;
    this.keys[slot * 2 + 1] = second;
    this.size++;
    return true;
  }

  private slotOf(first: number, second: number): number {
    const mask = this.used.length - 1;
    let slot = (Math.imul(first ^ Math.imul(second, 0x9e3779b1), 0x85ebca6b) >>> 8) & mask;
    while (this.used[slot] !== 0 && (this.keys[slot * 2] !== first || this.keys[slot * 2 + 1] !== second)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private grow(): void {
    const { keys, used } = this;
    this.keys = new Int32Array(keys.length * 2);
    this.used = new Uint8Array(used.length * 2);
    for (let slot = 0; slot < used.length; slot++) {
      if (used[slot] === 0) continue;
      const [first, second] = [keys[slot * 2] ?? 0, keys[slot * 2 + 1] ?? 0];
      const target = this.slotOf(first, second);
      this.used[target] = 1;
      this.keys[target * 2] = first;
      this.keys[target * 2 + 1] = second;
    }
  }
}
