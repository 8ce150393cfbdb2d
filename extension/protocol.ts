/** What the extension says to a running session beyond the standard protocol, and hears from it: DAP.md. */

/** `type` of every Retrograde debug configuration. */
export const DEBUG_TYPE = 'retrograde';

export const Request = {
  travel: 'retrograde/travel',
  reverseStepIn: 'retrograde/reverseStepIn',
  reverseStepOut: 'retrograde/reverseStepOut',
  status: 'retrograde/status',
  consoleInput: 'retrograde/consoleInput',
  discardBranch: 'retrograde/discardBranch',
  navigate: 'retrograde/navigate',
  lastWrite: 'retrograde/lastWrite',
  origin: 'retrograde/origin',
  valueHistory: 'retrograde/valueHistory',
  calls: 'retrograde/calls',
  format: 'retrograde/format',
  bookmarks: 'retrograde/bookmarks',
  addBookmark: 'retrograde/addBookmark',
  removeBookmark: 'retrograde/removeBookmark',
} as const;

export const Event = {
  status: 'retrograde/status',
  console: 'retrograde/console',
  bookmarks: 'retrograde/bookmarks',
} as const;

/** Where a session stands. */
export interface Status {
  readonly state: 'none' | 'running' | 'stopped';
  /** The present moment, and the last one recorded, in steps. */
  readonly counter: number;
  readonly end: number;
  readonly mode: 'recording' | 'branching' | 'replaying';
  /** Path of the recording. */
  readonly recording: string;
  /** How the recorded run ended, as a sentence; undefined while it has not. */
  readonly exit: string | undefined;
  /** The branch that it is in, by where that began; undefined in recorded history. */
  readonly branch: { readonly base: number } | undefined;
}

/** Reads the body of a status event or response; undefined when it is not one. */
export function parseStatus(body: unknown): Status | undefined {
  if (!isRecord(body)) return undefined;
  const { state, counter, end, mode, recording, exit, branch } = body;
  if (state !== 'none' && state !== 'running' && state !== 'stopped') return undefined;
  if (mode !== 'recording' && mode !== 'branching' && mode !== 'replaying') return undefined;
  if (typeof counter !== 'number' || typeof end !== 'number' || typeof recording !== 'string') return undefined;
  const text = isRecord(exit) && typeof exit['text'] === 'string' ? exit['text'] : undefined;
  const base = isRecord(branch) && typeof branch['base'] === 'number' ? branch['base'] : undefined;
  return { state, counter, end, mode, recording, exit: text, branch: base === undefined ? undefined : { base } };
}

/** A moment that somebody named. */
export interface Bookmark {
  readonly name: string;
  readonly counter: number;
}

/** Reads the body of a bookmarks event or response; what is no bookmark is left out. */
export function parseBookmarks(body: unknown): readonly Bookmark[] {
  if (!isRecord(body) || !Array.isArray(body['bookmarks'])) return [];
  return body['bookmarks'].flatMap((one: unknown) => {
    if (!isRecord(one)) return [];
    const { name, counter } = one;
    return typeof name === 'string' && typeof counter === 'number' ? [{ name, counter }] : [];
  });
}

/** What the guest printed. */
export interface ConsoleOutput {
  readonly bytes: Uint8Array;
  /** Where the branch began in which it was printed; undefined in history. */
  readonly branch: number | undefined;
}

/** Reads the body of a console event. Undefined when it is not one. */
export function parseConsoleOutput(body: unknown): ConsoleOutput | undefined {
  if (!isRecord(body) || typeof body['data'] !== 'string') return undefined;
  const branch = typeof body['branch'] === 'number' ? body['branch'] : undefined;
  try {
    return { bytes: Uint8Array.from(atob(body['data']), (character) => character.charCodeAt(0)), branch };
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
