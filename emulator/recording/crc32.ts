/** CRC-32 as in ISO-HDLC, zip and PNG: reflected polynomial 0xEDB88320, all ones in and out. */

const SLICES = 4;

/** One table per byte of a 32-bit word, so that four bytes take one round of lookups. */
const tables: readonly Uint32Array[] = Array.from({ length: SLICES }, () => new Uint32Array(256));

function table(slice: number): Uint32Array {
  const found = tables[slice];
  if (found === undefined) throw new RangeError(`There is no CRC table ${slice}.`);
  return found;
}

const [t0, t1, t2, t3] = [table(0), table(1), table(2), table(3)];
for (let byte = 0; byte < 256; byte++) {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0);
  t0[byte] = remainder;
}
for (let byte = 0; byte < 256; byte++) {
  let remainder = t0[byte] ?? 0;
  for (const next of [t1, t2, t3]) {
    remainder = (remainder >>> 8) ^ (t0[remainder & 0xff] ?? 0);
    next[byte] = remainder;
  }
}

/** The CRC-32, as an unsigned number, of these bytes after others whose CRC-32 is `before`; 0 is that of no bytes. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = before ^ 0xffffffff;
  let at = 0;
  for (const whole = bytes.length - (bytes.length % SLICES); at < whole; at += SLICES) {
    crc ^= (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
    crc =
      (t3[crc & 0xff] ?? 0) ^ (t2[(crc >>> 8) & 0xff] ?? 0) ^ (t1[(crc >>> 16) & 0xff] ?? 0) ^ (t0[crc >>> 24] ?? 0);
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ (t0[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
}
