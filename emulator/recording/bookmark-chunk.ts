import { PayloadReader, PayloadWriter } from './payload.ts';

/** `MARK`: a change of the bookmarks. The bookmarks of a recording are what all of its changes, in order, leave. */

/** A moment that somebody gave a name. */
export interface Bookmark {
  /** Unique in a recording; see `isBookmarkName`. */
  readonly name: string;
  readonly counter: number;
}

/** A name is given to a moment, and taken from whatever had it; or the bookmark of that name goes. */
export type BookmarkChange =
  { readonly kind: 'set'; readonly bookmark: Bookmark } | { readonly kind: 'remove'; readonly name: string };

const LONGEST_NAME = 200;
const REMOVE = 0;
const SET = 1;

/** Whether a text can name a bookmark: not empty, no longer than 200 characters, no space around it, no control characters. */
export function isBookmarkName(text: string): boolean {
  return text.length > 0 && text.length <= LONGEST_NAME && text.trim() === text && !/\p{Cc}/u.test(text);
}

/** The bookmarks that are left by a change. */
export function changed(bookmarks: readonly Bookmark[], change: BookmarkChange): readonly Bookmark[] {
  const name = change.kind === 'set' ? change.bookmark.name : change.name;
  const others = bookmarks.filter((one) => one.name !== name);
  return change.kind === 'set' ? [...others, change.bookmark] : others;
}

export function encodeBookmarkChange(change: BookmarkChange): Uint8Array {
  if (change.kind === 'remove') return new PayloadWriter().count(REMOVE).text(change.name).finish();
  const { name, counter } = change.bookmark;
  return new PayloadWriter().count(SET).text(name).count(counter).finish();
}

/** Throws a RangeError for what encodeBookmarkChange cannot have written. */
export function decodeBookmarkChange(payload: Uint8Array): BookmarkChange {
  const reader = new PayloadReader(payload);
  const kind = reader.count();
  if (kind !== SET && kind !== REMOVE) throw new RangeError('the change of a bookmark is of no known kind');
  const name = reader.text();
  if (!isBookmarkName(name)) throw new RangeError('the name of a bookmark cannot be one');
  const change: BookmarkChange =
    kind === SET ? { kind: 'set', bookmark: { name, counter: reader.count() } } : { kind: 'remove', name };
  reader.end();
  return change;
}
