import type { Task } from '../../guests/guest.ts';
import type { Debuggee } from '../debuggee.ts';
import { RequestFailure } from '../failure.ts';
import { savedContextOf } from '../guest/saved-context.ts';
import { atAny } from './function-plan.ts';
import { spIs } from './hart-state.ts';
import type { MotionPlan } from './motions.ts';
import { settle } from './mover.ts';

const SP = 2;

/**
 * The plan of going to where a task that is on no hart goes on next: the switch between tasks returns in it, with the stack that was
 * saved. Backwards: to where it was left, before the switch was called. Throws a RequestFailure when nothing is saved of it.
 */
export function motionOfTask(debuggee: Debuggee, task: Task, forward: boolean): MotionPlan {
  const { pc, register } = savedContextOf(debuggee, task);
  const sp = register(SP);
  if (sp === undefined) {
    throw new RequestFailure(
      `The kernel keeps no stack pointer of ${task.name} (${task.id}), so it cannot be followed.`,
    );
  }
  // The call is of four bytes, or of two.
  const addresses = forward ? [pc] : [pc - 4n, pc - 2n];
  const goal = { conditions: atAny(addresses, spIs(sp)) };
  return {
    title: forward ? `Running until ${task.name} goes on` : `Running back to where ${task.name} was left`,
    reason: 'step',
    backward: !forward,
    hart: 0,
    from: debuggee.timeline.counter,
    move: async (options) => {
      const mover = debuggee.mover(options);
      return settle(await (forward ? mover.forward(goal) : mover.backward(goal)));
    },
  };
}
