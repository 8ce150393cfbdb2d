import { changed, type Bookmark, type BookmarkChange } from '../../../emulator/recording/bookmark-chunk.ts';

/** Where the bookmarks of a recording are kept. */
export interface BookmarkStore {
  /** By ascending counter. */
  readonly all: readonly Bookmark[];
  /** Says where the change is kept: in the recording, beside it, or in this session only. Rejects with a sentence. */
  change(change: BookmarkChange): Promise<'inside' | 'beside' | 'session'>;
}

/** Bookmarks for as long as the session lasts: where there are no files to write. */
export class SessionBookmarks implements BookmarkStore {
  #all: readonly Bookmark[];

  constructor(recorded: readonly Bookmark[]) {
    this.#all = recorded;
  }

  get all(): readonly Bookmark[] {
    return this.#all.toSorted((a, b) => a.counter - b.counter);
  }

  change(change: BookmarkChange): Promise<'session'> {
    this.#all = changed(this.#all, change);
    return Promise.resolve('session');
  }
}
