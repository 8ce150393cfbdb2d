import type { Hit, StopCondition } from '../../../emulator/machine/stop.ts';
import { ExpressionError } from '../../symbols/expressions/expression-error.ts';
import type { Arguments } from '../arguments.ts';
import { conditioned, logText, type Conditioned } from '../breakpoints/condition.ts';
import { stoppedDebuggee, type SessionContext } from '../context.ts';
import type { Debuggee } from '../debuggee.ts';
import { RequestFailure } from '../failure.ts';
import type { RequestContext } from '../handlers.ts';
import { placesAt } from './location.ts';
import { momentOf, type Moment } from './moment.ts';
import { ask, withoutProgress } from './question.ts';
import { endOf, isCutShort, rangeOf, type RangeEnd } from './range.ts';

/** One line of the log: `logpoint` is the number of the logpoint that wrote it, from 0. */
export type LogLine = Moment & { readonly text: string; readonly logpoint: number };

/** The answer to `retrograde/logpoints`. */
export interface LogpointsAnswer {
  readonly lines: readonly LogLine[];
  readonly ended: RangeEnd;
}

interface Logpoint extends Conditioned {
  readonly message: string;
}

/**
 * What logpoints would have printed, had they been set over the whole range: in order, with the moments. Runs at the engine's speed
 * between the places; `told` hears of each line as it is found.
 */
export async function answerLogpoints(
  context: SessionContext,
  args: Arguments,
  request: RequestContext,
  told: (line: Promise<LogLine>) => void = () => undefined,
): Promise<LogpointsAnswer> {
  const present = stoppedDebuggee(context);
  const range = rangeOf(context, args);
  const asked = args.has('logpoints') ? args.objects('logpoints') : [args];
  if (asked.length === 0) args.wrong('logpoints', 'a list of logpoints that is not empty');
  const logpoints = asked.map((one) => logpointOf(present, one));
  const key = [
    asked.map((one) => [one.string('location'), one.string('message'), one.optionalString('condition')]),
    range,
  ];
  const title = logpoints.length === 1 ? `Logging at ${asked[0]?.string('location') ?? ''}` : 'Logging';
  const question = { title, key, isExhaustive: true };
  return ask<LogpointsAnswer>(context, args, request, question, async (debuggee, options, results) => {
    const { timeline, program } = debuggee;
    const owners = new Map<StopCondition, number>();
    logpoints.forEach(({ conditions }, index) => {
      for (const condition of conditions) owners.set(condition, index);
    });
    const lines: Promise<LogLine>[] = [];
    const placed = await timeline.travelTo(range.from, withoutProgress(options));
    if (isCutShort(placed)) return { answer: { lines: [], ended: endOf(placed) }, isWhole: false };
    const take = (hit: Hit): boolean => {
      const logpoint = owners.get(hit.condition) ?? 0;
      const { message = '', test } = logpoints[logpoint] ?? {};
      if (hit.kind !== 'instruction' || test?.holds(timeline, hit.hart) === false) return false;
      const text = logText(message, program, timeline, hit.hart);
      const moment = momentOf(debuggee, context.client, hit.counter, hit.address);
      const line = moment.then((where): LogLine => ({ ...where, text, logpoint }));
      lines.push(line);
      results.add(line);
      told(line);
      return lines.length >= range.most;
    };
    const outcome = await timeline.run(
      { conditions: [...owners.keys()], accept: take },
      { ...options, until: range.to },
    );
    const ended = endOf(outcome);
    const answer = { lines: await Promise.all(lines), ended };
    return { answer, isWhole: ended === 'whole' || ended === 'enough' };
  });
}

function logpointOf(debuggee: Debuggee, args: Arguments): Logpoint {
  const message = args.string('message');
  const condition = args.optionalString('condition');
  const places = placesAt(debuggee, args.string('location'));
  try {
    return { message, ...conditioned(places, condition, debuggee.program) };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new RequestFailure(`The condition cannot be: ${error.explain(condition ?? '')}`);
  }
}
