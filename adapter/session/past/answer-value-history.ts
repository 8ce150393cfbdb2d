import type { Arguments } from '../arguments.ts';
import type { SessionContext } from '../context.ts';
import type { RequestContext } from '../handlers.ts';
import { momentOf, type Moment } from './moment.ts';
import { ask } from './question.ts';
import { rangeOf, type RangeEnd } from './range.ts';
import { bytesText, subjectOf, textOf } from './subject.ts';
import { valueHistory } from './value-history.ts';

/** One change of a value: `value` in hexadecimal; `text` as one of the variable's type, where it has one. */
export type ChangeAnswer = Moment & { readonly value: string; readonly text?: string };

/** The answer to `retrograde/valueHistory`. */
export interface ValueHistoryAnswer {
  readonly initial: string;
  readonly initialText?: string;
  readonly changes: readonly ChangeAnswer[];
  readonly ended: RangeEnd;
}

/** The values of what the arguments name, over a range of the recording. */
export async function answerValueHistory(
  context: SessionContext,
  args: Arguments,
  request: RequestContext,
): Promise<ValueHistoryAnswer> {
  const subject = subjectOf(context, args);
  const range = rangeOf(context, args);
  const isTyped = subject.shownAs !== undefined;
  const question = { title: `Following ${subject.name}`, key: [subject.held, isTyped, range], isExhaustive: true };
  return ask<ValueHistoryAnswer>(context, args, request, question, async (debuggee, options, results) => {
    const described: Promise<ChangeAnswer>[] = [];
    const { initial, ended } = await valueHistory(debuggee.timeline, subject, range, options, (change) => {
      const { counter, pc, after } = change;
      const text = isTyped ? { text: textOf(subject, after) } : {};
      const answer = momentOf(debuggee, context.client, counter, pc).then((moment) => ({
        ...moment,
        value: bytesText(after),
        ...text,
      }));
      described.push(answer);
      results.add(answer);
    });
    const answer = {
      initial: bytesText(initial),
      ...(isTyped ? { initialText: textOf(subject, initial) } : {}),
      changes: await Promise.all(described),
      ended,
    };
    return { answer, isWhole: ended === 'whole' || ended === 'enough' };
  });
}
