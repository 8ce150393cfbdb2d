/** A repeatable stream of unsigned 32-bit numbers (xorshift32), so that a failing case can be met again. */
export function randomNumbers(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
