import type { DebugProtocol } from '@vscode/debugprotocol';
import type { SearchPredicate } from '../../../emulator/machine/predicate.ts';
import type { TimelineContract } from '../../../emulator/replay/timeline-contract.ts';
import { ifKnown } from '../../guests/guest-error.ts';
import { formatAddress } from '../address.ts';
import { RequestFailure } from '../failure.ts';
import type { GuestView } from '../guest/guest-view.ts';

/** Where a breakpoint counts: everywhere, or only in one address space or task. */
export type Restriction =
  /** satp has this value. */
  | { readonly kind: 'space'; readonly value: bigint }
  /** The hart executes the task that the kernel keeps here. */
  | { readonly kind: 'task'; readonly value: bigint };

/** How breakpoints may be meant, as `initialize` announces it. The first is meant when the client names none. */
export const BREAKPOINT_MODES: DebugProtocol.BreakpointMode[] = [
  {
    mode: 'virtual',
    label: 'Virtual address',
    description: 'Wherever the virtual address is used, in any address space.',
    appliesTo: ['source', 'instruction', 'data', 'exception'],
  },
  {
    mode: 'physical',
    label: 'Physical address',
    description: 'The memory that the address leads to now, through whatever virtual address it is accessed.',
    appliesTo: ['data'],
  },
  {
    mode: 'space',
    label: 'This address space only',
    description: 'Only while satp is what it is now.',
    appliesTo: ['source', 'instruction', 'data', 'exception'],
  },
  {
    mode: 'task',
    label: 'This task only',
    description: 'Only while the hart executes the task that it executes now.',
    appliesTo: ['source', 'instruction', 'data', 'exception'],
  },
];

/** The mode in the arguments of a request; `virtual` when there is none. */
export function knownMode(mode: string | undefined, what: 'source' | 'instruction' | 'data' | 'exception'): string {
  const found = BREAKPOINT_MODES.find((one) => one.mode === (mode ?? 'virtual'));
  if (found?.appliesTo.includes(what) === true) return found.mode;
  throw new RequestFailure(`There is no mode "${mode}" of ${what} breakpoints.`);
}

/** What the modes mean in a machine, at the present moment of it. */
export class BreakpointModes {
  constructor(
    private readonly timeline: TimelineContract,
    private readonly guestView: GuestView,
  ) {}

  /** What a mode restricts a breakpoint to that is set now. Throws a RequestFailure where nobody can tell. */
  restriction(mode: string): Restriction | undefined {
    const [hart] = this.timeline.harts;
    if (hart === undefined || (mode !== 'space' && mode !== 'task')) return undefined;
    if (mode === 'space') return { kind: 'space', value: this.guestView.spaceOf(0) };
    const task = ifKnown(() => this.guestView.guest.currentTask(hart))?.address;
    if (task === undefined) throw new RequestFailure('Nobody can tell which task the hart executes here.');
    return { kind: 'task', value: task };
  }

  /** What holds where a breakpoint counts. Throws a RequestFailure where nobody can tell. */
  predicate(restriction: Restriction): SearchPredicate {
    if (restriction.kind === 'space') {
      return { kind: 'compare', operand: { kind: 'satp' }, comparison: '==', value: restriction.value };
    }
    const executes = ifKnown(() => this.guestView.guest.executes(0, restriction.value));
    if (executes === undefined) throw new RequestFailure('Nobody can tell which task the hart executes here.');
    return executes;
  }
}

/** For people. */
export function restrictionText({ kind, value }: Restriction): string {
  return kind === 'space'
    ? `Only while satp is ${formatAddress(value)}.`
    : `Only in the task at ${formatAddress(value)}.`;
}
