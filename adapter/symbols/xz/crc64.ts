/** CRC-64 as ECMA-182 has it, reflected, all ones in and out: polynomial 0xC96C5795D7870F42. In two halves, for speed. */
const POLYNOMIAL = { low: 0xd7870f42, high: 0xc96c5795 };

const low = new Int32Array(256);
const high = new Int32Array(256);
for (let byte = 0; byte < 256; byte++) {
  let [remainderLow, remainderHigh] = [byte, 0];
  for (let bit = 0; bit < 8; bit++) {
    const isOdd = (remainderLow & 1) !== 0;
    remainderLow = (remainderLow >>> 1) | (remainderHigh << 31);
    remainderHigh >>>= 1;
    if (isOdd) {
      remainderLow ^= POLYNOMIAL.low;
      remainderHigh ^= POLYNOMIAL.high;
    }
  }
  low[byte] = remainderLow;
  high[byte] = remainderHigh;
}

/** The CRC-64 of bytes. */
export function crc64(bytes: Uint8Array): bigint {
  let [crcLow, crcHigh] = [-1, -1];
  for (const byte of bytes) {
    const index = (crcLow ^ byte) & 0xff;
    crcLow = ((crcLow >>> 8) | (crcHigh << 24)) ^ (low[index] ?? 0);
    crcHigh = (crcHigh >>> 8) ^ (high[index] ?? 0);
  }
  return (BigInt(~crcHigh >>> 0) << 32n) | BigInt(~crcLow >>> 0);
}
