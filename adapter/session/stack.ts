import type { DebugProtocol } from '@vscode/debugprotocol';
import { causeIn, causeName } from '../guests/trap-cause.ts';
import type { Interruption } from '../symbols/frames/unwind.ts';
import { formatAddress } from './address.ts';
import type { Arguments } from './arguments.ts';
import { stoppedDebuggee, type SessionContext } from './context.ts';
import type { Debuggee } from './debuggee.ts';
import { frameFormatOf, frameName, type FrameFormat } from './frame-name.ts';
import type { Handlers, Reply } from './handlers.ts';
import { moduleIdAt } from './modules.ts';
import type { ViewFrame } from './stopped-view.ts';
import { threadNumbered } from './threads.ts';

/** `stackTrace`. */
export function stackHandlers(context: SessionContext): Handlers {
  return {
    stackTrace: (args) => stackTrace(context, args),
  };
}

/** Frames that are found when a client asks for all of them without saying how many. */
const ALL_FRAMES = 1 << 20;

async function stackTrace(context: SessionContext, args: Arguments): Promise<Reply> {
  const debuggee = stoppedDebuggee(context);
  const thread = threadNumbered(debuggee, args.integer('threadId'));
  const start = Math.max(0, args.optionalInteger('startFrame') ?? 0);
  const levels = args.optionalInteger('levels') ?? 0;
  const format = frameFormatOf(args, context.view);
  const { frames, known, complete } = context.view.frames(debuggee, thread, start, levels > 0 ? levels : ALL_FRAMES);
  const stackFrames = await Promise.all(frames.map((frame) => stackFrame(context, debuggee, frame, format)));
  // While the end is not known, one frame more than known invites the client to ask for it.
  return { body: { stackFrames, totalFrames: complete ? known : known + 1 } };
}

async function stackFrame(
  { client }: SessionContext,
  debuggee: Debuggee,
  shown: ViewFrame,
  format: FrameFormat,
): Promise<DebugProtocol.StackFrame> {
  const { program, sources } = debuggee;
  const { id, frame, function: active, boundary } = shown;
  if (boundary !== undefined)
    return { id, name: boundaryName(boundary), line: 0, column: 0, presentationHint: 'label' };
  const { pc, lookup } = frame;
  const position = active === undefined ? program.positionAt(lookup) : active.position;
  const name = active?.name ?? program.symbolAt(lookup)?.name ?? formatAddress(pc);
  const moduleId = moduleIdAt(debuggee, lookup);
  const common = {
    id,
    name: frameName(debuggee, shown, name, format),
    instructionPointerReference: formatAddress(pc),
    ...(moduleId === undefined ? {} : { moduleId }),
  };
  if (position === undefined) return { ...common, line: 0, column: 0, presentationHint: 'subtle' };
  return {
    ...common,
    source: await sources.toClient(position.file),
    line: client.lineToClient(position.line),
    column: client.columnToClient(Math.max(1, position.column)),
  };
}

/** `<supervisor timer interrupt>`, `<environment call from U-mode>`: what lies between a handler and what it interrupted. */
function boundaryName({ mode, cause, privilege }: Interruption): string {
  const name = cause === undefined ? `trap to ${mode}-mode` : causeName(causeIn(cause));
  const isSaid = name.endsWith('-mode') && cause !== undefined;
  return `<${name}${privilege === undefined || isSaid ? '' : ` in ${privilege}-mode`}>`;
}
