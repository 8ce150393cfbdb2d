import type { Arguments } from './arguments.ts';
import { debuggeeOf, type SessionContext } from './context.ts';
import { RequestFailure } from './failure.ts';
import type { Handlers, Reply } from './handlers.ts';

/** `source` and `loadedSources`. */
export function sourceHandlers(context: SessionContext): Handlers {
  return {
    source: (args) => source(context, args),
    loadedSources: () => loadedSources(context),
  };
}

/** The text of a source that the client could not find itself; for one that is not here either, what to do about it. */
async function source(context: SessionContext, args: Arguments): Promise<Reply> {
  const { sources } = debuggeeOf(context);
  const inner = args.has('source') ? args.object('source').optionalInteger('sourceReference') : undefined;
  const reference = inner ?? args.integer('sourceReference');
  const file = sources.referenced(reference);
  if (file === undefined) throw new RequestFailure(`There is no source with the reference ${reference}.`);
  const path = await sources.localPath(file);
  if (path === undefined) {
    throw new RequestFailure(
      `The source ${file.path} is not on this computer. Name its folder in "sourceRoots", or where it was moved to in ` +
        '"sourceMap".',
    );
  }
  return { body: { content: new TextDecoder().decode(await context.host.files.read(path)) } };
}

async function loadedSources(context: SessionContext): Promise<Reply> {
  const { program, sources } = debuggeeOf(context);
  return { body: { sources: await Promise.all(program.sourceFiles().map((file) => sources.toClient(file))) } };
}
