import { holds } from '../../../emulator/machine/predicate-evaluation.ts';
import type { Hit } from '../../../emulator/machine/stop.ts';
import type { TimelineContract } from '../../../emulator/replay/timeline-contract.ts';
import type { ActiveBreakpoint, ActiveBreakpoints } from './active.ts';
import { isWanted } from './hit-condition.ts';

/**
 * Which breakpoints the hits of one movement meet. A hit is judged once, with the machine at it, for later the machine may stand
 * elsewhere.
 */
export class Meetings {
  readonly #judged = new Map<Hit, ActiveBreakpoint | undefined>();

  constructor(
    private readonly timeline: TimelineContract,
    private readonly active: ActiveBreakpoints,
  ) {}

  /** The breakpoint or logpoint that a hit meets; undefined when its condition is somebody else's, or asks for more. */
  metBy(hit: Hit): ActiveBreakpoint | undefined {
    if (this.#judged.has(hit)) return this.#judged.get(hit);
    const met = this.#judge(hit);
    this.#judged.set(hit, met);
    return met;
  }

  /** Whether a hit is of code that appears, goes or moves. */
  isArrival(hit: Hit): boolean {
    return this.active.isArrival(hit);
  }

  /** Whether the machine is to stop at a hit. */
  stopsAt(hit: Hit): boolean {
    const met = this.metBy(hit);
    return met !== undefined && met.log === undefined;
  }

  /** A motion forwards comes to a hit: it is counted, and a logpoint that it meets prints what it has to say. */
  pass(hit: Hit): void {
    this.active.having(hit.condition)?.hits?.log.looked(hit.counter);
    this.metBy(hit)?.log?.print(this.timeline, hit.hart);
  }

  /** A motion forwards begins at the present moment, and leaves behind what is met there. It counts all the same. */
  countHere(): void {
    if (this.active.counted.length > 0) for (const hit of this.here()) this.metBy(hit);
  }

  /** A motion forwards has come to the present moment without looking at the instruction there. */
  passHere(): readonly Hit[] {
    const hits = this.here();
    for (const hit of hits) this.pass(hit);
    return hits;
  }

  /** The hits of instructions about to be executed at the present moment, which a run that begins here leaves behind. */
  here(): readonly Hit[] {
    const { timeline, active } = this;
    return timeline.harts.flatMap((view) => {
      const { index: hart, pc: address } = view;
      const read = (from: bigint, length: number): Uint8Array => timeline.readVirtual(hart, from, length).bytes;
      return active
        .at(address)
        .filter(({ when }) => when === undefined || holds(when, view, read))
        .map((condition): Hit => ({ kind: 'instruction', counter: timeline.counter, hart, condition, address }));
    });
  }

  #judge(hit: Hit): ActiveBreakpoint | undefined {
    const breakpoint = this.active.having(hit.condition);
    if (breakpoint?.test?.holds(this.timeline, hit.hart) === false) return undefined;
    const { hits } = breakpoint ?? {};
    if (hits === undefined) return breakpoint;
    const number = hits.log.numberOf(hit.counter);
    hits.log.note(hit.counter);
    return isWanted(hits.condition, number) ? breakpoint : undefined;
  }
}
