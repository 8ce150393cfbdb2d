import type { Hit } from '../../emulator/machine/stop.ts';
import type { MotionOutcome } from '../../emulator/replay/timeline.ts';
import type { BreakpointType } from './breakpoints.ts';
import type { GdbSession } from './session.ts';

/** Stop replies (Debugging with GDB, "Stop Reply Packets"). Signal numbers are gdb's. */

const SIGINT = 2;
const SIGTRAP = 5;

const stopReasons: Record<BreakpointType, string> = {
  0: 'swbreak',
  1: 'hwbreak',
  2: 'watch',
  3: 'rwatch',
  4: 'awatch',
};

function stopped(signal: number, hart: number, reason = ''): string {
  return `T${signal.toString(16).padStart(2, '0')}${reason}thread:${(hart + 1).toString(16)};`;
}

/** The reply before anything has moved. */
export function initialStop(): string {
  return stopped(SIGTRAP, 0);
}

function hitReply(session: GdbSession, hit: Hit): string {
  const breakpoint = session.breakpoints.find(hit);
  if (breakpoint === undefined) return stopped(SIGTRAP, hit.hart);
  const reason = stopReasons[breakpoint.type];
  if (hit.kind !== 'access') {
    return stopped(SIGTRAP, hit.hart, session.clientFeatures.has(`${reason}+`) ? `${reason}:;` : '');
  }
  // An access may begin before the watched bytes; gdb wants an address among them.
  const address = hit.address < breakpoint.address ? breakpoint.address : hit.address;
  return stopped(SIGTRAP, hit.hart, `${reason}:${address.toString(16)};`);
}

/** The reply that tells where a motion ended. */
export function stopReply(session: GdbSession, outcome: MotionOutcome): string {
  const hart = session.hartIndex;
  switch (outcome.kind) {
    case 'hit': {
      const [first] = outcome.hits;
      return first === undefined ? stopped(SIGTRAP, hart) : hitReply(session, first);
    }
    case 'arrived':
    case 'diverged':
      return stopped(SIGTRAP, hart);
    case 'start-of-recording':
      return stopped(SIGTRAP, hart, 'replaylog:begin;');
    case 'end-of-branch':
    case 'end-of-recording':
      return stopped(SIGTRAP, hart, 'replaylog:end;');
    case 'guest-exit':
      return stopped(SIGTRAP, hart, 'replaylog:end;');
    case 'cancelled':
      return stopped(SIGINT, hart);
  }
}
