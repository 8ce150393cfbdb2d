import { formatRegister } from '../address.ts';
import type { Arguments } from '../arguments.ts';
import { stoppedDebuggee, type SessionContext } from '../context.ts';
import { RequestFailure } from '../failure.ts';
import type { RequestContext } from '../handlers.ts';
import { containsAddress, type Program, type ProgramFunction } from '../program.ts';
import { callsOf, type Call } from './calls.ts';
import { ask } from './question.ts';
import { rangeOf, type RangeEnd } from './range.ts';

/** A call as clients are told of it. */
export interface CallAnswer {
  readonly counter: number;
  readonly arguments: readonly string[];
  readonly depth: number;
  readonly task?: string;
  /** Absent when the call had not returned by the end of the range, or never did. */
  readonly returned?: { readonly counter: number; readonly a0: string; readonly value?: string };
  /** The call can never return: its stack was used anew. */
  readonly abandoned?: true;
}

/** The answer to `retrograde/calls`. */
export interface CallsAnswer {
  readonly calls: readonly CallAnswer[];
  readonly ended: RangeEnd;
  /** What is not among the calls, as a sentence. */
  readonly note?: string;
}

/** All calls of the function that the arguments name. */
export async function answerCalls(
  context: SessionContext,
  args: Arguments,
  request: RequestContext,
): Promise<CallsAnswer> {
  const { program } = stoppedDebuggee(context);
  const name = args.string('function');
  const range = rangeOf(context, args);
  const [fn] = program.functionsNamed(name);
  const inlined = inlinedPlaces(program, name);
  if (fn === undefined) {
    throw new RequestFailure(
      inlined === 0
        ? `${program.name} has no function "${name}".`
        : `${name} is inlined wherever it is used (${inlined} places), so it is never called: set a logpoint on it instead.`,
    );
  }
  const note =
    inlined === 0
      ? {}
      : { note: `${name} is also inlined in ${inlined} places. What runs there is no call, and not among these.` };
  const question = { title: `Looking for calls of ${name}`, key: [fn.entry, range], isExhaustive: true };
  return ask<CallsAnswer>(context, args, request, question, async (debuggee, options, results) => {
    const { calls, ended } = await callsOf(debuggee, fn, range, options, (call) => {
      results.add(Promise.resolve(described(call)));
    });
    return {
      answer: { calls: calls.map(described), ended, ...note },
      isWhole: ended === 'whole' || ended === 'enough',
    };
  });
}

function described({ counter, arguments: passed, depth, task, returned }: Call): CallAnswer {
  const common = { counter, arguments: passed, depth, ...(task === undefined ? {} : { task }) };
  if (returned === 'open') return common;
  if (returned === 'abandoned') return { ...common, abandoned: true };
  return { ...common, returned: { ...returned, a0: formatRegister(returned.a0) } };
}

/** Places at which breakpoints on a function go that are in the code of another. */
function inlinedPlaces(program: Program, name: string): number {
  const own: readonly ProgramFunction[] = program.functionsNamed(name);
  return program.placesNamed(name).filter(({ address }) => !own.some((fn) => containsAddress(fn, address))).length;
}
