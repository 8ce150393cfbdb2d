import type { Arguments } from '../arguments.ts';
import type { SessionContext } from '../context.ts';
import { RequestFailure } from '../failure.ts';
import type { RequestContext } from '../handlers.ts';
import { holderName, type MemoryHolder } from './holder.ts';
import { lastWrite, type LastWrite } from './last-write.ts';
import { momentOf, type Moment } from './moment.ts';
import { ask, withoutProgress } from './question.ts';
import { bytesNow, bytesText, subjectOf, textOf, type Subject } from './subject.ts';

/** The answer to `retrograde/lastWrite`. */
export interface LastWriteAnswer {
  readonly kind: Exclude<LastWrite['kind'], 'ended'> | 'cancelled';
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
    const write = await lastWrite(timeline, held, options);
    if (write.kind === 'initial') return { answer: { kind: 'initial' }, isWhole: true };
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

function entrySubject({ name }: Subject, holder: MemoryHolder): Subject {
  const { length } = holder;
  return { name, held: [{ holder, at: 0, from: 0, count: length * 8 }], size: length };
}
