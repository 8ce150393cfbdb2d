import { stoppedDebuggee, type SessionContext } from '../context.ts';
import type { BranchView } from '../../../emulator/replay/timeline-contract.ts';
import { RequestFailure } from '../failure.ts';
import type { MotionPlan } from '../motion/motions.ts';
import { grouped } from '../motion/stop-report.ts';

/** The branch that the machine is in. Fails with a sentence in recorded history. */
export function requireBranch(context: SessionContext): BranchView {
  const { branch } = stoppedDebuggee(context).timeline;
  if (branch === undefined) {
    throw new RequestFailure('The machine is in recorded history: nothing was changed, so there is no branch.');
  }
  return branch;
}

/** The plan of returning to history. */
export function discardPlan(context: SessionContext): MotionPlan {
  const debuggee = stoppedDebuggee(context);
  const { timeline } = debuggee;
  const { base } = requireBranch(context);
  const target = Math.min(base, timeline.counter);
  return {
    title: 'Returning to history',
    reason: 'goto',
    backward: true,
    hart: 0,
    from: timeline.counter,
    arrival: `Back in history at counter ${grouped(target)}; the branch is gone`,
    move: async (options) => {
      const outcome = await timeline.discardBranch(options);
      switch (outcome.kind) {
        case 'arrived':
          return { kind: 'arrived' };
        case 'hit':
          throw new Error('The way back to history has no conditions.');
        default:
          return { kind: 'ended', ending: outcome };
      }
    },
  };
}
