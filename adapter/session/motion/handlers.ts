import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Arguments } from '../arguments.ts';
import { parseMoment } from '../configuration/attach.ts';
import { debuggeeOf, stoppedDebuggee, type SessionContext } from '../context.ts';
import type { Debuggee } from '../debuggee.ts';
import { RequestFailure } from '../failure.ts';
import type { Handlers, Reply } from '../handlers.ts';
import { restartFrame } from './backward.ts';
import { inlinedCallsOf } from '../program.ts';
import { hartOf, threadNumbered, type Thread } from '../threads.ts';
import { canStepOut } from './step-out.ts';
import type { MotionPlan } from './motions.ts';
import { motionAlong, motionIntoCall, motionOfThread, motionTo, type MotionName } from './catalogue.ts';
import { EVENT_KINDS, motionToEvent } from './events.ts';
import { motionToPosition } from './positions.ts';
import { StepInTargets } from './step-in-targets.ts';
import type { VisitDirection } from './visits.ts';

/** The requests that move the machine. */
export function motionHandlers(context: SessionContext): Handlers {
  const motion = (name: MotionName) => (args: Arguments) => move(context, name, args);
  const step = (by: Readonly<Record<DebugProtocol.SteppingGranularity, MotionName>>) => {
    return (args: Arguments): Reply => {
      const granularity = args.optionalOneOf('granularity', ['statement', 'line', 'instruction']);
      return move(context, by[granularity ?? 'line'], args);
    };
  };
  const stepIn = step({ line: 'step-in', statement: 'step-in-statement', instruction: 'step-instruction' });
  const targets = new StepInTargets(context);
  return {
    ...targets.handlers,
    continue: (args) => {
      const { after } = move(context, 'continue', args);
      return { body: { allThreadsContinued: true }, ...(after === undefined ? {} : { after }) };
    },
    reverseContinue: motion('reverse-continue'),
    next: step({ line: 'next', statement: 'next-statement', instruction: 'next-instruction' }),
    stepIn: (args) => {
      const target = args.optionalInteger('targetId');
      if (target === undefined) return stepIn(args);
      const debuggee = stoppedDebuggee(context);
      const hart = hartOf(debuggee, args.optionalInteger('threadId') ?? 1);
      return { after: context.motions.prepare(motionIntoCall(debuggee, hart, targets.callOf(target))) };
    },
    stepOut: motion('step-out'),
    stepBack: step({ line: 'step-back', statement: 'step-back-statement', instruction: 'step-back-instruction' }),
    'retrograde/reverseNext': step({
      line: 'step-back',
      statement: 'step-back-statement',
      instruction: 'reverse-next-instruction',
    }),
    'retrograde/reverseStepIn': step({
      line: 'reverse-step-in',
      statement: 'reverse-step-in-statement',
      instruction: 'step-back-instruction',
    }),
    'retrograde/reverseStepOut': motion('reverse-step-out'),
    restartFrame: (args) => ({ after: context.motions.prepare(frameRestart(context, args.integer('frameId'))) }),
    'retrograde/travel': (args) => {
      const debuggee = stoppedDebuggee(context);
      const named = args.raw('counter');
      if (typeof named === 'string') return { after: context.motions.prepare(motionToPosition(debuggee, named)) };
      const moment = parseMoment(args, 'counter');
      if (moment === undefined) return args.wrong('counter', 'a counter, or a moment as "/travel" takes it');
      return { after: context.motions.prepare(motionTo(debuggee, moment)) };
    },
    'retrograde/navigate': (args) => {
      const direction = args.oneOf('to', ['back', 'forth']);
      return { after: context.motions.prepare(planAlong(context, direction)) };
    },
    'retrograde/nextEvent': (args) => event(context, args, true),
    'retrograde/previousEvent': (args) => event(context, args, false),
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
  const thread = threadNumbered(debuggee, args.optionalInteger('threadId') ?? 1);
  return { after: context.motions.prepare(planOf(debuggee, name, thread)) };
}

/** The plan of a motion of a thread. Throws a RequestFailure when it has nowhere to go. */
export function planOf(debuggee: Debuggee, name: MotionName, thread: Thread): MotionPlan {
  if (name === 'step-out' && thread.kind === 'hart' && !canStepOut(debuggee.stepping(thread.hart, {}))) {
    throw new RequestFailure('This frame has no known caller to step out to.');
  }
  return motionOfThread(debuggee, name, thread);
}

function event(context: SessionContext, args: Arguments, forward: boolean): Reply {
  const kind = args.optionalOneOf('kind', EVENT_KINDS) ?? 'input';
  return { after: context.motions.prepare(motionToEvent(stoppedDebuggee(context), kind, forward)) };
}

/** The plan of going to where the machine stood before the last motion, or again to where that had led. */
export function planAlong(context: SessionContext, direction: VisitDirection): MotionPlan {
  const plan = motionAlong(stoppedDebuggee(context), context.motions.visits, direction);
  if (plan !== undefined) return plan;
  throw new RequestFailure(
    direction === 'back' ? 'No moment was visited before this one.' : 'No moment was left by going back.',
  );
}

function frameRestart(context: SessionContext, frameId: number): MotionPlan {
  const debuggee = stoppedDebuggee(context);
  const { hart, frame, inlineDepth, function: active } = context.view.frame(frameId);
  const { program } = debuggee;
  const fn = program.functionAt(frame.lookup);
  if (fn === undefined) throw new RequestFailure('No function is known here, so nobody knows where the frame began.');
  const inlined = inlinedCallsOf(program, frame).slice(0, inlineDepth);
  return {
    title: `Going back to the beginning of ${active?.name ?? fn.name}`,
    reason: 'goto',
    backward: true,
    hart,
    from: debuggee.timeline.counter,
    move: (options) => restartFrame(debuggee.stepping(hart, options), { function: fn, cfa: frame.cfa }, inlined),
  };
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
