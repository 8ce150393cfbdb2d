import type { DebugProtocol } from '@vscode/debugprotocol';
import type { StopCondition } from '../../../emulator/machine/stop.ts';
import { ENVIRONMENT_CALLS, FAULTS, INTERRUPT_CODES } from '../../guests/trap-cause.ts';

/** A kind of trap that the client can ask to stop at. */
interface ExceptionFilter {
  readonly filter: string;
  readonly label: string;
  readonly description: string;
  readonly codes: readonly number[];
  readonly interrupt: boolean;
}

const FILTERS: readonly ExceptionFilter[] = [
  {
    filter: 'faults',
    label: 'Faults',
    description:
      'Stops when an instruction faults: illegal instruction, access fault, page fault, misaligned address, ebreak.',
    codes: FAULTS,
    interrupt: false,
  },
  {
    filter: 'environmentCalls',
    label: 'Environment calls',
    description: 'Stops at ecall: system calls and calls of the firmware.',
    codes: ENVIRONMENT_CALLS,
    interrupt: false,
  },
  {
    filter: 'interrupts',
    label: 'Interrupts',
    description: 'Stops when an interrupt is taken.',
    codes: INTERRUPT_CODES,
    interrupt: true,
  },
];

export const EXCEPTION_FILTER_NAMES: readonly string[] = FILTERS.map((one) => one.filter);

/** The filters as `initialize` announces them. */
export const EXCEPTION_BREAKPOINT_FILTERS: DebugProtocol.ExceptionBreakpointsFilter[] = FILTERS.map(
  ({ filter, label, description }) => ({ filter, label, description, default: false }),
);

export function exceptionLabel(filter: string): string {
  return FILTERS.find((one) => one.filter === filter)?.label ?? filter;
}

export function exceptionConditions(filter: string): readonly StopCondition[] {
  const found = FILTERS.find((one) => one.filter === filter);
  if (found === undefined) return [];
  return found.codes.map((code) => ({ kind: 'trap', cause: { code, interrupt: found.interrupt } }));
}
