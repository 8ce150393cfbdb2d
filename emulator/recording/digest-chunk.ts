import { PayloadReader, PayloadWriter } from './payload.ts';

/**
 * `DGST`: how far the recording has come, and digests of the whole state, which a replay is compared with. Every event
 * and all output before `reached` stand earlier in the file, so a replay can go that far.
 */
export interface DigestChunk {
  readonly reached: number;
  readonly digests: readonly RecordedDigest[];
}

export interface RecordedDigest {
  readonly counter: number;
  readonly digest: bigint;
}

export function encodeDigests({ reached, digests }: DigestChunk): Uint8Array {
  const writer = new PayloadWriter().count(reached).count(digests.length);
  let previous = 0;
  for (const { counter, digest } of digests) {
    writer.count(counter - previous).u64(digest);
    previous = counter;
  }
  return writer.finish();
}

/** Throws a RangeError for what encodeDigests cannot have written. */
export function decodeDigests(payload: Uint8Array): DigestChunk {
  const reader = new PayloadReader(payload);
  const reached = reader.count();
  const digests: RecordedDigest[] = [];
  let counter = 0;
  for (let left = reader.countOf(9); left > 0; left--) {
    counter += reader.count();
    if (counter > reached) throw new RangeError(`a digest at counter ${counter}, which was not reached`);
    digests.push({ counter, digest: reader.u64() });
  }
  reader.end();
  return { reached, digests };
}
