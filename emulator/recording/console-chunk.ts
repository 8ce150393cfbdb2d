import { PayloadReader, PayloadWriter } from './payload.ts';

/**
 * `CONS`: an index of what the guest printed. A replay prints it again, so it is not needed to replay; it lets a reader
 * show the console at the end of a recording without running all of it, and a verifier compare.
 */

/** Bytes printed by the step that follows `counter`. */
export interface PrintedBytes {
  readonly counter: number;
  readonly bytes: Uint8Array;
}

export function encodeConsole(runs: readonly PrintedBytes[]): Uint8Array {
  const writer = new PayloadWriter().count(runs.length);
  let previous = 0;
  for (const run of runs) {
    writer.count(run.counter - previous).bytes(run.bytes);
    previous = run.counter;
  }
  return writer.finish();
}

/** Throws a RangeError for what encodeConsole cannot have written. */
export function decodeConsole(payload: Uint8Array): PrintedBytes[] {
  const reader = new PayloadReader(payload);
  const runs: PrintedBytes[] = [];
  let counter = 0;
  for (let left = reader.countOf(2); left > 0; left--) {
    counter += reader.count();
    if (!Number.isSafeInteger(counter)) throw new RangeError('the counter of console output exceeds 2^53');
    runs.push({ counter, bytes: reader.bytes() });
  }
  reader.end();
  return runs;
}
