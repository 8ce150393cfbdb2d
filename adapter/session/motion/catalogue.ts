import type { MotionOptions } from '../../../emulator/replay/timeline-contract.ts';
import type { NamedMoment } from '../configuration/attach.ts';
import type { Debuggee } from '../debuggee.ts';
import type { Thread } from '../threads.ts';
import { stepBackInto, stepBackLine, stepBackOut } from './backward.ts';
import { backOverInstruction, overInstruction, stepInstruction } from './instruction-step.ts';
import { stepLine } from './line-step.ts';
import type { MotionPlan } from './motions.ts';
import { NO_GOAL, type Movement } from './mover.ts';
import { grouped } from './stop-report.ts';
import { stepOut } from './step-out.ts';
import type { Stepping } from './stepping.ts';
import { motionOfTask } from './task-motion.ts';
import type { VisitDirection, Visits } from './visits.ts';

/** The motions that requests and console commands ask for. */
export type MotionName =
  | 'continue'
  | 'reverse-continue'
  | 'next'
  | 'next-statement'
  | 'next-instruction'
  | 'step-in'
  | 'step-in-statement'
  | 'step-instruction'
  | 'step-out'
  | 'step-back'
  | 'step-back-statement'
  | 'step-back-instruction'
  | 'reverse-next-instruction'
  | 'reverse-step-in'
  | 'reverse-step-in-statement'
  | 'reverse-step-out';

/** Plans of motions from the present moment, each made when it is asked for. */
export function motions(debuggee: Debuggee, hart: number): Readonly<Record<MotionName, () => MotionPlan>> {
  const from = debuggee.timeline.counter;
  const plan = (
    title: string,
    reason: 'step' | 'pause',
    backward: boolean,
    move: (stepping: Stepping) => Promise<Movement>,
  ): (() => MotionPlan) => {
    return () => ({
      title,
      reason,
      backward,
      hart,
      from,
      move: (options: MotionOptions) => move(debuggee.stepping(hart, options)),
    });
  };
  const forward = (title: string, move: (stepping: Stepping) => Promise<Movement>) => plan(title, 'step', false, move);
  const back = (title: string, move: (stepping: Stepping) => Promise<Movement>) => plan(title, 'step', true, move);
  return {
    continue: plan('Running', 'pause', false, ({ mover }) => mover.forward(NO_GOAL)),
    'reverse-continue': plan('Running back', 'pause', true, ({ mover }) => mover.backward(NO_GOAL)),
    next: forward('Stepping', (stepping) => stepLine(stepping, 'nothing', 'line')),
    'next-statement': forward('Stepping', (stepping) => stepLine(stepping, 'nothing', 'statement')),
    'next-instruction': forward('Stepping', overInstruction),
    'step-in': forward('Stepping in', (stepping) => stepLine(stepping, 'calls', 'line')),
    'step-in-statement': forward('Stepping in', (stepping) => stepLine(stepping, 'calls', 'statement')),
    'step-instruction': forward('Stepping', stepInstruction),
    'step-out': forward('Stepping out', stepOut),
    'step-back': back('Stepping back', (stepping) => stepBackLine(stepping, 'line')),
    'step-back-statement': back('Stepping back', (stepping) => stepBackLine(stepping, 'statement')),
    'step-back-instruction': back('Stepping back', ({ mover }) => mover.reverseStep()),
    'reverse-next-instruction': back('Stepping back', backOverInstruction),
    'reverse-step-in': back('Stepping back into the call', (stepping) => stepBackInto(stepping, 'line')),
    'reverse-step-in-statement': back('Stepping back into the call', (stepping) => stepBackInto(stepping, 'statement')),
    'reverse-step-out': back('Stepping back out', stepBackOut),
  };
}

/** The plan of stepping into what one instruction calls. */
export function motionIntoCall(debuggee: Debuggee, hart: number, call: bigint): MotionPlan {
  const move = (options: MotionOptions): Promise<Movement> =>
    stepLine(debuggee.stepping(hart, options), { call }, 'line');
  return { ...motions(debuggee, hart)['step-in'](), move };
}

/** Whether a motion goes by itself, whatever a thread does. */
export function movesEveryHart(name: MotionName): boolean {
  return name === 'continue' || name === 'reverse-continue';
}

/** The plan of a motion of a thread; of a task that is on no hart, to where it goes on, or was left. */
export function motionOfThread(debuggee: Debuggee, name: MotionName, thread: Thread): MotionPlan {
  if (thread.kind === 'hart') return motions(debuggee, thread.hart)[name]();
  const plan = motions(debuggee, 0)[name]();
  return movesEveryHart(name) ? plan : motionOfTask(debuggee, thread.task, !plan.backward);
}

/** The plan of going to a moment. One that is not recorded leads to the nearer end of the recording, which the stop says. */
export function motionTo(debuggee: Debuggee, moment: NamedMoment): MotionPlan {
  const { timeline } = debuggee;
  const counter = moment === 'start' ? 0 : moment === 'end' ? timeline.end : moment;
  return {
    title: `Travelling to ${grouped(counter)}`,
    reason: 'goto',
    backward: counter < timeline.counter,
    hart: 0,
    from: timeline.counter,
    move: async (options) => {
      const moved = await debuggee.mover(options).travel(counter);
      return moved.kind === 'arrived' ? (endOfHistory(debuggee) ?? moved) : moved;
    },
  };
}

/** The plan of going to the moment before, or after, among those visited. Undefined when there is none that way. */
export function motionAlong(debuggee: Debuggee, visits: Visits, direction: VisitDirection): MotionPlan | undefined {
  const counter = visits.toward(direction);
  return counter === undefined ? undefined : { ...motionTo(debuggee, counter), along: direction };
}

/** The present moment as an end of history, when it is one. */
export function endOfHistory({ timeline }: Debuggee): Movement | undefined {
  if (timeline.counter === 0) return { kind: 'ended', ending: { kind: 'start-of-recording' } };
  if (timeline.counter < timeline.end || timeline.mode !== 'replaying') return undefined;
  const kind = timeline.branch === undefined ? 'end-of-recording' : 'end-of-branch';
  return { kind: 'ended', ending: { kind, exit: timeline.exit } };
}
