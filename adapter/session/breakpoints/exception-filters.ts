import type { DebugProtocol } from '@vscode/debugprotocol';
import type { StopCondition } from '../../../emulator/machine/stop.ts';
import {
  causeName,
  ENVIRONMENT_CALLS,
  EXCEPTION_CODES,
  FAULTS,
  INTERRUPT_CODES,
  type TrapCause,
} from '../../guests/trap-cause.ts';

/** What an exception filter stops at. */
export type ExceptionalEvent =
  /** The hart takes a trap of one of these causes. */
  | { readonly kind: 'traps'; readonly causes: readonly TrapCause[] }
  /** The kernel calls the first of these functions that it has. */
  | { readonly kind: 'calls'; readonly functions: readonly string[] }
  /** The guest powers off, asks for a reset, or ends through tohost. */
  | { readonly kind: 'guest-exit' };

/** Something that the client can ask to stop at by a name. */
interface ExceptionFilter {
  readonly filter: string;
  readonly label: string;
  readonly description: string;
  readonly event: ExceptionalEvent;
}

const exceptions = (codes: readonly number[]): TrapCause[] => codes.map((code) => ({ code, interrupt: false }));
const interrupts = (codes: readonly number[]): TrapCause[] => codes.map((code) => ({ code, interrupt: true }));

const EACH_CAUSE = [...exceptions(EXCEPTION_CODES), ...interrupts(INTERRUPT_CODES)].map((cause): ExceptionFilter => {
  const name = causeName(cause);
  return {
    filter: camelCase(name),
    label: name.charAt(0).toUpperCase() + name.slice(1),
    description: `Stops when the hart takes this trap: ${cause.interrupt ? 'interrupt' : 'exception'} ${cause.code}.`,
    event: { kind: 'traps', causes: [cause] },
  };
});

const FILTERS: readonly ExceptionFilter[] = [
  {
    filter: 'faults',
    label: 'Faults',
    description:
      'Stops when an instruction faults: illegal instruction, access fault, page fault, misaligned address, ebreak.',
    event: { kind: 'traps', causes: exceptions(FAULTS) },
  },
  {
    filter: 'environmentCalls',
    label: 'Environment calls',
    description: 'Stops at ecall: system calls and calls of the firmware.',
    event: { kind: 'traps', causes: exceptions(ENVIRONMENT_CALLS) },
  },
  {
    filter: 'interrupts',
    label: 'Interrupts',
    description: 'Stops when an interrupt is taken.',
    event: { kind: 'traps', causes: interrupts(INTERRUPT_CODES) },
  },
  {
    filter: 'panic',
    label: 'Kernel panic',
    description: 'Stops when the kernel calls panic.',
    event: { kind: 'calls', functions: ['panic'] },
  },
  {
    filter: 'oops',
    label: 'Kernel oops and BUG',
    description: 'Stops when Linux begins to report an oops or a BUG.',
    event: { kind: 'calls', functions: ['oops_enter', 'die'] },
  },
  {
    filter: 'warning',
    label: 'Kernel warning',
    description: 'Stops when Linux reports a WARN.',
    event: { kind: 'calls', functions: ['__warn', 'warn_slowpath_fmt'] },
  },
  {
    filter: 'guestExit',
    label: 'Guest exit',
    description: 'Stops when the guest powers off, asks for a reset, or ends through tohost.',
    event: { kind: 'guest-exit' },
  },
  ...EACH_CAUSE,
];

export const EXCEPTION_FILTER_NAMES: readonly string[] = FILTERS.map((one) => one.filter);

/** The filters as `initialize` announces them. */
export const EXCEPTION_BREAKPOINT_FILTERS: DebugProtocol.ExceptionBreakpointsFilter[] = FILTERS.map(
  ({ filter, label, description, event }) => ({
    filter,
    label,
    description,
    default: false,
    ...(event.kind === 'guest-exit'
      ? {}
      : { supportsCondition: true, conditionDescription: 'an expression, such as $a7 == 64 or $scause == 13' }),
  }),
);

/** What a filter is called and stops at. */
export function exceptionFilter(name: string): Pick<ExceptionFilter, 'label' | 'event'> | undefined {
  return FILTERS.find((one) => one.filter === name);
}

export function trapConditions(causes: readonly TrapCause[]): readonly StopCondition[] {
  return causes.map((cause) => ({ kind: 'trap', cause }));
}

/** `storeAmoPageFault` of `store/AMO page fault`. */
function camelCase(name: string): string {
  const words = name
    .toLowerCase()
    .replace('u-mode', 'user')
    .replace('s-mode', 'supervisor')
    .replace('m-mode', 'machine');
  return words.replace(/[^a-z]+([a-z])/g, (_all, letter: string) => letter.toUpperCase());
}
