import type { Hit } from '../../../emulator/machine/stop.ts';
import { formatAddress } from '../address.ts';
import type { ActiveBreakpoint, BreakpointKind } from '../breakpoints/active.ts';
import { exitText } from './exit-text.ts';
import { causeName } from '../../guests/trap-cause.ts';
import type { Ending, Movement } from './mover.ts';

/** Why the machine stands still, as the `stopped` event says it. */
export type StopReason =
  | 'entry'
  | 'step'
  | 'goto'
  | 'pause'
  | 'breakpoint'
  | 'function breakpoint'
  | 'instruction breakpoint'
  | 'data breakpoint'
  | 'exception';

export interface StopReport {
  readonly reason: StopReason;
  /** For people. */
  readonly description: string;
  readonly text: string | undefined;
  readonly hitBreakpointIds: readonly number[];
  /** The hart that stopped. */
  readonly hart: number;
  readonly hits: readonly Hit[];
}

/** What a motion was for, and from where. */
export interface MotionPurpose {
  /** The reason to give when it arrives. */
  readonly reason: 'step' | 'goto' | 'pause' | 'entry';
  readonly hart: number;
  readonly from: number;
  /** What to say when it arrives; absent: how far that was. */
  readonly arrival?: string;
  /** What is to be seen where it arrives, for people. */
  readonly text?: string;
}

export function reportOf(movement: Movement, purpose: MotionPurpose, counter: number): StopReport {
  const plain = { text: purpose.text, hitBreakpointIds: [], hart: purpose.hart, hits: [] };
  switch (movement.kind) {
    case 'goal':
    case 'arrived':
      return { ...plain, reason: purpose.reason, description: arrivalText(purpose, counter) };
    case 'breakpoint':
      return breakpointReport(movement.breakpoints, movement.hits, purpose.hart);
    case 'ended':
      return { ...plain, ...endReport(movement.ending, purpose.reason === 'step' ? 'pause' : purpose.reason) };
  }
}

function arrivalText({ reason, from, arrival }: MotionPurpose, counter: number): string {
  if (arrival !== undefined) return arrival;
  switch (reason) {
    case 'entry':
      return `Counter ${grouped(counter)}`;
    case 'goto':
      return `At counter ${grouped(counter)}, ${distanceText(from, counter)}`;
    case 'step':
    case 'pause':
      return counter === from ? 'Here already' : capitalised(distanceText(from, counter));
  }
}

/** `42,117 steps earlier`. */
export function distanceText(from: number, to: number): string {
  const distance = Math.abs(to - from);
  return `${grouped(distance)} ${distance === 1 ? 'step' : 'steps'} ${to < from ? 'earlier' : 'later'}`;
}

const REASONS: Readonly<Record<BreakpointKind, StopReason>> = {
  source: 'breakpoint',
  function: 'function breakpoint',
  instruction: 'instruction breakpoint',
  data: 'data breakpoint',
  exception: 'exception',
};

/** When several are met at once the one that says most gives the reason: a trap, a watchpoint, then the others. */
const ORDER: readonly BreakpointKind[] = ['exception', 'data', 'source', 'function', 'instruction'];

function breakpointReport(breakpoints: readonly ActiveBreakpoint[], hits: readonly Hit[], hart: number): StopReport {
  const kind = ORDER.find((one) => breakpoints.some((breakpoint) => breakpoint.kind === one)) ?? 'instruction';
  const label = breakpoints.find((breakpoint) => breakpoint.kind === kind)?.label ?? '';
  const hit = hits[0];
  return {
    reason: REASONS[kind],
    description: hitText(kind, label, hits),
    text: label,
    hitBreakpointIds: breakpoints.map(({ id }) => id),
    hart: hit?.hart ?? hart,
    hits,
  };
}

function hitText(kind: BreakpointKind, label: string, hits: readonly Hit[]): string {
  const hit = hits.find((one) => (kind === 'exception' ? one.kind === 'trap' : one.kind === 'access'));
  if (hit?.kind === 'trap') return `Trap: ${causeName(hit)} at ${formatAddress(hit.pc)}`;
  if (hit?.kind === 'access') {
    const verb = hit.write ? 'written' : 'read';
    return `Data breakpoint: ${label} was ${verb} by the instruction at ${formatAddress(hit.pc)}`;
  }
  const changed = hits.find((one) => one.kind === 'register-change');
  if (kind === 'data' && changed !== undefined) {
    return `Data breakpoint: ${label} was changed by the step at ${formatAddress(changed.pc)}`;
  }
  return `${capitalised(REASONS[kind])}: ${label}`;
}

function endReport(ending: Ending, reason: StopReason): { reason: StopReason; description: string } {
  switch (ending.kind) {
    case 'start-of-recording':
      return { reason, description: 'Start of recording' };
    case 'end-of-recording':
      if (ending.isSoFar === true) return { reason, description: 'End of what is recorded so far' };
      return {
        reason,
        description: ending.exit === undefined ? 'End of recording' : `End of recording: ${exitText(ending.exit)}`,
      };
    case 'end-of-branch':
      return {
        reason,
        description:
          ending.exit === undefined ? 'End of the branch so far' : `End of the branch: ${exitText(ending.exit)}`,
      };
    case 'guest-exit':
      return { reason, description: `End of recording: ${exitText(ending.exit)}` };
    case 'cancelled':
      return { reason: 'pause', description: 'Paused' };
    case 'diverged':
      return {
        reason: 'exception',
        description:
          `Replay diverged from the recording at counter ${grouped(ending.counter)}: the digest is ${ending.actual}, ` +
          `recorded was ${ending.expected}. Please report this with the recording.`,
      };
  }
}

/** A count with its thousands apart. */
export function grouped(count: number): string {
  return count.toLocaleString('en');
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
