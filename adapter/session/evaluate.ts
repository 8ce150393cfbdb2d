import { formatAddress, formatRegister } from './address.ts';
import type { Arguments } from './arguments.ts';
import { commandsStartingWith, runCommand } from './console/commands.ts';
import { stoppedDebuggee, type SessionContext } from './context.ts';
import { environmentOf } from './expression/environment.ts';
import { evaluate, type Value } from './expression/evaluate.ts';
import { parseExpression } from './expression/parse.ts';
import type { Handlers, Reply, RequestContext } from './handlers.ts';
import { describeValue, variableAt } from './variables.ts';

/** `evaluate` and `completions`: the debug console, watches and hovers. */
export function evaluateHandlers(context: SessionContext): Handlers {
  return {
    evaluate: (args, request) => evaluateRequest(context, args, request),
    completions: (args) => completions(args),
  };
}

function evaluateRequest(context: SessionContext, args: Arguments, request: RequestContext): Reply | Promise<Reply> {
  const text = args.string('expression');
  const command = args.optionalString('context') === 'repl' ? runCommand(context, text, request) : undefined;
  if (command !== undefined) return command;
  const debuggee = stoppedDebuggee(context);
  const frameId = args.optionalInteger('frameId');
  const frame = frameId === undefined ? context.view.innermost(debuggee, 0) : context.view.frame(frameId);
  const environment = environmentOf(debuggee, frame);
  // A variable of the function hides a register of its name, and a register a variable of the program: $name is a register.
  const isRegister = environment.register(text.trim()) !== undefined;
  const variable = variableAt(debuggee, frame, text, !isRegister);
  if (variable !== undefined) return { body: { result: variable.text, ...describeValue(variable, context.view) } };
  const value = evaluate(parseExpression(text), environment);
  return {
    body: {
      result: textOf(value),
      variablesReference: 0,
      memoryReference: formatAddress(value.location?.address ?? value.value),
    },
  };
}

/** `0x000000000000002a (42)`, or an object's place: `<runqueue, 64 bytes at 0x80205000>`. */
function textOf({ value, width, object }: Value): string {
  if (object !== undefined) {
    const size = object.size === 0 ? '' : `, ${object.size} bytes`;
    return `<${object.name}${size} at ${formatAddress(object.address)}>`;
  }
  const hexadecimal = width === 8 ? formatRegister(value) : `0x${value.toString(16).padStart(2 * width, '0')}`;
  const signed = BigInt.asIntN(8 * width, value);
  return `${hexadecimal} (${signed})`;
}

function completions(args: Arguments): Reply {
  const typed = args.string('text').slice(0, Math.max(0, args.integer('column') - 1));
  if (!typed.startsWith('/')) return { body: { targets: [] } };
  const targets = commandsStartingWith(typed).map((label) => ({ label, start: 0, length: typed.length }));
  return { body: { targets } };
}
