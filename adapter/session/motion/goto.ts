import { formatAddress } from '../address.ts';
import type { Arguments } from '../arguments.ts';
import { stoppedDebuggee, type SessionContext } from '../context.ts';
import { RequestFailure } from '../failure.ts';
import type { Handlers, Reply } from '../handlers.ts';
import type { CodePlace } from '../program.ts';
import { hartOf } from '../threads.ts';
import { toNearestMoment } from './nearest-moment.ts';

/** A line that `goto` can go to, by the identifier that the client was given. */
interface GotoLine {
  readonly label: string;
  readonly places: readonly CodePlace[];
}

/** `gotoTargets` and `goto`: to the moment nearest to the present at which a line ran. The pc is never changed. */
export class GotoTargets {
  readonly #context: SessionContext;
  readonly #lines: GotoLine[] = [];
  readonly handlers: Handlers = {
    gotoTargets: (args) => this.#targets(args),
    goto: (args) => this.#goto(args),
  };

  constructor(context: SessionContext) {
    this.#context = context;
  }

  #targets(args: Arguments): Reply {
    const { client } = this.#context;
    const { program, sources } = stoppedDebuggee(this.#context);
    const path = client.pathFromClient(args.object('source').string('path'));
    const file = sources.fileFor(path);
    const found = file && program.breakpointLine(file, client.lineFromClient(args.integer('line')));
    if (found === undefined) return { body: { targets: [] } };
    const label = `The nearest moment at which line ${found.line} ran`;
    const id = this.#lines.push({ label, places: found.places });
    const first = found.places[0]?.address;
    const at = first === undefined ? {} : { instructionPointerReference: formatAddress(first) };
    return { body: { targets: [{ id, label, line: client.lineToClient(found.line), ...at }] } };
  }

  #goto(args: Arguments): Reply {
    const { client, motions } = this.#context;
    const debuggee = stoppedDebuggee(this.#context);
    const id = args.integer('targetId');
    const line = this.#lines[id - 1];
    if (line === undefined) throw new RequestFailure(`There is no goto target ${id}.`);
    const { timeline } = debuggee;
    return {
      after: motions.prepare({
        title: line.label,
        reason: 'goto',
        backward: true,
        hart: hartOf(debuggee, args.optionalInteger('threadId') ?? 1),
        from: timeline.counter,
        move: async (options) => {
          const moved = await toNearestMoment(debuggee.mover(options), line.places, timeline.end);
          if (moved.kind !== 'never') return moved;
          client.tell('That line runs at no other recorded moment.', 'important');
          return { kind: 'arrived' };
        },
      }),
    };
  }
}
