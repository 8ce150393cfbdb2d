import type { MotionOptions, MotionOutcome, TimelineContract } from '../../../emulator/replay/timeline-contract.ts';
import type { WatchedData } from '../breakpoints/watched-data.ts';

/** The answer to "who last wrote this?". */
export type LastWrite =
  /** By a store of a hart, or by a device while the hart stood at `pc`. */
  | {
      readonly kind: 'store' | 'device';
      /** The moment before the step. */
      readonly counter: number;
      readonly pc: bigint;
      readonly before: Uint8Array;
      readonly after: Uint8Array;
    }
  /** They are as the machine was loaded, or nothing but zeros. */
  | { readonly kind: 'initial' }
  | {
      readonly kind: 'ended';
      readonly outcome: Exclude<MotionOutcome, { kind: 'hit' | 'arrived' | 'start-of-recording' }>;
    };

/**
 * The last moment before the present at which bytes of physical memory were written. Stores are seen at any virtual address
 * that leads there, and those of devices too. Moves the timeline, and leaves it anywhere.
 */
export async function lastWrite(
  timeline: TimelineContract,
  data: WatchedData & { readonly space: 'physical' },
  options: MotionOptions,
): Promise<LastWrite> {
  const read = (): Uint8Array => timeline.readPhysical(data.address, data.length).bytes;
  const outcome = await timeline.runBackTo({ conditions: [{ kind: 'access', ...data, access: 'write' }] }, options);
  switch (outcome.kind) {
    case 'hit': {
      const { counter } = timeline;
      const [first] = outcome.hits;
      const pc = timeline.harts[first?.hart ?? 0]?.pc ?? 0n;
      const before = read();
      await timeline.step();
      const isByDevice = outcome.hits.every((hit) => hit.kind === 'access' && hit.byDevice);
      return { kind: isByDevice ? 'device' : 'store', counter, pc, before, after: read() };
    }
    case 'start-of-recording':
      return { kind: 'initial' };
    case 'arrived':
      throw new Error('A search backwards without a bound arrived nowhere.');
    default:
      return { kind: 'ended', outcome };
  }
}
