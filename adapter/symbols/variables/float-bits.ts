/**
 * Binary floating-point formats (IEEE 754) as numbers. binary128, which is `long double` here, has more digits than a number: it is
 * rounded to the nearest double, except that its exponent may be too large for one.
 */

interface Format {
  readonly exponentBits: number;
  readonly fractionBits: number;
}

/** By size in bytes. */
const FORMATS: ReadonlyMap<number, Format> = new Map([
  [2, { exponentBits: 5, fractionBits: 10 }],
  [4, { exponentBits: 8, fractionBits: 23 }],
  [8, { exponentBits: 11, fractionBits: 52 }],
  [16, { exponentBits: 15, fractionBits: 112 }],
]);

/** Undefined for a size of which no format is known. */
export function floatOfBits(bits: bigint, size: number): number | undefined {
  const view = new DataView(new ArrayBuffer(8));
  if (size === 8) {
    view.setBigUint64(0, bits);
    return view.getFloat64(0);
  }
  if (size === 4) {
    view.setUint32(0, Number(bits));
    return view.getFloat32(0);
  }
  const format = FORMATS.get(size);
  if (format === undefined) return undefined;
  const { exponentBits, fractionBits } = format;
  const sign = (bits >> BigInt(exponentBits + fractionBits)) & 1n ? -1 : 1;
  const largest = 2 ** exponentBits - 1;
  const bias = (largest - 1) / 2;
  const exponent = Number((bits >> BigInt(fractionBits)) & BigInt(largest));
  const fraction = Number(bits & ((1n << BigInt(fractionBits)) - 1n)) / 2 ** fractionBits;
  if (exponent === largest) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** (1 - bias) : sign * (1 + fraction) * 2 ** (exponent - bias);
}

/** The bits of a number in a format of this many bytes; undefined when no such format is known. */
export function bitsOfFloat(value: number, size: number): bigint | undefined {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const double = view.getBigUint64(0);
  if (size === 8) return double;
  if (size === 4) {
    view.setFloat32(0, value);
    return BigInt(view.getUint32(0));
  }
  if (size !== 16) return undefined;
  const sign = (double >> 63n) << 127n;
  const exponent = Number((double >> 52n) & 0x7ffn);
  const fraction = double & ((1n << 52n) - 1n);
  if (exponent === 0x7ff) return sign | (0x7fffn << 112n) | (fraction << 60n);
  if (exponent !== 0) return sign | (BigInt(exponent - 1023 + 16383) << 112n) | (fraction << 60n);
  if (fraction === 0n) return sign;
  // A subnormal double is a normal number of the larger format.
  const shift = 53 - fraction.toString(2).length;
  const normal = (fraction << BigInt(shift)) & ((1n << 52n) - 1n);
  return sign | (BigInt(1 - shift - 1023 + 16383) << 112n) | (normal << 60n);
}
