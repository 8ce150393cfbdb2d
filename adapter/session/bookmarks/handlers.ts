import { isBookmarkName } from '../../../emulator/recording/bookmark-chunk.ts';
import type { Arguments } from '../arguments.ts';
import { debuggeeOf, type SessionContext } from '../context.ts';
import { RequestFailure } from '../failure.ts';
import type { Handlers } from '../handlers.ts';

/** `retrograde/bookmarks`, `retrograde/addBookmark` and `retrograde/removeBookmark`. See DAP.md. */
export function bookmarkHandlers(context: SessionContext): Handlers {
  return {
    'retrograde/bookmarks': () => ({ body: { bookmarks: debuggeeOf(context).opened.bookmarks.all } }),
    'retrograde/addBookmark': async (args) => {
      const counter = args.optionalInteger('counter');
      return { body: await addBookmark(context, args.string('name'), counter) };
    },
    'retrograde/removeBookmark': async (args: Arguments) => {
      await removeBookmark(context, args.string('name'));
      return {};
    },
  };
}

/** Names a moment, by default the present one. */
export async function addBookmark(
  context: SessionContext,
  name: string,
  at?: number,
): Promise<{ readonly name: string; readonly counter: number; readonly kept: 'inside' | 'beside' | 'session' }> {
  const { opened, timeline } = debuggeeOf(context);
  if (!isBookmarkName(name)) {
    throw new RequestFailure(
      `"${name}" cannot name a bookmark: a name has 1 to 200 characters, none of them a control character.`,
    );
  }
  if (timeline.branch !== undefined) {
    throw new RequestFailure('A branch is no part of the recording: bookmarks are of recorded moments.');
  }
  const counter = at ?? context.motions.shownCounter;
  if (counter < 0 || counter > timeline.end) {
    throw new RequestFailure(`The recording has no counter ${counter}: it ends at ${timeline.end}.`);
  }
  const kept = await opened.bookmarks.change({ kind: 'set', bookmark: { name, counter } });
  tellAll(context);
  return { name, counter, kept };
}

export async function removeBookmark(context: SessionContext, name: string): Promise<void> {
  const { opened } = debuggeeOf(context);
  if (!opened.bookmarks.all.some((one) => one.name === name)) {
    throw new RequestFailure(`There is no bookmark "${name}".`);
  }
  await opened.bookmarks.change({ kind: 'remove', name });
  tellAll(context);
}

/** A view of them may be open. */
function tellAll(context: SessionContext): void {
  context.client.event('retrograde/bookmarks', { bookmarks: debuggeeOf(context).opened.bookmarks.all });
}
