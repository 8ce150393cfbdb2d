import type { MotionOutcome } from '../../emulator/replay/timeline.ts';
import type { GdbSession } from './session.ts';
import { stopReply } from './stop-reply.ts';

/** Packets that move the machine. Each replies once the machine stands again. */

type Motion = (session: GdbSession, signal: AbortSignal) => Promise<MotionOutcome>;

async function move(session: GdbSession, motion: Motion): Promise<string> {
  const outcome = await session.cancellable((signal) => motion(session, signal));
  session.lastStop = stopReply(session, outcome);
  return session.lastStop;
}

/**
 * gdb takes RISC-V for a machine whose watchpoints trigger before the access is carried out: when told of one, it takes a
 * step of its own in the direction of travel before it looks at the watched value. So the machine is left on the near side
 * of the access, and gdb's step goes over it.
 */
async function beforeAccess(outcome: MotionOutcome, stepBack: () => Promise<MotionOutcome>): Promise<MotionOutcome> {
  if (outcome.kind === 'hit' && outcome.hits[0]?.kind === 'access') await stepBack();
  return outcome;
}

const runForward: Motion = async ({ timeline, breakpoints }, signal) =>
  beforeAccess(await timeline.run({ conditions: breakpoints.conditions() }, { signal }), () => timeline.reverseStep());

const runBackward: Motion = async ({ timeline, breakpoints }, signal) =>
  beforeAccess(await timeline.runBackTo({ conditions: breakpoints.conditions() }, { signal }), () => timeline.step());

export const stepForward = (session: GdbSession): Promise<string> =>
  move(session, ({ timeline }, signal) => timeline.step(1, { signal }));

export const stepBackward = (session: GdbSession): Promise<string> =>
  move(session, ({ timeline }, signal) => timeline.reverseStep(1, { signal }));

export const continueForward = (session: GdbSession): Promise<string> => move(session, runForward);

export const continueBackward = (session: GdbSession): Promise<string> => move(session, runBackward);
