import type { BreakpointStore } from './breakpoints/store.ts';
import type { Client } from './client.ts';
import type { Debuggee } from './debuggee.ts';
import { RequestFailure } from './failure.ts';
import type { SessionHost } from './host.ts';
import type { Motions } from './motion/motions.ts';
import type { Roster } from './roster.ts';
import type { StoppedView } from './stopped-view.ts';

/** What the concerns of a session share. */
export interface SessionContext {
  readonly client: Client;
  readonly host: SessionHost;
  readonly breakpoints: BreakpointStore;
  readonly motions: Motions;
  /** Frames and variables of the present moment. */
  readonly view: StoppedView;
  /** Threads and modules that the client knows of. */
  readonly roster: Roster;
  /** Undefined before launch or attach. */
  readonly debuggee: Debuggee | undefined;
  /** A person changed the state where the machine stands. */
  stateChanged(): void;
}

/** The debuggee, whether it moves or not. Throws before launch or attach. */
export function debuggeeOf({ debuggee }: SessionContext): Debuggee {
  if (debuggee === undefined) throw new RequestFailure('No recording is open: send launch or attach first.');
  return debuggee;
}

/** The debuggee, standing still. Throws before launch or attach, and while it moves. */
export function stoppedDebuggee(context: SessionContext): Debuggee {
  const debuggee = debuggeeOf(context);
  context.motions.requireStill();
  return debuggee;
}
