import type { Timeline } from '../../emulator/replay/timeline.ts';
import { UsageError } from '../host/arguments.ts';
import { onInterrupt, printError } from '../host/terminal.ts';
import { EXIT } from './exit-codes.ts';
import { describeDivergence } from './opened.ts';
import { parseCounter } from './values.ts';

/** The timeline stands there; or it does not, and the command ends with an exit code: why has been said. */
export type Standing = { readonly kind: 'there' } | { readonly kind: 'not-there'; readonly exitCode: number };

/** Goes to the moment that `--at` names: a counter, or `end`. Throws a UsageError for what is no moment of the recording. */
export async function standAt(timeline: Timeline, path: string, at: string): Promise<Standing> {
  const counter = at === 'end' ? timeline.end : parseCounter('--at', at);
  if (counter > timeline.end) {
    throw new UsageError(`--at ${counter} is beyond the end of ${path}. Name a counter up to ${timeline.end}.`);
  }
  const abort = new AbortController();
  onInterrupt(() => {
    abort.abort();
  });
  const outcome = await timeline.travelTo(counter, { signal: abort.signal });
  if (outcome.kind === 'cancelled') return { kind: 'not-there', exitCode: EXIT.interrupted };
  if (outcome.kind === 'diverged') {
    printError(`retrograde: ${describeDivergence(path, outcome)}\n`);
    return { kind: 'not-there', exitCode: EXIT.diverged };
  }
  return { kind: 'there' };
}
