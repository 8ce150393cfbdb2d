import type { Mapping, Task } from '../../guests/guest.ts';
import type { PageTableWalk } from '../../guests/memory/page-table.ts';
import type { Debuggee } from '../debuggee.ts';
import { RequestFailure } from '../failure.ts';

/** The mappings of a task, by its number; of the one that the first hart executes when none is named. */
export function mappingsOf(debuggee: Debuggee, id: number | undefined): readonly Mapping[] {
  const { guest } = debuggee.guestView;
  const task = taskNumbered(debuggee, id);
  if (task === undefined) {
    // The sentence says why nothing is known of tasks.
    if (guest.tasks().length === 0) guest.log();
    throw new RequestFailure('No task is running at this moment: name one by its number.');
  }
  return guest.mappings(task);
}

/** A task by its number; the one that the first hart executes when none is named, undefined when that is none. */
export function taskNumbered({ guestView, timeline }: Debuggee, id: number | undefined): Task | undefined {
  const { guest } = guestView;
  if (id === undefined) {
    const [hart] = timeline.harts;
    return hart && guest.currentTask(hart);
  }
  const found = guest.tasks().find((task) => task.id === id);
  if (found === undefined) throw new RequestFailure(`There is no task ${id} at this moment.`);
  return found;
}

/** The walk of an address: in a task's address space, or in the one that the first hart has. */
export function walk(debuggee: Debuggee, address: bigint, task: number | undefined): PageTableWalk {
  const { guestView } = debuggee;
  if (task === undefined) return guestView.walk(guestView.spaceOf(0), address);
  const space = taskNumbered(debuggee, task)?.space?.();
  if (space === undefined) throw new RequestFailure(`Task ${task} has no address space of its own.`);
  return guestView.walk(space.satp, address);
}

/** `r-xp` as /proc/PID/maps has it: p for private, s for shared. */
export function permissionsOf({ read, write, execute, shared }: Mapping): string {
  return `${read ? 'r' : '-'}${write ? 'w' : '-'}${execute ? 'x' : '-'}${shared ? 's' : 'p'}`;
}
