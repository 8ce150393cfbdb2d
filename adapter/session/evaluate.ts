import { strip } from '../symbols/types/type.ts';
import type { Value } from '../symbols/variables/value.ts';
import { formatRegister } from './address.ts';
import type { Arguments } from './arguments.ts';
import { assign } from './branch/assign.ts';
import { commandsStartingWith, runCommand } from './console/commands.ts';
import { stoppedDebuggee, type SessionContext } from './context.ts';
import type { Debuggee } from './debuggee.ts';
import { completeExpression, type Completion } from './expression/complete.ts';
import { environmentOf, valueOf } from './expression/environment.ts';
import type { Handlers, Reply, RequestContext } from './handlers.ts';
import type { ViewFrame } from './stopped-view.ts';
import { describeValue, formatOf } from './variables.ts';

/** `evaluate` and `completions`: the debug console, watches and hovers. */
export function evaluateHandlers(context: SessionContext): Handlers {
  return {
    evaluate: (args, request) => evaluateRequest(context, args, request),
    completions: (args) => completions(context, args),
  };
}

async function evaluateRequest(context: SessionContext, args: Arguments, request: RequestContext): Promise<Reply> {
  const text = args.string('expression');
  const isConsole = args.optionalString('context') === 'repl';
  const command = isConsole ? runCommand(context, text, request) : undefined;
  if (command !== undefined) return command;
  const debuggee = stoppedDebuggee(context);
  const frame = frameOf(context, debuggee, args);
  const assigned = isConsole ? await assign(context, debuggee, frame, text) : undefined;
  if (assigned !== undefined) return { ...described(context, args, assigned.value), after: assigned.announce };
  return described(context, args, valueOf(text, environmentOf(debuggee, frame, context.view.changes)));
}

function described({ view }: SessionContext, args: Arguments, value: Value): Reply {
  // What is copied is wanted whole.
  const format = { ...formatOf(args, view), whole: args.optionalString('context') === 'clipboard' };
  const { value: result, ...rest } = describeValue(value, view, format);
  return { body: { result: registerText(value) ?? result, ...rest } };
}

/** The frame that a request names, by default the innermost of the first hart. */
function frameOf({ view }: SessionContext, debuggee: Debuggee, args: Arguments): ViewFrame {
  const frameId = args.optionalInteger('frameId');
  return frameId === undefined ? view.innermost(debuggee, 0) : view.frame(frameId);
}

/** Registers are shown as all their digits, whatever the format: `0x000000000000002a (42)`. */
function registerText(value: Value): string | undefined {
  const bare = strip(value.type);
  if (!/^\$\w+$/.test(value.expression) || bare.kind !== 'base' || bare.encoding === 'float') return undefined;
  const contents = value.read();
  if (contents.kind === 'unavailable') return undefined;
  return `${formatRegister(contents.value)} (${BigInt.asIntN(64, contents.value)})`;
}

function completions(context: SessionContext, args: Arguments): Reply {
  const { client } = context;
  const typed = typedBefore(context, args);
  const command = /^\/\S+\s+/.exec(typed)?.[0] ?? '';
  const targets =
    typed.startsWith('/') && command === ''
      ? commandsStartingWith(typed).map((label) => ({ label, start: 0, length: typed.length }))
      : completionsOf(context, args, typed.slice(command.length));
  const shift = command.length + 1;
  return { body: { targets: targets.map((one) => ({ ...one, start: client.columnToClient(one.start + shift) })) } };
}

/** The text of the line up to the cursor. */
function typedBefore({ client }: SessionContext, args: Arguments): string {
  const line = client.lineFromClient(args.optionalInteger('line') ?? client.lineToClient(1));
  const text = args.string('text').split('\n')[line - 1] ?? '';
  return text.slice(0, Math.max(0, client.columnFromClient(args.integer('column')) - 1));
}

function completionsOf(context: SessionContext, args: Arguments, typed: string): readonly Completion[] {
  const debuggee = stoppedDebuggee(context);
  const { program } = debuggee;
  const frame = frameOf(context, debuggee, args);
  return completeExpression(typed, environmentOf(debuggee, frame, context.view.changes), {
    locals: () => {
      const { arguments: parameters, locals } = program.variables(frame.frame, frame.inlineDepth);
      return [...locals, ...parameters].map(({ name }) => name);
    },
    startingWith: (beginning) => program.namesStartingWith(beginning, frame.frame),
  });
}
