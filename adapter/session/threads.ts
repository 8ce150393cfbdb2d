import { ifKnown } from '../guests/guest-error.ts';
import type { Task } from '../guests/guest.ts';
import type { Debuggee } from './debuggee.ts';
import { RequestFailure } from './failure.ts';

/**
 * What the client calls a thread: a hart, which executes one of the kernel's tasks or none, or a task that is on no hart.
 * Harts have the identifiers from 1 on, whatever they execute, so that a client's view stays with the hart as it moves.
 */
export type Thread =
  | { readonly kind: 'hart'; readonly id: number; readonly hart: number; readonly task: Task | undefined }
  | { readonly kind: 'task'; readonly id: number; readonly task: Task };

/** Identifiers of tasks begin here: behind those of harts. */
const FIRST_TASK_THREAD = 0x1_0000;

/** The harts, then the tasks that no hart executes, in the kernel's order. */
export function threadsOf({ timeline, guestView }: Debuggee): readonly Thread[] {
  const { guest } = guestView;
  const harts = timeline.harts.map((hart): Thread => {
    const task = ifKnown(() => guest.currentTask(hart));
    return { kind: 'hart', id: threadOf(hart.index), hart: hart.index, task };
  });
  const current = new Set(harts.map(({ task }) => task?.address));
  const tasks = (ifKnown(() => guest.tasks()) ?? []).filter(({ address }) => !current.has(address));
  return [...harts, ...tasks.map((task): Thread => ({ kind: 'task', id: FIRST_TASK_THREAD + task.id, task }))];
}

/** The identifier of the thread that a hart is. */
export function threadOf(hart: number): number {
  return hart + 1;
}

/** The thread of an identifier. Throws when there is none at this moment. */
export function threadNumbered(debuggee: Debuggee, id: number): Thread {
  const hart = debuggee.timeline.harts[id - 1];
  if (hart !== undefined) return { kind: 'hart', id, hart: hart.index, task: undefined };
  const found = threadsOf(debuggee).find((thread) => thread.id === id);
  if (found === undefined) throw new RequestFailure(`There is no thread ${id} at this moment.`);
  return found;
}

/** The hart of a thread that is to move. Throws for a task that is on no hart, which cannot. */
export function hartOf(debuggee: Debuggee, id: number): number {
  const thread = threadNumbered(debuggee, id);
  if (thread.kind === 'hart') return thread.hart;
  const { name, id: number, state } = thread.task;
  throw new RequestFailure(
    `${name} (${number}) is ${state}: it executes nothing at this moment. Step a hart, or set a breakpoint where it goes on.`,
  );
}
