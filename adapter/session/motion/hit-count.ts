import type { Hit, StopCondition } from '../../../emulator/machine/stop.ts';
import type { MotionOptions, MotionOutcome, TimelineContract } from '../../../emulator/replay/timeline-contract.ts';
import { ActiveBreakpoints, type CountedBreakpoint } from '../breakpoints/active.ts';
import { Meetings } from '../breakpoints/meetings.ts';

/**
 * Looks at all that was before the present moment for breakpoints whose hits are counted, as far as nobody has yet: from power-on
 * at first, which takes as long as running to here, afterwards hardly anything. The machine is back in the present then. Returns how
 * it ended, if not so.
 */
export async function lookAt(
  timeline: TimelineContract,
  counted: readonly CountedBreakpoint[],
  options: MotionOptions,
): Promise<Exclude<MotionOutcome, { kind: 'hit' | 'arrived' }> | undefined> {
  const present = timeline.counter;
  for (const { hits } of counted) hits.log.follow(timeline.branch);
  const unknown = counted.filter(({ hits }) => hits.log.lookedTo < present);
  if (unknown.length === 0) return undefined;
  const active = new ActiveBreakpoints(unknown);
  const meetings = new Meetings(timeline, active);
  const start = Math.min(...unknown.map(({ hits }) => hits.log.lookedTo));
  const ended = await look(timeline, { start, present }, active.conditions, meetings, options);
  const { counter } = timeline;
  for (const { hits } of unknown) if (counter >= start) hits.log.looked(Math.min(counter, present));
  if (ended === undefined || ended.kind === 'diverged') return ended;
  await timeline.travelTo(present);
  return ended;
}

async function look(
  timeline: TimelineContract,
  { start, present }: { readonly start: number; readonly present: number },
  conditions: readonly StopCondition[],
  meetings: Meetings,
  options: MotionOptions,
): Promise<Exclude<MotionOutcome, { kind: 'hit' | 'arrived' }> | undefined> {
  const placed = await timeline.travelTo(start, options);
  if (placed.kind !== 'arrived') return placed.kind === 'hit' ? undefined : placed;
  meetings.countHere();
  const note = (hit: Hit): boolean => {
    meetings.pass(hit);
    return false;
  };
  const ran = await timeline.run({ conditions, accept: note }, { ...options, until: present });
  return ran.kind === 'hit' || ran.kind === 'arrived' ? undefined : ran;
}
