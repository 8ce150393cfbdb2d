import type { Hit, StopCondition } from '../../../emulator/machine/stop.ts';
import type { MotionOptions, TimelineContract } from '../../../emulator/replay/timeline-contract.ts';
import { endOf, isCutShort, type Range, type RangeEnd } from './range.ts';
import { bytesNow, type Subject } from './subject.ts';

/** One change of a value, and what it left. */
export interface Change {
  /** The moment before the step that changed it. */
  readonly counter: number;
  readonly pc: bigint;
  readonly after: Uint8Array;
}

export interface ValueHistory {
  /** The bytes at the beginning of the range. */
  readonly initial: Uint8Array;
  readonly changes: readonly Change[];
  readonly ended: RangeEnd;
}

/** The changes of a value in [from, to], the first `most` of them; `found` hears of each, with the machine just after it. */
export async function valueHistory(
  timeline: TimelineContract,
  subject: Subject,
  { from, to, most }: Range,
  options: MotionOptions,
  found: (change: Change) => void,
): Promise<ValueHistory> {
  const { signal } = options;
  const placed = await timeline.travelTo(from, signal === undefined ? {} : { signal });
  const initial = bytesNow(timeline, subject);
  const changes: Change[] = [];
  if (isCutShort(placed)) return { initial, changes, ended: endOf(placed) };
  let present = initial;
  const take = ({ counter, ...hit }: Hit): boolean => {
    const after = bytesNow(timeline, subject);
    if (changes.at(-1)?.counter === counter || equal(after, present)) return false;
    present = after;
    const change = { counter, pc: hit.kind === 'instruction' ? hit.address : hit.pc, after };
    changes.push(change);
    found(change);
    return changes.length >= most;
  };
  const outcome = await timeline.run({ conditions: conditionsOf(subject), accept: take }, { ...options, until: to });
  return { initial, changes, ended: endOf(outcome) };
}

function conditionsOf({ held }: Subject): readonly StopCondition[] {
  return held.map(({ holder, from, count }): StopCondition => {
    if (holder.kind === 'memory') {
      const first = Math.floor(from / 8);
      const length = Math.ceil((from + count) / 8) - first;
      return { kind: 'access', space: 'physical', address: holder.address + BigInt(first), length, access: 'change' };
    }
    const mask = ((1n << BigInt(count)) - 1n) << BigInt(from);
    return { kind: 'register-change', register: { file: holder.kind, number: holder.number }, mask };
  });
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((byte, index) => byte === b[index]);
}
