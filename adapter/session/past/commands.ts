import { Arguments } from '../arguments.ts';
import type { SessionContext } from '../context.ts';
import { RequestFailure } from '../failure.ts';
import type { RequestContext } from '../handlers.ts';
import { answerCalls, answerLastWrite, answerValueHistory } from './handlers.ts';
import { momentText } from './moment.ts';
import type { RangeEnd } from './range.ts';

/** Answers that the debug console prints; the requests give more of them. */
const MOST_PRINTED = 50;

/** `/last-write task->state`. */
export async function printLastWrite(context: SessionContext, name: string, request: RequestContext): Promise<string> {
  const { kind, moment, before, after } = await answerLastWrite(
    context,
    argumentsOf('last-write', name, { name }),
    request,
  );
  switch (kind) {
    case 'cancelled':
      return 'Cancelled.';
    case 'initial':
      return `${name} has not been written since power-on.`;
    case 'store':
    case 'device': {
      const by = kind === 'device' ? 'by a device, during ' : 'by ';
      return `${name}: ${before ?? ''} -> ${after ?? ''}, ${by}${moment === undefined ? '' : momentText(moment)}`;
    }
  }
}

/** `/history ticks`. */
export async function printValueHistory(
  context: SessionContext,
  name: string,
  request: RequestContext,
): Promise<string> {
  const args = argumentsOf('history', name, { name, most: MOST_PRINTED });
  const { initial, changes, ended } = await answerValueHistory(context, args, request);
  const lines = changes.map((change) => `${change.value}  by ${momentText(change)}`);
  return [`${initial}  at first`, ...lines, ...endText(ended)].join('\n');
}

/** `/calls page_take`. */
export async function printCalls(context: SessionContext, name: string, request: RequestContext): Promise<string> {
  const args = argumentsOf('calls', name, { function: name, most: MOST_PRINTED });
  const { calls, ended } = await answerCalls(context, args, request);
  const lines = calls.map(({ counter, arguments: passed, returned }) => {
    const result = returned === undefined ? '' : ` = ${returned.a0}`;
    return `${counter.toLocaleString('en')}: ${name}(${passed.join(', ')})${result}`;
  });
  return [...(lines.length === 0 ? [`${name} is not called.`] : lines), ...endText(ended)].join('\n');
}

function argumentsOf(command: string, subject: string, values: object): Arguments {
  if (subject === '') throw new RequestFailure(`"/${command}": say of what, as "/help" shows.`);
  return new Arguments(`/${command}`, values);
}

function endText(ended: RangeEnd): readonly string[] {
  switch (ended) {
    case 'whole':
      return [];
    case 'enough':
      return [`These are the first ${MOST_PRINTED}.`];
    case 'cancelled':
      return ['Cancelled.'];
    case 'diverged':
      return ['Replay diverged from the recording here. Please report this with the recording.'];
  }
}
