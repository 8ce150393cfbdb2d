import { debuggeeOf, type SessionContext } from '../context.ts';
import { RequestFailure } from '../failure.ts';
import { addBookmark, removeBookmark } from './handlers.ts';

/** `/bookmark NAME` names the present moment; `/bookmark -d NAME` forgets a name. */
export async function bookmarkText(context: SessionContext, argument: string): Promise<string> {
  const forgotten = /^-d\s+(.+)$/.exec(argument)?.[1];
  if (forgotten !== undefined) {
    await removeBookmark(context, forgotten);
    return `The bookmark "${forgotten}" is gone.`;
  }
  if (argument === '') throw new RequestFailure('"/bookmark": say what to call this moment.');
  const { name, counter, kept } = await addBookmark(context, argument);
  const where = { inside: 'in the recording', beside: 'beside the recording', session: 'for this session' }[kept];
  return `"${name}" is counter ${counter.toLocaleString('en')}, kept ${where}.`;
}

/** `/bookmarks`. */
export function bookmarksText(context: SessionContext): string {
  const { all } = debuggeeOf(context).opened.bookmarks;
  if (all.length === 0) return 'There are no bookmarks: "/bookmark NAME" makes one of this moment.';
  return all.map(({ name, counter }) => `${counter.toLocaleString('en').padStart(15)}  ${name}`).join('\n');
}
