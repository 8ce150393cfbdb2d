import type { Arguments } from '../arguments.ts';
import type { SessionContext } from '../context.ts';
import type { Debuggee } from '../debuggee.ts';
import { RequestFailure } from '../failure.ts';
import type { RequestContext } from '../handlers.ts';
import { holderName, type MemoryHolder } from './holder.ts';
import { lastWrite, type LastWrite } from './last-write.ts';
import { momentOf, type Moment } from './moment.ts';
import { changedByPerson } from './person-change.ts';
import { ask, withoutProgress } from './question.ts';
import { bytesNow, bytesText, subjectOf, textOf, type Subject } from './subject.ts';

/** The answer to `retrograde/lastWrite`. */
export interface LastWriteAnswer {
  /** `person`: somebody changed it there, in the branch. */
  readonly kind: Exclude<LastWrite['kind'], 'ended'> | 'person' | 'cancelled';
  readonly moment?: Moment;
  /** Bytes before and after the step, in hexadecimal, and as values of the variable's type where it has one. */
  readonly before?: string;
  readonly after?: string;
  readonly beforeValue?: string;
  readonly afterValue?: string;
  /** Which register or memory was written, of those that hold it. */
  readonly holder?: string;
}

/** Who last wrote what the arguments name. */
export async function answerLastWrite(
  context: SessionContext,
  args: Arguments,
  request: RequestContext,
): Promise<LastWriteAnswer> {
  const subject = subjectOf(context, args);
  const { name, held, shownAs } = subject;
  const question = {
    title: `Looking for who last wrote ${name}`,
    key: [held, context.motions.shownCounter, shownAs !== undefined],
    isExhaustive: false,
  };
  return ask<LastWriteAnswer>(context, args, request, question, async (debuggee, options) => {
    const { timeline } = debuggee;
    const present = { counter: timeline.counter, bytes: bytesNow(timeline, subject) };
    const write = await lastWrite(timeline, held, options);
    if (write.kind === 'initial') {
      await timeline.travelTo(0, withoutProgress(options));
      const by = await personsAnswer(context, debuggee, subject, present);
      return { answer: by ?? { kind: 'initial' }, isWhole: true };
    }
    if (write.kind === 'ended') {
      if (write.outcome.kind === 'cancelled') return { answer: { kind: 'cancelled' }, isWhole: false };
      throw new RequestFailure(
        write.outcome.kind === 'diverged'
          ? `Replay diverged from the recording at counter ${write.outcome.counter} before an answer was found.`
          : `The search for who wrote ${name} ended before the recording's start.`,
      );
    }
    // Of the several entries that translate an address only the one that was written is of interest.
    const isOneOfSeveral = args.has('translationOf') && write.holder.kind === 'memory';
    const shown = isOneOfSeveral ? entrySubject(subject, write.holder) : subject;
    const moment = await momentOf(debuggee, context.client, write.counter, write.pc);
    const before = bytesNow(timeline, shown);
    const beforeValue = textOf(shown, before);
    await timeline.step(1, withoutProgress(options));
    const after = bytesNow(timeline, shown);
    const by = isOneOfSeveral ? undefined : await personsAnswer(context, debuggee, subject, present);
    if (by !== undefined) return { answer: by, isWhole: true };
    const values = shownAs === undefined ? {} : { beforeValue, afterValue: textOf(shown, after) };
    const answer: LastWriteAnswer = {
      kind: write.kind,
      moment,
      before: bytesText(before),
      after: bytesText(after),
      ...values,
      holder: holderName(write.holder),
    };
    return { answer, isWhole: true };
  });
}

/** The answer where a person changed it after the step behind which the machine stands, the last of the guest's to write it. */
async function personsAnswer(
  { client }: SessionContext,
  debuggee: Debuggee,
  subject: Subject,
  present: { readonly counter: number; readonly bytes: Uint8Array },
): Promise<LastWriteAnswer | undefined> {
  const { timeline } = debuggee;
  const since = { counter: timeline.counter, bytes: bytesNow(timeline, subject) };
  const counter = await changedByPerson(timeline, subject, since, present);
  if (counter === undefined) return undefined;
  await timeline.travelTo(counter);
  const moment = await momentOf(debuggee, client, counter, timeline.harts[0]?.pc ?? 0n);
  const { bytes: before } = since;
  const { bytes: after } = present;
  const values = { beforeValue: textOf(subject, before), afterValue: textOf(subject, after) };
  const shown = subject.shownAs === undefined ? {} : values;
  return { kind: 'person', moment, before: bytesText(before), after: bytesText(after), ...shown };
}

function entrySubject({ name }: Subject, holder: MemoryHolder): Subject {
  const { length } = holder;
  return { name, held: [{ holder, at: 0, from: 0, count: length * 8 }], size: length };
}
