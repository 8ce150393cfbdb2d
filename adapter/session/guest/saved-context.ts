import type { Task } from '../../guests/guest.ts';
import type { Debuggee } from '../debuggee.ts';
import { RequestFailure, sentenceOf } from '../failure.ts';
import type { UnwindContext } from '../program.ts';

/** The context of a task that is on no hart, for unwinding: its stack is the kernel's, its user memory its own. */
export function savedContextOf({ guestView }: Debuggee, task: Task): UnwindContext {
  if (task.saved === undefined) {
    throw new RequestFailure(`${task.name} (${task.id}) has no stack at this moment: it is ${task.state}.`, false);
  }
  try {
    const { pc, register } = task.saved();
    const { memory } = guestView;
    const own = task.space?.()?.read;
    return { pc, register, read: (address, length) => memory(address, length) ?? own?.(address, length) };
  } catch (error) {
    throw new RequestFailure(sentenceOf(error), false);
  }
}
