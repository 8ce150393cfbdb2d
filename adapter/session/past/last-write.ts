import type { MotionOptions, MotionOutcome, TimelineContract } from '../../../emulator/replay/timeline-contract.ts';
import type { WatchedData } from '../breakpoints/watched-data.ts';

/** The answer to "who last wrote this?". */
export type LastWrite =
  /** By a store of a hart, or by a device while the hart carried out what it does at `pc`. */
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
 * that leads there. Moves the timeline, and leaves it anywhere.
 */
export async function lastWrite(
  timeline: TimelineContract,
  data: WatchedData & { readonly space: 'physical' },
  options: MotionOptions,
): Promise<LastWrite> {
  const read = (): Uint8Array => timeline.readPhysical(data.address, data.length).bytes;
  const origin = timeline.counter;
  const present = read();
  const outcome = await timeline.runBackTo({ conditions: [{ kind: 'access', ...data, access: 'write' }] }, options);
  if (outcome.kind === 'hit') {
    const { counter } = timeline;
    const pc = timeline.harts[outcome.hits[0]?.hart ?? 0]?.pc ?? 0n;
    const before = read();
    await timeline.step();
    const after = read();
    if (!equalBytes(after, present)) return writtenByDevice(timeline, read, timeline.counter, origin, options);
    return { kind: 'store', counter, pc, before, after };
  }
  if (outcome.kind !== 'start-of-recording') {
    if (outcome.kind === 'arrived') throw new Error('A search backwards without a bound arrived nowhere.');
    return { kind: 'ended', outcome };
  }
  if (equalBytes(read(), present)) return { kind: 'initial' };
  return writtenByDevice(timeline, read, 0, origin, options);
}

/**
 * The bytes differ between two moments although no hart stored to them. Halves the stretch until one step is left that
 * changes them to what they are at its end.
 */
async function writtenByDevice(
  timeline: TimelineContract,
  read: () => Uint8Array,
  from: number,
  to: number,
  options: MotionOptions,
): Promise<LastWrite> {
  let [low, high] = [from, to];
  const travel = async (counter: number): Promise<Uint8Array | LastWrite> => {
    const outcome = await timeline.travelTo(counter, options);
    if (outcome.kind === 'cancelled' || outcome.kind === 'diverged') return { kind: 'ended', outcome };
    return read();
  };
  const after = await travel(to);
  if (!(after instanceof Uint8Array)) return after;
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2);
    const bytes = await travel(middle);
    if (!(bytes instanceof Uint8Array)) return bytes;
    if (equalBytes(bytes, after)) high = middle;
    else low = middle;
  }
  const before = await travel(low);
  if (!(before instanceof Uint8Array)) return before;
  return { kind: 'device', counter: low, pc: timeline.harts[0]?.pc ?? 0n, before, after };
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
