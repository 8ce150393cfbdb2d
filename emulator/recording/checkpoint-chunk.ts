import type { SmallState } from '../machine/machine.ts';
import { PayloadReader, PayloadWriter } from './payload.ts';

/**
 * `CKPT`: the whole state at a counter. Pages are named by the identifiers that `PAGE` chunks gave them; only those
 * that differ from the checkpoint before it in the file are listed. The first one, at counter 0, differs from zeros.
 */
export interface RecordedCheckpoint {
  readonly state: SmallState;
  readonly spaces: readonly RecordedSpace[];
}

export interface RecordedSpace {
  readonly name: string;
  readonly pageCount: number;
  /** Indices in ascending order. */
  readonly changed: readonly ChangedPage[];
}

export interface ChangedPage {
  readonly index: number;
  /** 0 is the page of zeros. */
  readonly page: number;
}

export function encodeCheckpoint(checkpoint: RecordedCheckpoint): Uint8Array {
  const { state, spaces } = checkpoint;
  const writer = new PayloadWriter().count(state.counter).bytes(state.harts).bytes(state.devices).count(spaces.length);
  for (const space of spaces) {
    writer.text(space.name).count(space.pageCount).count(space.changed.length);
    let nextIndex = 0;
    let nextPage = 1;
    for (const { index, page } of space.changed) {
      writer.count(index - nextIndex);
      nextIndex = index + 1;
      if (page === 0) {
        writer.count(0);
        continue;
      }
      // Pages are mostly numbered in the order in which they are listed: a difference of 0, one byte.
      const difference = page - nextPage;
      writer.count(1 + (difference >= 0 ? difference * 2 : -difference * 2 - 1));
      nextPage = page + 1;
    }
  }
  return writer.finish();
}

/** Throws a RangeError for what encodeCheckpoint cannot have written, or for a page of `pagesWritten` or above. */
export function decodeCheckpoint(payload: Uint8Array, pagesWritten: number): RecordedCheckpoint {
  const reader = new PayloadReader(payload);
  const state = { counter: reader.count(), harts: reader.bytes(), devices: reader.bytes() };
  const spaces: RecordedSpace[] = [];
  for (let left = reader.countOf(3); left > 0; left--) {
    const name = reader.text();
    const pageCount = reader.count();
    const changed: ChangedPage[] = [];
    let nextIndex = 0;
    let nextPage = 1;
    for (let leftPages = reader.countOf(2); leftPages > 0; leftPages--) {
      const index = nextIndex + reader.count();
      if (index >= pageCount) throw new RangeError(`page ${index} lies outside ${name}`);
      nextIndex = index + 1;
      const coded = reader.count();
      if (coded === 0) {
        changed.push({ index, page: 0 });
        continue;
      }
      const zigzag = coded - 1;
      const page = nextPage + (zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2);
      if (page < 1 || page >= pagesWritten) throw new RangeError(`page ${page} was never written`);
      changed.push({ index, page });
      nextPage = page + 1;
    }
    spaces.push({ name, pageCount, changed });
  }
  reader.end();
  return { state, spaces };
}
