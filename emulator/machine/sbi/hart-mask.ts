import type { SbiHart } from './hart.ts';

const ALL = 0xffff_ffff_ffff_ffffn;

/**
 * The harts of a hart mask (SBI 2.0, section 3.3): bit n of `mask` is hart `base` + n, and a base of -1 means all.
 * Undefined when the mask names a hart that does not exist.
 */
export function selectHarts(harts: readonly SbiHart[], mask: bigint, base: bigint): readonly SbiHart[] | undefined {
  if (base === ALL) return harts;
  const selected: SbiHart[] = [];
  for (let bit = 0n; bit < 64n; bit++) {
    if (((mask >> bit) & 1n) === 0n) continue;
    const hart = harts.find((candidate) => BigInt(candidate.index) === base + bit);
    if (!hart) return undefined;
    selected.push(hart);
  }
  return selected;
}
