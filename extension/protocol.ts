/** What the extension says to a running session beyond the standard protocol, and hears from it: DAP.md. */

/** `type` of every Retrograde debug configuration. */
export const DEBUG_TYPE = 'retrograde';

export const Request = {
  travel: 'retrograde/travel',
  reverseStepIn: 'retrograde/reverseStepIn',
  reverseStepOut: 'retrograde/reverseStepOut',
  status: 'retrograde/status',
  consoleInput: 'retrograde/consoleInput',
} as const;

export const Event = { status: 'retrograde/status', console: 'retrograde/console' } as const;

/** Where a session stands. */
export interface Status {
  readonly state: 'none' | 'running' | 'stopped';
  /** The present moment, and the last one recorded, in steps. */
  readonly counter: number;
  readonly end: number;
  readonly mode: 'recording' | 'replaying';
  /** Path of the recording. */
  readonly recording: string;
  /** How the recorded run ended, as a sentence; undefined while it has not. */
  readonly exit: string | undefined;
}

/** Reads the body of a status event or response; undefined when it is not one. */
export function parseStatus(body: unknown): Status | undefined {
  if (!isRecord(body)) return undefined;
  const { state, counter, end, mode, recording, exit } = body;
  if (state !== 'none' && state !== 'running' && state !== 'stopped') return undefined;
  if (mode !== 'recording' && mode !== 'replaying') return undefined;
  if (typeof counter !== 'number' || typeof end !== 'number' || typeof recording !== 'string') return undefined;
  const text = isRecord(exit) && typeof exit['text'] === 'string' ? exit['text'] : undefined;
  return { state, counter, end, mode, recording, exit: text };
}

/** Reads the body of a console event: what the guest printed. Undefined when it is not one. */
export function parseConsoleBytes(body: unknown): Uint8Array | undefined {
  if (!isRecord(body) || typeof body['data'] !== 'string') return undefined;
  try {
    return Uint8Array.from(atob(body['data']), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
