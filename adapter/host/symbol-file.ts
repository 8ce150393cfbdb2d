import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { FileContents } from '../symbols/file-contents.ts';
import { positionsOf } from '../symbols/byte-search.ts';
import { SymbolError } from '../symbols/symbol-error.ts';
import { fileError } from './file-error.ts';

/** Milliseconds after which a file is looked at anew: there are thousands of small reads in a row. */
const CHECK_INTERVAL = 20;
/** Bytes that are read together. */
const PAGE = 4096;
/** Bytes that are searched together: few enough to be searched before they leave the processor's cache. */
const BLOCK = 1 << 19;

/** Files are closed when nobody has their symbols any more. */
const closing = new FinalizationRegistry<number>((descriptor) => {
  closeSync(descriptor);
});

/**
 * Opens a file whose parts are read when they are asked for. It stays open, so that it is the same one when a build puts
 * another in its place; one that is written over is found out, and not read any more. Throws a FileError.
 */
export function openSymbolFile(path: string): FileContents {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    throw fileError(path, 'read', error, 'Check the path and its permissions.');
  }
  const opened = fstatSync(descriptor);
  if (!opened.isFile()) {
    closeSync(descriptor);
    throw fileError(path, 'read', new Error('it is no file'), 'Check the path.');
  }
  // The system gives memory that nobody has touched no pages.
  const bytes = new Uint8Array(opened.size);
  const present = new Uint8Array(Math.ceil(opened.size / PAGE));
  let checked = Number.NEGATIVE_INFINITY;
  const check = (at: number): void => {
    const now = performance.now();
    if (now - checked < CHECK_INTERVAL) return;
    checked = now;
    const present = fstatSync(descriptor);
    if (present.size === opened.size && present.mtimeMs === opened.mtimeMs) return;
    throw new SymbolError('it was written over since it was opened: start the session again', 'the file', at);
  };
  const contents: FileContents = {
    bytes,
    fetch: (start, end) => {
      const last = Math.min(Math.ceil(end / PAGE), present.length);
      for (let page = Math.max(0, Math.floor(start / PAGE)); page < last; page++) {
        if (present[page] !== 0) continue;
        let behind = page + 1;
        while (behind < last && present[behind] === 0) behind++;
        check(page * PAGE);
        readPart(descriptor, page * PAGE, bytes.subarray(page * PAGE, behind * PAGE));
        present.fill(1, page, behind);
        page = behind;
      }
    },
    positionsOf: (patterns, start, end) => {
      check(start);
      // The last bytes of a block come again in front of the next: a pattern may stand across the edge.
      const overlap = Math.max(0, ...patterns.map(({ length }) => length - 1));
      const block = Buffer.allocUnsafe(BLOCK);
      const found = new Set<number>();
      for (let at = start; at < end; at += BLOCK - overlap) {
        const length = Math.min(BLOCK, end - at);
        readPart(descriptor, at, block.subarray(0, length));
        for (const position of positionsOf(patterns, block, 0, length)) found.add(at + position);
      }
      return [...found].sort((a, b) => a - b);
    },
  };
  closing.register(contents, descriptor);
  return contents;
}

/** Fills `bytes` with what the file holds from `start` on. */
function readPart(descriptor: number, start: number, bytes: Uint8Array): void {
  try {
    for (let at = 0; at < bytes.length;) {
      const length = readSync(descriptor, bytes, at, bytes.length - at, start + at);
      if (length === 0) break;
      at += length;
    }
  } catch (error) {
    throw new SymbolError(
      `it cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      'the file',
      start,
    );
  }
}
