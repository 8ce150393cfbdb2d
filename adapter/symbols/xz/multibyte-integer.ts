import type { ByteCursor } from '../byte-cursor.ts';

const LONGEST = 9;

/**
 * A number of up to 63 bits (.xz file format 1.0.4, section 1.2), which must be one of 53. Other than in a LEB128, no byte but the
 * only one may add nothing.
 */
export function readMultibyteInteger(from: ByteCursor): number {
  const start = from.position;
  const value = from.uleb128();
  const size = from.position - start;
  const isShortest = size === 1 || from.bytes[from.position - 1] !== 0;
  if (size > LONGEST || !isShortest) throw from.error('a number is longer than it may be', start);
  return value;
}
