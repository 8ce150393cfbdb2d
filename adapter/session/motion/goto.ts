import type { DebugProtocol } from '@vscode/debugprotocol';
import type { MotionOptions } from '../../../emulator/replay/timeline-contract.ts';
import { formatAddress } from '../address.ts';
import type { Arguments } from '../arguments.ts';
import { stoppedDebuggee, type SessionContext } from '../context.ts';
import type { Debuggee } from '../debuggee.ts';
import { RequestFailure } from '../failure.ts';
import type { Handlers, Reply } from '../handlers.ts';
import type { CodePlace } from '../program.ts';
import { motionTo } from './catalogue.ts';
import { following } from './following.ts';
import { atPlaces } from './function-plan.ts';
import { codeOfLine } from './run-to-line.ts';
import { distanceText, grouped } from './stop-report.ts';

type Side = 'before' | 'after';

/** The moment nearest to the present, on one side, at which a line ran. */
type Nearest =
  | { readonly kind: 'at'; readonly counter: number }
  | { readonly kind: 'never' }
  /** It is farther away than a client that wants to show a menu may wait. */
  | { readonly kind: 'far' };

/** What `goto` can go to, by the identifier that the client was given. */
interface GotoTarget {
  readonly line: number;
  readonly places: readonly CodePlace[];
  readonly side: Side;
  readonly nearest: Nearest;
}

/** Milliseconds that are spent on looking for the moment of a target on either side, so that its label can tell it. */
const PATIENCE = 700;

/** `gotoTargets` and `goto`: to the moments nearest to the present at which a line ran. The pc is never changed. */
export class GotoTargets {
  readonly #context: SessionContext;
  readonly #targets: GotoTarget[] = [];
  readonly handlers: Handlers = {
    gotoTargets: (args, { signal }) => this.#list(args, signal),
    goto: (args) => this.#goto(args),
  };

  constructor(context: SessionContext) {
    this.#context = context;
  }

  /** Those that exist, the nearer one first. */
  async #list(args: Arguments, signal: AbortSignal): Promise<Reply> {
    const { motions } = this.#context;
    const debuggee = stoppedDebuggee(this.#context);
    const { timeline } = debuggee;
    const found = codeOfLine(this.#context, args);
    if (found === undefined) return { body: { targets: [] } };
    const { line, places } = found;
    const origin = timeline.counter;
    const targets = await motions.ask(
      { title: `Looking for line ${line}`, isExhaustive: false },
      signal,
      async (options) => {
        const before = await nearestOn('before', debuggee, places, options);
        await timeline.travelTo(origin);
        const after = await nearestOn('after', debuggee, places, options);
        const sides: GotoTarget[] = [
          { line, places, side: 'before', nearest: before },
          { line, places, side: 'after', nearest: after },
        ];
        return sides.filter(({ nearest }) => nearest.kind !== 'never');
      },
      (counter) => timeline.travelTo(counter),
    );
    const sorted = targets.sort((a, b) => distance(a.nearest, origin) - distance(b.nearest, origin));
    return { body: { targets: sorted.map((target) => this.#offer(target, origin)) } };
  }

  #offer(target: GotoTarget, origin: number): DebugProtocol.GotoTarget {
    const { client } = this.#context;
    const { line, places, nearest, side } = target;
    const which =
      side === 'before' ? `The last time before now that line ${line} ran` : `The next time that line ${line} runs`;
    const label =
      nearest.kind === 'at'
        ? `${which}: counter ${grouped(nearest.counter)}, ${distanceText(origin, nearest.counter)}`
        : which;
    const first = places[0]?.address;
    const at = first === undefined ? {} : { instructionPointerReference: formatAddress(first) };
    return { id: this.#targets.push(target), label, line: client.lineToClient(line), ...at };
  }

  #goto(args: Arguments): Reply {
    const { client, motions } = this.#context;
    const debuggee = stoppedDebuggee(this.#context);
    const id = args.integer('targetId');
    const target = this.#targets[id - 1];
    if (target === undefined) throw new RequestFailure(`There is no goto target ${id}.`);
    const { nearest, side, line, places } = target;
    if (nearest.kind === 'at') return { after: motions.prepare(motionTo(debuggee, nearest.counter)) };
    const { timeline } = debuggee;
    const origin = timeline.counter;
    return {
      after: motions.prepare({
        title: `Looking for line ${line}`,
        reason: 'goto',
        backward: side === 'before',
        hart: 0,
        from: origin,
        move: async (options) => {
          const mover = debuggee.mover(options);
          const goal = { conditions: atPlaces(places) };
          const moved = await (side === 'before'
            ? mover.backwardUnseen(goal)
            : mover.forwardUnseen(goal, timeline.end));
          if (moved.kind === 'goal') return { kind: 'arrived' };
          if (moved.kind === 'ended' && moved.ending.kind !== 'start-of-recording') return moved;
          client.tell(`Line ${line} does not run ${side === 'before' ? 'before' : 'after'} that moment.`, 'important');
          return mover.travel(origin);
        },
      }),
    };
  }
}

/** From the present, which is left wherever the search ends. */
async function nearestOn(
  side: Side,
  debuggee: Debuggee,
  places: readonly CodePlace[],
  options: MotionOptions,
): Promise<Nearest> {
  const { timeline } = debuggee;
  const patience = new AbortController();
  const timer = setTimeout(() => {
    patience.abort();
  }, PATIENCE);
  try {
    const goal = { conditions: atPlaces(places) };
    const moved = await following([options.signal, patience.signal], (signal) => {
      const mover = debuggee.mover({ ...options, signal });
      return side === 'before' ? mover.backwardUnseen(goal) : mover.forwardUnseen(goal, timeline.end);
    });
    if (moved.kind === 'goal') return { kind: 'at', counter: timeline.counter };
    return moved.kind === 'ended' && moved.ending.kind === 'cancelled' ? { kind: 'far' } : { kind: 'never' };
  } finally {
    clearTimeout(timer);
  }
}

function distance(nearest: Nearest, from: number): number {
  return nearest.kind === 'at' ? Math.abs(nearest.counter - from) : Infinity;
}
