import type { MotionOutcome } from '../../emulator/replay/timeline.ts';
import type { StopSet } from '../../emulator/machine/stop.ts';
import type { GdbSession } from './session.ts';
import { stopReply } from './stop-reply.ts';

/**
 * Packets that move the machine. Each replies once the machine stands again.
 *
 * gdb takes RISC-V for a machine whose watchpoints trigger before the access is carried out: when told of one, it takes it
 * out, takes a step of its own in the direction of travel, and only then looks at the watched value. So the machine is left
 * on the near side of the access, and gdb's step goes over it. A client that goes on with the watchpoint in place goes over
 * the access, too: an access is announced once.
 */

type Motion = (session: GdbSession, signal: AbortSignal) => Promise<MotionOutcome>;

async function move(session: GdbSession, motion: Motion): Promise<string> {
  const outcome = await session.cancellable((signal) => motion(session, signal));
  session.announcedAccess = isAccess(outcome) ? session.timeline.counter : undefined;
  session.lastStop = stopReply(session, outcome);
  return session.lastStop;
}

function isAccess(outcome: MotionOutcome): boolean {
  return outcome.kind === 'hit' && outcome.hits[0]?.kind === 'access';
}

const allStops = ({ breakpoints }: GdbSession): StopSet => ({ conditions: breakpoints.conditions() });

/** A single step meets no breakpoint, but it can meet a watchpoint. */
const watchedOnly = ({ breakpoints }: GdbSession): StopSet => ({
  conditions: breakpoints.conditions().filter(({ kind }) => kind === 'access'),
});

const isAnnounced = ({ timeline, announcedAccess }: GdbSession): boolean => announcedAccess === timeline.counter;

const runForward: Motion = async (session, signal) => {
  const { timeline } = session;
  if (isAnnounced(session)) {
    const outcome = await timeline.step(1, { signal });
    if (outcome.kind !== 'arrived') return outcome;
  }
  const outcome = await timeline.run(allStops(session), { signal });
  if (isAccess(outcome)) await timeline.reverseStep();
  return outcome;
};

const runBackward: Motion = async (session, signal) => {
  const { timeline } = session;
  if (isAnnounced(session)) await timeline.reverseStep(1, { signal });
  const outcome = await timeline.runBackTo(allStops(session), { signal });
  if (isAccess(outcome)) await timeline.step();
  return outcome;
};

const stepOnce: Motion = async (session, signal) => {
  const { timeline } = session;
  const stops = watchedOnly(session);
  if (isAnnounced(session) || stops.conditions.length === 0) return timeline.step(1, { signal });
  const outcome = await timeline.run(stops, { until: timeline.counter + 1, signal });
  if (isAccess(outcome)) await timeline.reverseStep();
  return outcome;
};

const stepBackOnce: Motion = async (session, signal) => {
  const { timeline } = session;
  const stops = watchedOnly(session);
  if (isAnnounced(session) || stops.conditions.length === 0 || timeline.counter === 0) {
    return timeline.reverseStep(1, { signal });
  }
  const outcome = await timeline.runBackTo(stops, { notBefore: timeline.counter - 1, signal });
  if (isAccess(outcome)) await timeline.step();
  return outcome;
};

export const stepForward = (session: GdbSession): Promise<string> => move(session, stepOnce);
export const stepBackward = (session: GdbSession): Promise<string> => move(session, stepBackOnce);
export const continueForward = (session: GdbSession): Promise<string> => move(session, runForward);
export const continueBackward = (session: GdbSession): Promise<string> => move(session, runBackward);
