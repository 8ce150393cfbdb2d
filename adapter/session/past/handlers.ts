import type { MotionOptions } from '../../../emulator/replay/timeline-contract.ts';
import { formatRegister } from '../address.ts';
import type { Arguments } from '../arguments.ts';
import { stoppedDebuggee, type SessionContext } from '../context.ts';
import type { Debuggee } from '../debuggee.ts';
import { RequestFailure } from '../failure.ts';
import type { Handlers, Reply, RequestContext } from '../handlers.ts';
import { callsOf } from './calls.ts';
import { lastWrite } from './last-write.ts';
import { momentOf, type Moment } from './moment.ts';
import { rangeOf, type RangeEnd } from './range.ts';
import { bytesText, subjectOf } from './subject.ts';
import { valueHistory } from './value-history.ts';

/** Questions about the past: the machine answers them and stands where it stood. See DAP.md. */
export function pastHandlers(context: SessionContext): Handlers {
  return {
    'retrograde/lastWrite': async (args, request) => ({ body: await answerLastWrite(context, args, request) }),
    'retrograde/valueHistory': async (args, request) => ({ body: await answerValueHistory(context, args, request) }),
    'retrograde/calls': async (args, request) => ({ body: await answerCalls(context, args, request) }),
    'retrograde/consoleMoment': (args) => consoleMoment(context, args),
  };
}

/** Asks while the machine is away from the present, and brings it back whatever happens. */
function ask<Answer>(
  context: SessionContext,
  { signal }: RequestContext,
  title: string,
  question: (debuggee: Debuggee, options: MotionOptions) => Promise<Answer>,
): Promise<Answer> {
  const debuggee = stoppedDebuggee(context);
  return context.motions.ask(
    title,
    signal,
    (options) => question(debuggee, options),
    (counter) => debuggee.timeline.travelTo(counter),
  );
}

/** The answer to `retrograde/lastWrite`. */
export interface LastWriteAnswer {
  readonly kind: 'store' | 'device' | 'initial' | 'cancelled';
  readonly moment?: Moment;
  readonly before?: string;
  readonly after?: string;
}

export async function answerLastWrite(
  context: SessionContext,
  args: Arguments,
  request: RequestContext,
): Promise<LastWriteAnswer> {
  const { name, data } = subjectOf(context, args);
  return ask(context, request, `Looking for who last wrote ${name}`, async (debuggee, options) => {
    const write = await lastWrite(debuggee.timeline, data, options);
    switch (write.kind) {
      case 'initial':
        return { kind: 'initial' };
      case 'store':
      case 'device':
        return {
          kind: write.kind,
          moment: await momentOf(debuggee, context.client, write.counter, write.pc),
          before: bytesText(write.before),
          after: bytesText(write.after),
        };
      case 'ended':
        if (write.outcome.kind === 'cancelled') return { kind: 'cancelled' };
        throw new RequestFailure(
          write.outcome.kind === 'diverged'
            ? `Replay diverged from the recording at counter ${write.outcome.counter} before an answer was found.`
            : `The search for who wrote ${name} ended before the recording's start.`,
        );
    }
  });
}

/** The answer to `retrograde/valueHistory`. */
export interface ValueHistoryAnswer {
  readonly initial: string;
  readonly changes: readonly (Moment & { readonly value: string })[];
  readonly ended: RangeEnd;
}

export async function answerValueHistory(
  context: SessionContext,
  args: Arguments,
  request: RequestContext,
): Promise<ValueHistoryAnswer> {
  const { name, data } = subjectOf(context, args);
  const range = rangeOf(context, args);
  const debuggee = stoppedDebuggee(context);
  const { initial, changes, ended } = await ask(context, request, `Following ${name}`, ({ timeline }, options) =>
    valueHistory(timeline, data, range, options),
  );
  const described = changes.map(async ({ counter, pc, after }) => ({
    ...(await momentOf(debuggee, context.client, counter, pc)),
    value: bytesText(after),
  }));
  return { initial: bytesText(initial), changes: await Promise.all(described), ended };
}

/** The answer to `retrograde/calls`. */
export interface CallsAnswer {
  readonly calls: readonly {
    readonly counter: number;
    readonly arguments: readonly string[];
    readonly returned?: { readonly counter: number; readonly a0: string };
  }[];
  readonly ended: RangeEnd;
}

export async function answerCalls(
  context: SessionContext,
  args: Arguments,
  request: RequestContext,
): Promise<CallsAnswer> {
  const { program } = stoppedDebuggee(context);
  const name = args.string('function');
  const range = rangeOf(context, args);
  const [fn] = program.functionsNamed(name);
  if (fn === undefined) throw new RequestFailure(`${program.name} has no function "${name}".`);
  const { calls, ended } = await ask(context, request, `Looking for calls of ${name}`, (debuggee, options) =>
    callsOf(debuggee, fn, range, options),
  );
  return {
    calls: calls.map(({ counter, arguments: passed, returned }) => ({
      counter,
      arguments: passed,
      ...(returned && { returned: { counter: returned.counter, a0: formatRegister(returned.a0) } }),
    })),
    ended,
  };
}

/** The moment before the step that printed a byte of the console's output. */
function consoleMoment(context: SessionContext, args: Arguments): Reply {
  const { timeline } = stoppedDebuggee(context);
  const offset = args.integer('offset');
  let before = 0;
  for (const { counter, bytes } of timeline.consoleOutput()) {
    if (offset >= before && offset < before + bytes.length) return { body: { counter } };
    before += bytes.length;
  }
  throw new RequestFailure(
    `The guest had printed ${before} bytes at the present moment: "offset" must be from 0 to ${before - 1}.`,
  );
}
