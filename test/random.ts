/**
 * A small seeded generator (sfc32, Chris Doty-Humphrey's chaotic counter): the same seed gives the same tests
 * everywhere, and drawing is fast enough to fill register files by the hundred thousand.
 */
export class Random {
  private a = 0;
  private b = 0;
  private c: number;
  private counter = 1;

  constructor(seed: number) {
    this.c = seed | 0;
    for (let round = 0; round < 12; round++) this.bits32();
  }

  /** 32 random bits as an unsigned number. */
  bits32(): number {
    const sum = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** 64 random bits. */
  bits64(): bigint {
    return (BigInt(this.bits32()) << 32n) | BigInt(this.bits32());
  }

  /** An integer in [0, bound); bound is at most 2^32. */
  below(bound: number): number {
    return Math.floor((this.bits32() / 0x1_0000_0000) * bound);
  }

  /** True once in `times` draws. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[this.below(from.length)];
    if (picked === undefined) throw new RangeError('nothing to pick from');
    return picked;
  }
}
