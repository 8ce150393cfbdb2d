import type { Arguments } from '../arguments.ts';
import { stoppedDebuggee, type SessionContext } from '../context.ts';
import { RequestFailure } from '../failure.ts';
import type { Handlers, Reply } from '../handlers.ts';
import type { BreakpointLine } from '../program.ts';
import { atPlaces } from './function-plan.ts';
import { settle } from './mover.ts';

/** `retrograde/runToLine` and `retrograde/reverseRunToLine`: until a line is about to run, or back to when it was. */
export function runToLineHandlers(context: SessionContext): Handlers {
  return {
    'retrograde/runToLine': (args) => runToLine(context, args, true),
    'retrograde/reverseRunToLine': (args) => runToLine(context, args, false),
  };
}

/** The code of the line that a request names by `source` and `line`; undefined when there is none. */
export function codeOfLine(context: SessionContext, args: Arguments): BreakpointLine | undefined {
  const { client } = context;
  const { program, sources } = stoppedDebuggee(context);
  const path = client.pathFromClient(args.object('source').string('path'));
  const file = sources.fileFor(path);
  return file && program.breakpointLine(file, client.lineFromClient(args.integer('line')));
}

function runToLine(context: SessionContext, args: Arguments, forward: boolean): Reply {
  const debuggee = stoppedDebuggee(context);
  const found = codeOfLine(context, args);
  if (found === undefined) throw new RequestFailure(`There is no code at or after line ${args.integer('line')}.`);
  const goal = { conditions: atPlaces(found.places) };
  return {
    after: context.motions.prepare({
      title: `Running ${forward ? 'to' : 'back to'} line ${found.line}`,
      reason: 'step',
      backward: !forward,
      hart: 0,
      from: debuggee.timeline.counter,
      move: async (options) => {
        const mover = debuggee.mover(options);
        return settle(await (forward ? mover.forward(goal) : mover.backward(goal)));
      },
    }),
  };
}
