import type { Arguments } from './arguments.ts';
import { stoppedDebuggee, type SessionContext } from './context.ts';
import { RequestFailure } from './failure.ts';
import type { Handlers, Reply } from './handlers.ts';

/** `locations`: where a variable is declared, and the function that a pointer points to. */
export function locationHandlers(context: SessionContext): Handlers {
  return { locations: (args) => locations(context, args) };
}

async function locations(context: SessionContext, args: Arguments): Promise<Reply> {
  const { sources } = stoppedDebuggee(context);
  const { client, view } = context;
  const position = view.location(args.integer('locationReference'))();
  if (position === undefined) throw new RequestFailure('The debug information names no source for it.', false);
  const { file, line, column } = position;
  return {
    body: {
      source: await sources.toClient(file),
      line: client.lineToClient(line),
      ...(column === 0 ? {} : { column: client.columnToClient(column) }),
    },
  };
}
