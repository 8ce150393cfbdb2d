import type { TimelineContract } from '../../../emulator/replay/timeline-contract.ts';
import { bytesNow, type Subject } from './subject.ts';

/**
 * The moment in [since, origin] at which a person's change in the branch gave the subject the bytes that it has at `origin`, when
 * nothing in the guest wrote it after `since`. Undefined when it has them without. Moves the timeline.
 */
export async function changedByPerson(
  timeline: TimelineContract,
  subject: Subject,
  since: { readonly counter: number; readonly bytes: Uint8Array },
  origin: { readonly counter: number; readonly bytes: Uint8Array },
): Promise<number | undefined> {
  const { branch } = timeline;
  if (branch === undefined || isEqual(since.bytes, origin.bytes)) return undefined;
  let found: number | undefined;
  for (const { counter } of branch.changes.toReversed()) {
    if (counter > origin.counter) continue;
    if (counter < since.counter) break;
    await timeline.travelTo(counter);
    if (!isEqual(bytesNow(timeline, subject), origin.bytes)) break;
    found = counter;
  }
  return found;
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
