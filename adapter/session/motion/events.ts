import type { HostEvent } from '../../../emulator/machine/machine.ts';
import type { Debuggee } from '../debuggee.ts';
import { RequestFailure } from '../failure.ts';
import { motionTo } from './catalogue.ts';
import type { MotionPlan } from './motions.ts';

/** What `retrograde/nextEvent` and `retrograde/previousEvent` look for. */
export const EVENT_KINDS = ['input', 'interrupt', 'exception', 'trap'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

const NAMES: Readonly<Record<EventKind, string>> = {
  input: 'host input',
  interrupt: 'interrupt',
  exception: 'exception',
  trap: 'trap',
};

/** Bytes of an input that are shown. */
const MOST_SHOWN = 40;

/**
 * The plan of going to the moment before the next or previous thing of a kind happens: input from the host crosses into the guest, a
 * hart takes a trap. Breakpoints do not stop it. Throws a RequestFailure when no input was recorded that way.
 */
export function motionToEvent(debuggee: Debuggee, kind: EventKind, forward: boolean): MotionPlan {
  return kind === 'input' ? toInput(debuggee, forward) : toTrap(debuggee, kind, forward);
}

function toInput(debuggee: Debuggee, forward: boolean): MotionPlan {
  const { timeline } = debuggee;
  const { counter } = timeline;
  const inputs = timeline.inputs();
  const event = forward
    ? inputs.find((input) => input.counter > counter)
    : inputs.filter((input) => input.counter < counter).at(-1);
  if (event === undefined) {
    throw new RequestFailure(`No host input was recorded ${forward ? 'after' : 'before'} this moment.`, false);
  }
  return { ...motionTo(debuggee, event.counter), text: describe(event) };
}

function toTrap(debuggee: Debuggee, kind: Exclude<EventKind, 'input'>, forward: boolean): MotionPlan {
  const { timeline } = debuggee;
  const goal = {
    conditions: [{ kind: 'trap', cause: undefined } as const],
    accept: (hit: { readonly kind: string; readonly interrupt?: boolean }) =>
      hit.kind === 'trap' && (kind === 'trap' || (kind === 'interrupt') === hit.interrupt),
  };
  return {
    title: `Looking for the ${forward ? 'next' : 'previous'} ${NAMES[kind]}`,
    reason: 'goto',
    backward: !forward,
    hart: 0,
    from: timeline.counter,
    move: async (options) => {
      const mover = debuggee.mover(options);
      if (!forward) return mover.backwardUnseen(goal);
      // Forwards it stops behind the trap; and the one that is about to be taken here has been arrived at.
      const origin = timeline.counter;
      let moved = await mover.forwardUnseen(goal, Infinity);
      if (moved.kind === 'goal' && moved.hit.counter === origin) moved = await mover.forwardUnseen(goal, Infinity);
      return moved.kind === 'goal' ? mover.travel(moved.hit.counter) : moved;
    },
  };
}

/** What is about to cross into the guest. */
function describe(event: HostEvent): string {
  const count = `${event.bytes.length} ${event.bytes.length === 1 ? 'byte' : 'bytes'}`;
  if (event.kind === 'entropy') return `${count} of randomness`;
  const text = new TextDecoder().decode(event.bytes.subarray(0, MOST_SHOWN));
  const more = event.bytes.length > MOST_SHOWN ? '…' : '';
  return `${count} of input for ${event.device}: ${JSON.stringify(text)}${more}`;
}
