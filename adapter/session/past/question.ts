import type { MotionOptions } from '../../../emulator/replay/timeline-contract.ts';
import type { Arguments } from '../arguments.ts';
import { stoppedDebuggee, type SessionContext } from '../context.ts';
import type { Debuggee } from '../debuggee.ts';
import type { RequestContext } from '../handlers.ts';
import { ResultStream } from './result-stream.ts';

/** What is asked, for people and for the cache. */
export interface Question {
  /** For the progress report: what is being looked for. */
  readonly title: string;
  /** Says all that the answer depends on besides the recording, so that equal questions of one recording have one answer. */
  readonly key: readonly unknown[];
  /** All of the range is gone through, so that the time left can be told. */
  readonly isExhaustive: boolean;
}

/** An answer that is found, or a part of one: a search that was cancelled gives what it has. */
export interface Found<Answer> {
  readonly answer: Answer;
  readonly isWhole: boolean;
}

/** Answers that are kept of one recording. */
const MOST_KEPT = 64;
const kept = new WeakMap<Debuggee, Map<string, unknown>>();

/**
 * Asks while the machine is away from the present, and brings it back whatever happens. The same question of a recording that has
 * not grown since is answered at once; `results` hears of the answer's parts as they are found.
 */
export async function ask<Answer>(
  context: SessionContext,
  args: Arguments,
  request: RequestContext,
  { title, key, isExhaustive }: Question,
  question: (debuggee: Debuggee, options: MotionOptions, results: ResultStream) => Promise<Found<Answer>>,
): Promise<Answer> {
  const debuggee = stoppedDebuggee(context);
  const answers = kept.get(debuggee) ?? new Map<string, Answer>();
  kept.set(debuggee, answers);
  const text = JSON.stringify([debuggee.timeline.end, title, ...key], (_key, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value,
  );
  // What is kept under a title and a key was put there by the one question that has them.
  const known = answers.get(text) as Answer | undefined;
  const isKept = debuggee.timeline.branch === undefined;
  if (known !== undefined && isKept) return known;
  const results = new ResultStream(context.client, request.sequence, args.optionalBoolean('stream') === true);
  const { answer, isWhole } = await context.motions.ask(
    { title, isExhaustive },
    request.signal,
    (options) => question(debuggee, options, results),
    (counter) => debuggee.timeline.travelTo(counter),
  );
  await results.end();
  // A branch has no end that names it.
  if (!isWhole || !isKept) return answer;
  const oldest = answers.size < MOST_KEPT ? undefined : answers.keys().next().value;
  if (oldest !== undefined) answers.delete(oldest);
  answers.set(text, answer);
  return answer;
}

/** Short motions on the way to an answer say nothing of how far the whole has come. */
export function withoutProgress({ signal }: MotionOptions): MotionOptions {
  return signal === undefined ? {} : { signal };
}
