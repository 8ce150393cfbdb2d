import type { Address } from './address.ts';

/** Finds which of many address ranges hold an address. Ranges may overlap and nest; empty ones are left out. */
export class RangeIndex {
  private constructor(
    private readonly starts: Float64Array,
    private readonly ends: Float64Array,
    /** The greatest end among the ranges up to and including this one: where a search backwards may stop. */
    private readonly reach: Float64Array,
    private readonly values: Uint32Array,
  ) {}

  static builder(): RangeIndexBuilder {
    return new RangeIndexBuilder((starts, ends, reach, values) => new RangeIndex(starts, ends, reach, values));
  }

  /** The columns that it is made of, to be kept. */
  get columns(): readonly [starts: Float64Array, ends: Float64Array, reach: Float64Array, values: Uint32Array] {
    return [this.starts, this.ends, this.reach, this.values];
  }

  /** The index that columns were of. Undefined when they are of none whose values are all below `limit`. */
  static restore([starts, ends, reach, values]: RangeIndex['columns'], limit: number): RangeIndex | undefined {
    const { length } = starts;
    if (ends.length !== length || reach.length !== length || values.length !== length) return undefined;
    let highest = Number.NEGATIVE_INFINITY;
    for (let at = 0; at < length; at++) {
      const [start = 0, end = 0] = [starts[at], ends[at]];
      highest = Math.max(highest, end);
      const isSorted = at === 0 || (starts[at - 1] ?? 0) <= start;
      if (!isSorted || !(start < end) || reach[at] !== highest || !((values[at] ?? limit) < limit)) return undefined;
    }
    return new RangeIndex(starts, ends, reach, values);
  }

  get size(): number {
    return this.starts.length;
  }

  /** The value of the range that holds `address` and starts last, the innermost if they nest. */
  find(address: Address): number | undefined {
    for (const value of this.containing(address)) return value;
    return undefined;
  }

  /** The values of all ranges that hold `address`; of nested ones the innermost first. */
  *containing(address: Address): Generator<number> {
    for (let at = lastAtOrBelow(this.starts, address); at >= 0; at--) {
      if (!((this.reach[at] ?? 0) > address)) return;
      if ((this.ends[at] ?? 0) > address) yield this.values[at] ?? 0;
    }
  }

  /** The lowest start of a range that lies at or above `address`, with its value. */
  next(address: Address): { readonly start: Address; readonly value: number } | undefined {
    let at = lastAtOrBelow(this.starts, address);
    while (at >= 0 && this.starts[at] === address) at--;
    const start = this.starts[at + 1];
    return start === undefined ? undefined : { start, value: this.values[at + 1] ?? 0 };
  }
}

class RangeIndexBuilder {
  private readonly ranges: { start: Address; end: Address; value: number }[] = [];

  constructor(
    private readonly finish: (
      starts: Float64Array,
      ends: Float64Array,
      reach: Float64Array,
      values: Uint32Array,
    ) => RangeIndex,
  ) {}

  add(start: Address, end: Address, value: number): void {
    if (start < end) this.ranges.push({ start, end, value });
  }

  build(): RangeIndex {
    // Of ranges that start together the widest comes first, so that a search backwards meets the innermost first.
    const sorted = this.ranges.sort((a, b) => a.start - b.start || b.end - a.end);
    const reach = new Float64Array(sorted.length);
    let highest = Number.NEGATIVE_INFINITY;
    sorted.forEach((range, at) => {
      highest = Math.max(highest, range.end);
      reach[at] = highest;
    });
    return this.finish(
      Float64Array.from(sorted, (range) => range.start),
      Float64Array.from(sorted, (range) => range.end),
      reach,
      Uint32Array.from(sorted, (range) => range.value),
    );
  }
}

/** The last index of an ascending array whose value is at or below `wanted`, or -1. */
export function lastAtOrBelow(ascending: Float64Array, wanted: number, from = 0, to = ascending.length): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? 0) <= wanted) low = middle + 1;
    else high = middle;
  }
  return low > from ? low - 1 : -1;
}
