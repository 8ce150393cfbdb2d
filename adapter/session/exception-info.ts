import type { Arguments } from './arguments.ts';
import { formatAddress } from './address.ts';
import { stoppedDebuggee, type SessionContext } from './context.ts';
import { RequestFailure } from './failure.ts';
import type { Handlers, Reply } from './handlers.ts';
import { hartOf } from './threads.ts';
import { causeName } from '../guests/trap-cause.ts';

/** CSR numbers (privileged specification, chapter 2). */
const STVAL = 0x143;
const MTVAL = 0x343;

/** `exceptionInfo`: about the trap at which the machine stopped. */
export function exceptionHandlers(context: SessionContext): Handlers {
  return { exceptionInfo: (args) => exceptionInfo(context, args) };
}

function exceptionInfo(context: SessionContext, args: Arguments): Reply {
  const debuggee = stoppedDebuggee(context);
  const hart = hartOf(debuggee, args.integer('threadId'));
  const last = context.motions.last;
  if (last?.reason !== 'exception')
    throw new RequestFailure('The machine did not stop at a trap, a panic, or the like.');
  const trap = last.hits.find((hit) => hit.kind === 'trap');
  if (trap === undefined && last.hitBreakpointIds.length > 0) {
    return { body: { exceptionId: last.text ?? 'exception', description: last.description, breakMode: 'always' } };
  }
  if (trap === undefined) {
    return { body: { exceptionId: 'divergence', description: last.description, breakMode: 'always' } };
  }
  const view = debuggee.timeline.harts[hart];
  // Forward the machine stands after the trap, and the handler's CSRs tell of it; backward it has not been taken.
  const taken = debuggee.timeline.counter > trap.counter;
  const value = taken ? view?.readCsr(view.privilege === 'M' ? MTVAL : STVAL) : undefined;
  const about = value === undefined || value === 0n ? '' : `, ${formatAddress(value)}`;
  const symbol = debuggee.program.functionAt(trap.pc)?.name;
  const where = `${formatAddress(trap.pc)}${symbol === undefined ? '' : ` in ${symbol}`}`;
  return {
    body: {
      exceptionId: causeName(trap),
      description: `${causeName(trap)} at ${where}${about}`,
      breakMode: 'always',
      details: {
        typeName: trap.interrupt ? 'interrupt' : 'exception',
        fullTypeName: causeName(trap),
        message: `cause ${trap.code}`,
        ...(taken && view !== undefined ? { evaluateName: view.privilege === 'M' ? '$mcause' : '$scause' } : {}),
      },
    },
  };
}
