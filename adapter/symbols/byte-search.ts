/** Bytes at the start that tell how common each byte is. */
const SAMPLE = 1 << 12;

/** Where any of the patterns stands in [start, end) of `bytes`, ascending. No pattern is empty. */
export function positionsOf(
  patterns: readonly Uint8Array[],
  bytes: Uint8Array,
  start = 0,
  end = bytes.length,
): readonly number[] {
  const searched = bytes.subarray(0, end);
  const counts = new Uint32Array(256);
  for (const byte of searched.subarray(start, start + SAMPLE)) counts[byte] = (counts[byte] ?? 0) + 1;
  const found: number[] = [];
  for (const pattern of patterns) {
    // A single byte is searched by native code, and the rarest stops it least often.
    const rarity = [...pattern].map((byte) => counts[byte] ?? 0);
    const at = rarity.indexOf(Math.min(...rarity));
    const rare = pattern[at] ?? 0;
    const last = searched.length - pattern.length + at;
    for (let hit = searched.indexOf(rare, start + at); hit >= 0 && hit <= last; hit = searched.indexOf(rare, hit + 1)) {
      if (isAt(pattern, searched, hit - at)) found.push(hit - at);
    }
  }
  return found.sort((a, b) => a - b);
}

function isAt(pattern: Uint8Array, bytes: Uint8Array, position: number): boolean {
  for (let index = 0; index < pattern.length; index++) if (bytes[position + index] !== pattern[index]) return false;
  return true;
}
