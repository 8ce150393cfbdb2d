import type { DebugProtocol } from '@vscode/debugprotocol';
import type { SessionContext } from './context.ts';
import type { Debuggee } from './debuggee.ts';
import type { Handlers } from './handlers.ts';
import { threadOf, threadsOf, type Thread } from './threads.ts';

/** `threads`. */
export function threadHandlers(context: SessionContext): Handlers {
  return { threads: () => ({ body: { threads: askedFor(context) } }) };
}

function askedFor({ debuggee, motions, roster }: SessionContext): readonly DebugProtocol.Thread[] {
  // Clients ask for threads early, and while the machine moves; harts are there at all times.
  if (debuggee === undefined) return [];
  if (motions.moving)
    return debuggee.timeline.harts.map(({ index }) => ({ id: threadOf(index), name: `hart ${index}` }));
  const threads = listThreads(debuggee);
  roster.threads.tell(threads);
  return threads;
}

/** The threads of the present moment. */
export function listThreads(debuggee: Debuggee): readonly DebugProtocol.Thread[] {
  return threadsOf(debuggee).map((thread) => ({ id: thread.id, name: nameOf(thread) }));
}

function nameOf(thread: Thread): string {
  if (thread.kind === 'task') return `${thread.task.name} (${thread.task.id}) ${thread.task.state}`;
  const { hart, task } = thread;
  return task === undefined ? `hart ${hart}` : `hart ${hart}: ${task.name} (${task.id})`;
}
