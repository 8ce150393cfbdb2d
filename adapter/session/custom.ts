import type { Arguments } from './arguments.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { sendToGuest } from './console/input.ts';
import { joined } from './console/output.ts';
import { stoppedDebuggee, type SessionContext } from './context.ts';
import type { Handlers, Reply } from './handlers.ts';
import { statusOf } from './status.ts';

/** The requests that Retrograde adds and that do not move the machine: see DAP.md. */
export function customHandlers(context: SessionContext): Handlers {
  return {
    'retrograde/status': () => ({ body: statusOf(context.debuggee, context.motions) }),
    'retrograde/consoleInput': (args) => {
      sendToGuest(context, inputBytes(args));
      return {};
    },
    'retrograde/consoleOutput': (args) => consoleOutput(context, args),
    'retrograde/digest': () => {
      const { timeline } = stoppedDebuggee(context);
      return { body: { counter: timeline.counter, digest: timeline.digest() } };
    },
  };
}

function inputBytes(args: Arguments): Uint8Array {
  if (args.has('text')) return new TextEncoder().encode(args.string('text'));
  return decodeBase64(args.string('data')) ?? args.wrong('data', 'base64');
}

function consoleOutput(context: SessionContext, args: Arguments): Reply {
  const { timeline } = stoppedDebuggee(context);
  const all = joined(timeline.consoleOutput().map((run) => run.bytes));
  const start = Math.min(all.length, Math.max(0, args.optionalInteger('start') ?? 0));
  return { body: { data: encodeBase64(all.subarray(start)), start, end: all.length } };
}
