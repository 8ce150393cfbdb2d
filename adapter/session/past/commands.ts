import { Arguments } from '../arguments.ts';
import { stoppedDebuggee, type SessionContext } from '../context.ts';
import { RequestFailure } from '../failure.ts';
import type { RequestContext } from '../handlers.ts';
import { answerCalls, type CallAnswer } from './answer-calls.ts';
import { answerLastWrite, type LastWriteAnswer } from './answer-last-write.ts';
import { answerLogpoints, type LogLine } from './answer-logpoints.ts';
import { answerOrigin } from './answer-origin.ts';
import { answerValueHistory } from './answer-value-history.ts';
import { consoleTexts } from './console-moments.ts';
import { momentText } from './moment.ts';
import { originText } from './origin/origin-text.ts';
import type { RangeEnd } from './range.ts';

/** Answers that the debug console prints; the requests give more of them. */
const MOST_PRINTED = 50;

/** `/last-write task->state`, `/last-write $sepc`. */
export async function printLastWrite(context: SessionContext, name: string, request: RequestContext): Promise<string> {
  return lastWriteText(name, await answerLastWrite(context, argumentsOf('last-write', name, { name }), request));
}

/** `/last-map 0xffffffc000010000`: who last changed what the page tables make of an address. */
export async function printLastMap(context: SessionContext, address: string, request: RequestContext): Promise<string> {
  const args = argumentsOf('last-map', address, { translationOf: address });
  return lastWriteText(`the translation of ${address}`, await answerLastWrite(context, args, request));
}

function lastWriteText(name: string, answer: LastWriteAnswer): string {
  const { kind, moment, before = '', after = '', beforeValue = before, afterValue = after } = answer;
  const where = moment === undefined ? '' : momentText(moment);
  const change = `${name}: ${beforeValue} -> ${afterValue}`;
  switch (kind) {
    case 'cancelled':
      return 'Cancelled.';
    case 'initial':
      return `${name} has not been written since power-on.`;
    case 'store':
    case 'register':
      return `${change}, by ${where}`;
    case 'device':
      return `${change}, by a device, during ${where}`;
    case 'firmware':
      return `${change}, by the SBI, called at ${where}`;
    case 'person':
      return `${change}, changed by you in the branch, at ${where}`;
    case 'trap':
      return `${change}, by a trap or the return from one, at ${where}`;
  }
}

/** `/history ticks`. */
export async function printValueHistory(
  context: SessionContext,
  name: string,
  request: RequestContext,
): Promise<string> {
  const args = argumentsOf('history', name, { name, most: MOST_PRINTED });
  const { initial, initialText = initial, changes, ended } = await answerValueHistory(context, args, request);
  const lines = changes.map((change) => `${change.text ?? change.value}  by ${momentText(change)}`);
  return [`${initialText}  at first`, ...lines, ...endText(ended)].join('\n');
}

/** `/calls page_take`. */
export async function printCalls(context: SessionContext, name: string, request: RequestContext): Promise<string> {
  const args = argumentsOf('calls', name, { function: name, most: MOST_PRINTED });
  const { calls, ended, note } = await answerCalls(context, args, request);
  const lines = calls.map((call) => callText(name, call));
  const whole = lines.length === 0 ? [`${name} is not called.`] : lines;
  return [...whole, ...(note === undefined ? [] : [note]), ...endText(ended)].join('\n');
}

function callText(name: string, { counter, arguments: passed, depth, task, returned, abandoned }: CallAnswer): string {
  const call = `${counter.toLocaleString('en')}: ${'  '.repeat(depth)}${name}(${passed.join(', ')})`;
  const by = task === undefined ? '' : `  by ${task}`;
  if (abandoned === true) return `${call} never returns${by}`;
  if (returned === undefined) return `${call} has not returned${by}`;
  const value = returned.value === undefined ? '' : ` = ${returned.value}`;
  return `${call}${value}${by}`;
}

/** `/origin request->length`, `/origin $a0`, `/origin console 1234`. */
export async function printOrigin(context: SessionContext, subject: string, request: RequestContext): Promise<string> {
  const offset = /^console\s+(\d+)$/.exec(subject)?.[1];
  const what = offset === undefined ? { name: subject } : { consoleOffset: Number(offset) };
  return originText(await answerOrigin(context, argumentsOf('origin', subject, what), request));
}

/**
 * `/log timer.c:37 ticks is {ticks}`: what a logpoint there would have printed in the whole recording. Lines come as they are found;
 * `if CONDITION` may follow the place, in front of a colon.
 */
export async function printLog(context: SessionContext, argument: string, request: RequestContext): Promise<string> {
  const [, location = '', condition, message = ''] = /^(\S+)(?:\s+if\s+(.*?)\s*:)?\s+(.+)$/.exec(argument) ?? [];
  if (location === '') {
    throw new RequestFailure('"/log": say where, and what: /log timer.c:37 ticks is {ticks}');
  }
  const args = argumentsOf('log', argument, { location, message, ...(condition === undefined ? {} : { condition }) });
  let told = Promise.resolve();
  const { lines, ended } = await answerLogpoints(context, args, request, (line) => {
    told = told.then(async () => {
      context.client.event('output', { category: 'console', output: `${logLineText(await line)}\n` });
    });
  });
  await told;
  const count = `${lines.length.toLocaleString('en')} ${lines.length === 1 ? 'line' : 'lines'}`;
  return ended === 'whole'
    ? `${count} in the whole recording.`
    : [`${count}.`, ...endText(ended, lines.length)].join(' ');
}

function logLineText(line: LogLine): string {
  return `${line.counter.toLocaleString('en')}: ${line.text}`;
}

/** `/console panic:`: the moments that printed a text. */
export function printConsoleMoments(context: SessionContext, text: string): string {
  argumentsOf('console', text, {});
  const found = consoleTexts(stoppedDebuggee(context).timeline, text, MOST_PRINTED);
  if (found.length === 0) return `The guest had not printed ${JSON.stringify(text)} by the present moment.`;
  return found
    .map(({ counter, offset, line }) => `counter ${counter.toLocaleString('en')}, byte ${offset}: ${line}`)
    .join('\n');
}

function argumentsOf(command: string, subject: string, values: object): Arguments {
  if (subject === '') throw new RequestFailure(`"/${command}": say of what, as "/help" shows.`);
  return new Arguments(`/${command}`, values);
}

function endText(ended: RangeEnd, most = MOST_PRINTED): readonly string[] {
  switch (ended) {
    case 'whole':
      return [];
    case 'enough':
      return [`These are the first ${most}.`];
    case 'cancelled':
      return ['Cancelled.'];
    case 'diverged':
      return ['Replay diverged from the recording here. Please report this with the recording.'];
  }
}
