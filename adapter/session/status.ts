import type { GuestExit } from '../../emulator/machine/machine.ts';
import type { Client } from './client.ts';
import type { Debuggee } from './debuggee.ts';
import type { Motions } from './motion/motions.ts';
import { exitText } from './motion/exit-text.ts';

/** Body of the request and the event `retrograde/status`: see DAP.md. */
export interface Status {
  readonly state: 'none' | 'running' | 'stopped';
  readonly counter: number;
  readonly end: number;
  readonly mode: 'recording' | 'branching' | 'replaying';
  readonly recording: string;
  /** The branch that the machine is in: where it began, and at how many moments something was changed. */
  readonly branch?: { readonly base: number; readonly changes: number };
  readonly exit?: { readonly kind: GuestExit['kind']; readonly code?: number; readonly text: string };
}

export function statusOf(debuggee: Debuggee | undefined, motions: Motions): Status {
  if (debuggee === undefined) return { state: 'none', counter: 0, end: 0, mode: 'replaying', recording: '' };
  const { timeline, opened } = debuggee;
  const { exit, branch } = timeline;
  return {
    state: motions.moving ? 'running' : 'stopped',
    counter: motions.shownCounter,
    end: timeline.end,
    mode: timeline.mode,
    recording: opened.recording,
    ...(branch === undefined ? {} : { branch: { base: branch.base, changes: branch.changes.length } }),
    ...(exit === undefined ? {} : { exit: { ...exit, text: exitText(exit) } }),
  };
}

/** Milliseconds between two events while the machine moves. */
const PERIOD = 250;

/** Sends `retrograde/status` at every start and stop, and regularly in between. */
export class StatusReporter {
  readonly #client: Client;
  readonly #status: () => Status;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(client: Client, status: () => Status) {
    this.#client = client;
    this.#status = status;
  }

  moving(): void {
    this.#send();
    this.#timer ??= setInterval(() => {
      this.#send();
    }, PERIOD);
  }

  /** The machine stands still, or the session is over. */
  still(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#send();
  }

  /** Something of it has changed while the machine stands still. */
  changed(): void {
    this.#send();
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #send(): void {
    this.#client.event('retrograde/status', this.#status());
  }
}
