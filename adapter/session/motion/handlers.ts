import type { Arguments } from '../arguments.ts';
import { parseMoment } from '../configuration/attach.ts';
import { debuggeeOf, hartOf, stoppedDebuggee, type SessionContext } from '../context.ts';
import type { Debuggee } from '../debuggee.ts';
import { RequestFailure } from '../failure.ts';
import type { Handlers, Reply } from '../handlers.ts';
import { canStepOut } from './forward.ts';
import { motionTo, motions, type MotionName } from './catalogue.ts';

/** The requests that move the machine. */
export function motionHandlers(context: SessionContext): Handlers {
  const motion = (name: MotionName, ofInstruction: MotionName = name) => {
    return (args: Arguments): Reply => move(context, isByInstruction(args) ? ofInstruction : name, args);
  };
  return {
    continue: (args) => {
      const { after } = move(context, 'continue', args);
      return { body: { allThreadsContinued: true }, ...(after === undefined ? {} : { after }) };
    },
    reverseContinue: motion('reverse-continue'),
    next: motion('next', 'next-instruction'),
    stepIn: motion('step-in', 'step-instruction'),
    stepOut: (args) => {
      const debuggee = stoppedDebuggee(context);
      if (!canStepOut(debuggee.stepping(hartOf(debuggee, args.integer('threadId')), {}))) {
        throw new RequestFailure('This frame has no known caller to step out to.');
      }
      return move(context, 'step-out', args);
    },
    stepBack: motion('step-back', 'step-back-instruction'),
    'retrograde/reverseStepIn': motion('reverse-step-in', 'step-back-instruction'),
    'retrograde/reverseStepOut': motion('reverse-step-out'),
    'retrograde/travel': (args) => {
      const moment = parseMoment(args, 'counter');
      if (moment === undefined) return args.wrong('counter', 'a counter, "start" or "end"');
      const debuggee = stoppedDebuggee(context);
      return { after: context.motions.prepare(motionTo(debuggee, moment)) };
    },
    pause: () => {
      const debuggee = debuggeeOf(context);
      // A client that pauses a machine that has just stopped still waits for an event.
      if (!context.motions.moving)
        return {
          after: () => {
            repeatStop(context, debuggee);
          },
        };
      context.motions.pause();
      return {};
    },
  };
}

function move(context: SessionContext, name: MotionName, args: Arguments): Reply {
  const debuggee = stoppedDebuggee(context);
  // Clients name the thread in every motion; there is no use in being strict about those that don't need one.
  const hart = hartOf(debuggee, args.optionalInteger('threadId') ?? 1);
  return { after: context.motions.prepare(motions(debuggee, hart)[name]()) };
}

function isByInstruction(args: Arguments): boolean {
  return args.optionalOneOf('granularity', ['statement', 'line', 'instruction']) === 'instruction';
}

function repeatStop(context: SessionContext, debuggee: Debuggee): void {
  if (context.motions.moving) return;
  context.motions.stop({
    reason: 'pause',
    description: `Counter ${debuggee.timeline.counter.toLocaleString('en')}`,
    text: undefined,
    hitBreakpointIds: [],
    hart: 0,
    hits: [],
  });
}
