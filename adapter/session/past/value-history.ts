import type { MotionOptions, TimelineContract } from '../../../emulator/replay/timeline-contract.ts';
import type { WatchedData } from '../breakpoints/watched-data.ts';
import { endOf, isCutShort, type Range, type RangeEnd } from './range.ts';

/** One change of a value: a store that left other bytes, and what it left. */
export interface Change {
  /** The moment before the store. */
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

/** The changes of bytes of physical memory by stores in [from, to], the first `most` of them. */
export async function valueHistory(
  timeline: TimelineContract,
  data: WatchedData,
  { from, to, most }: Range,
  options: MotionOptions,
): Promise<ValueHistory> {
  const read = (): Uint8Array => timeline.readPhysical(data.address, data.length).bytes;
  const placed = await timeline.travelTo(from, options);
  const initial = read();
  const changes: Change[] = [];
  if (isCutShort(placed)) return { initial, changes, ended: endOf(placed) };
  const outcome = await timeline.run(
    {
      conditions: [{ kind: 'access', ...data, access: 'change' }],
      accept: (hit) => {
        if (hit.kind !== 'access') return false;
        changes.push({ counter: hit.counter, pc: hit.pc, after: read() });
        return changes.length >= most;
      },
    },
    { ...options, until: to },
  );
  return { initial, changes, ended: endOf(outcome) };
}
