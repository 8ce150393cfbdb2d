import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { FileContents } from '../symbols/file-contents.ts';
import { SymbolError } from '../symbols/symbol-error.ts';
import { fileError } from './file-error.ts';

/** Milliseconds after which a file is looked at anew: there are thousands of small reads in a row. */
const CHECK_INTERVAL = 20;
/** Bytes that are read together. */
const PAGE = 4096;

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
        readPart(descriptor, bytes, page * PAGE, Math.min(behind * PAGE, bytes.length));
        present.fill(1, page, behind);
        page = behind;
      }
    },
  };
  closing.register(contents, descriptor);
  return contents;
}

function readPart(descriptor: number, bytes: Uint8Array, start: number, end: number): void {
  try {
    for (let at = start; at < end;) {
      const length = readSync(descriptor, bytes, at, end - at, at);
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
