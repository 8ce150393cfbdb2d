/**
 * The digest of a machine's whole state at a counter; FORMAT.md, "Digests". Incremental: a page that did not change
 * costs nothing, because the digest of a space is a sum over its pages.
 */

/** XXH64 with seed 0. */
export type Hash = (bytes: Uint8Array) => bigint;

/** What a space contributes: `sum` is its `hashSum`. */
export interface SpaceDigest {
  readonly name: string;
  readonly pageCount: number;
  readonly sum: bigint;
}

/** The digest of a state from its parts. */
export function stateDigest(
  state: { readonly counter: number; readonly harts: Uint8Array; readonly devices: Uint8Array },
  spaces: readonly SpaceDigest[],
  hash: Hash,
): bigint {
  const record = new DataView(new ArrayBuffer(24 + 24 * spaces.length));
  record.setBigUint64(0, BigInt(state.counter), true);
  record.setBigUint64(8, hash(state.harts), true);
  record.setBigUint64(16, hash(state.devices), true);
  spaces.forEach((space, index) => {
    const at = 24 + 24 * index;
    record.setBigUint64(at, hash(new TextEncoder().encode(space.name)), true);
    record.setBigUint64(at + 8, BigInt(space.pageCount), true);
    record.setBigUint64(at + 16, space.sum, true);
  });
  return hash(new Uint8Array(record.buffer));
}

/** A digest as people see it: 16 hexadecimal digits. */
export function formatDigest(digest: bigint): string {
  return digest.toString(16).padStart(16, '0');
}
