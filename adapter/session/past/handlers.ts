import type { Arguments } from '../arguments.ts';
import { stoppedDebuggee, type SessionContext } from '../context.ts';
import type { Handlers } from '../handlers.ts';
import { answerCalls } from './answer-calls.ts';
import { answerLastWrite } from './answer-last-write.ts';
import { answerLogpoints } from './answer-logpoints.ts';
import { answerOrigin } from './answer-origin.ts';
import { answerValueHistory } from './answer-value-history.ts';
import { consoleMomentOf, consoleTexts } from './console-moments.ts';

const DEFAULT_TEXTS = 100;

/** Questions about the past: the machine answers them and stands where it stood. See DAP.md. */
export function pastHandlers(context: SessionContext): Handlers {
  return {
    'retrograde/lastWrite': async (args, request) => ({ body: await answerLastWrite(context, args, request) }),
    'retrograde/valueHistory': async (args, request) => ({ body: await answerValueHistory(context, args, request) }),
    'retrograde/calls': async (args, request) => ({ body: await answerCalls(context, args, request) }),
    'retrograde/origin': async (args, request) => ({ body: await answerOrigin(context, args, request) }),
    'retrograde/logpoints': async (args, request) => ({ body: await answerLogpoints(context, args, request) }),
    'retrograde/consoleMoment': (args) => {
      const { counter } = consoleMomentOf(stoppedDebuggee(context).timeline, args.integer('offset'));
      return { body: { counter } };
    },
    'retrograde/consoleSearch': (args) => ({ body: { places: consoleSearch(context, args) } }),
  };
}

function consoleSearch(context: SessionContext, args: Arguments): object {
  const text = args.string('text');
  if (text === '') return args.wrong('text', 'a text that is not empty');
  return consoleTexts(stoppedDebuggee(context).timeline, text, args.optionalInteger('most') ?? DEFAULT_TEXTS);
}
