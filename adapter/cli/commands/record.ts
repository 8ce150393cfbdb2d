import type { Tuning } from '../../../emulator/replay/present.ts';
import type { MotionOutcome } from '../../../emulator/replay/timeline.ts';
import type { Arguments } from '../../host/arguments.ts';
import { UsageError } from '../../host/arguments.ts';
import { buildMachine } from '../../host/machine-request.ts';
import { recordTimeline } from '../../host/recording-files.ts';
import { printError, printOut } from '../../host/terminal.ts';
import { exitText } from '../../session/motion/exit-text.ts';
import type { Command } from '../command.ts';
import { noPositionals } from '../command.ts';
import { EXIT, exitCodeOf } from '../exit-codes.ts';
import type { StopCause } from '../live-session.ts';
import { describeCause, LIVE_DETAILS, liveOptions, LiveSession } from '../live-session.ts';
import { machineOptions, machineRequest } from '../machine-options.ts';
import { PROGRAM } from '../program-name.ts';
import { memoryBudgetOf, travelOptions } from '../travel-options.ts';

export const recordCommand: Command = {
  name: 'record',
  usage: '-o FILE --kernel FILE [options]',
  summary: 'Run a machine and record it into a file.',
  details:
    "It ends with the guest, at one of the limits below, or at Ctrl-C. The exit code is the guest's, or 0 when\n" +
    `--until-output or --until-step was met.\n\n${LIVE_DETAILS}`,
  options: {
    output: { type: 'string', short: 'o', value: 'FILE', help: 'the recording to write' },
    force: { type: 'boolean', help: 'write over an existing file' },
    json: { type: 'boolean', help: 'print the outcome as JSON on stdout, the console on stderr' },
    ...machineOptions,
    ...liveOptions,
    ...travelOptions,
  },
  run: (args) => record(args),
};

/** With another `tuning` than the timeline's own, whose cost somebody measures. */
export async function record(args: Arguments, tuning?: Partial<Tuning>): Promise<number> {
  noPositionals(args);
  const path = args.text('output');
  if (path === undefined) throw new UsageError('Name the file to record into with -o FILE.');
  const session = await LiveSession.prepare(args);
  const memoryBudget = memoryBudgetOf(args);
  const built = await buildMachine(machineRequest(args));
  const timeline = await recordTimeline(built, {
    path,
    program: PROGRAM,
    overwrite: args.flag('force'),
    memoryBudget,
    ...(tuning === undefined ? {} : { tuning }),
    pace: session.interactive ? 'host-clock' : 'skip',
    onWaitingForInput: session.guestWaits,
  });
  const json = args.flag('json');
  const print = json ? printError : printOut;
  timeline.onConsoleOutput(({ bytes }) => {
    print(bytes);
  });

  const began = performance.now();
  let outcome: MotionOutcome | undefined;
  const cause = await session.run({
    onConsoleOutput: (listener) => timeline.onConsoleOutput(listener),
    sendConsoleInput: (bytes) => timeline.sendConsoleInput(bytes),
    run: async (until, signal) => {
      outcome = await timeline.run({ conditions: [] }, { until, signal });
    },
  });
  const seconds = (performance.now() - began) / 1000;
  const stop = cause ?? reached(session.untilStep, outcome);
  await timeline.close(stop === undefined ? undefined : describeCause(stop));

  const ending =
    timeline.exit === undefined ? `stopped because ${describeCause(stop ?? interrupted)}` : exitText(timeline.exit);
  if (json) {
    const summary = {
      file: path,
      counter: timeline.end,
      seconds,
      exit: timeline.exit ?? null,
      stopped: stop ?? null,
    };
    printOut(`${JSON.stringify(summary)}\n`);
  } else {
    printError(`retrograde: recorded ${timeline.end} steps in ${seconds.toFixed(1)} s into ${path}; ${ending}.\n`);
  }
  if (timeline.exit !== undefined) return exitCodeOf(timeline.exit);
  return stop === undefined ? EXIT.success : exitCodeOfStop(stop);
}

const interrupted: StopCause = { kind: 'interrupted' };

function reached(untilStep: number, outcome: MotionOutcome | undefined): StopCause | undefined {
  return outcome?.kind === 'arrived' ? { kind: 'until-step', counter: untilStep } : undefined;
}

export function exitCodeOfStop(cause: StopCause): number {
  switch (cause.kind) {
    case 'until-output':
    case 'until-step':
      return EXIT.success;
    case 'timeout':
      return EXIT.timeout;
    case 'interrupted':
      return EXIT.interrupted;
    case 'no-more-input':
      return EXIT.failure;
  }
}
