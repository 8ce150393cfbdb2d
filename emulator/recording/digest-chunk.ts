import { PayloadReader, PayloadWriter } from './payload.ts';

/** `DGST`: digests of the whole state, which a replay is compared with. */
export interface RecordedDigest {
  readonly counter: number;
  readonly digest: bigint;
}

export function encodeDigests(digests: readonly RecordedDigest[]): Uint8Array {
  const writer = new PayloadWriter().count(digests.length);
  let previous = 0;
  for (const { counter, digest } of digests) {
    writer.count(counter - previous).u64(digest);
    previous = counter;
  }
  return writer.finish();
}

/** Throws a RangeError for what encodeDigests cannot have written. */
export function decodeDigests(payload: Uint8Array): RecordedDigest[] {
  const reader = new PayloadReader(payload);
  const digests: RecordedDigest[] = [];
  let counter = 0;
  for (let left = reader.countOf(9); left > 0; left--) {
    counter += reader.count();
    if (!Number.isSafeInteger(counter)) throw new RangeError('the counter of a digest exceeds 2^53');
    digests.push({ counter, digest: reader.u64() });
  }
  reader.end();
  return digests;
}
