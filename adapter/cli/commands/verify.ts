import type { Recording } from '../../../emulator/recording/recording.ts';
import type { MotionOutcome, Timeline } from '../../../emulator/replay/timeline.ts';
import { openTimeline } from '../../host/recording-files.ts';
import { onInterrupt, printError, printOut } from '../../host/terminal.ts';
import type { Command } from '../command.ts';
import { recordingOf } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { describeDivergence, openForReplay } from '../opened.ts';

export const verifyCommand: Command = {
  name: 'verify',
  usage: 'FILE',
  summary: 'Replay everything and compare it with the digests, the console and the checkpoints in the file.',
  details:
    'Exit code: 0 when all is identical, 1 when the replay diverges (the first counter is printed, and what\n' +
    'differs), 2 when the file cannot be read.',
  options: { json: { type: 'boolean', help: 'print the result as JSON' } },
  readsRecording: true,
  async run(args) {
    const path = recordingOf(args);
    const recording = await openForReplay(path);
    const timeline = await openTimeline(recording);
    const abort = new AbortController();
    onInterrupt(() => {
      abort.abort();
    });
    const began = performance.now();
    let outcome = await timeline.run({ conditions: [] }, { signal: abort.signal });
    const seconds = (performance.now() - began) / 1000;
    if (outcome.kind === 'end-of-recording') outcome = await visitCheckpoints(timeline, recording, abort.signal);
    await timeline.close();
    if (outcome.kind === 'cancelled') return EXIT.interrupted;
    const { lastCounter, digests } = recording;
    const speed = lastCounter / seconds / 1e6;
    const diverged = outcome.kind === 'diverged' ? outcome : undefined;
    if (args.flag('json')) {
      printOut(
        `${JSON.stringify({
          file: path,
          identical: diverged === undefined,
          counter: lastCounter,
          digests: digests.length,
          checkpoints: recording.checkpoints.length,
          complete: recording.damage === undefined,
          seconds,
          millionStepsPerSecond: speed,
          diverged: diverged ?? null,
        })}\n`,
      );
    } else if (diverged !== undefined) {
      printError(`retrograde: ${describeDivergence(path, diverged)}\n`);
    } else {
      printOut(
        `${path}: identical up to counter ${lastCounter} (${digests.length} digests, ${seconds.toFixed(1)} s, ` +
          `${speed.toFixed(1)} M steps/s)\n`,
      );
    }
    return diverged === undefined ? EXIT.success : EXIT.diverged;
  },
};

/** Each stored checkpoint is restored and its digest compared: from the last to the first, so that none is passed by. */
async function visitCheckpoints(timeline: Timeline, recording: Recording, signal: AbortSignal): Promise<MotionOutcome> {
  let outcome: MotionOutcome = { kind: 'arrived' };
  for (const { state } of [...recording.checkpoints].reverse()) {
    outcome = await timeline.travelTo(state.counter, { signal });
    if (outcome.kind !== 'arrived') return outcome;
  }
  return outcome;
}
