import { openTimeline } from '../../host/recording-files.ts';
import { onInterrupt, printError, printOut } from '../../host/terminal.ts';
import type { Command } from '../command.ts';
import { recordingOf } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { describeDivergence, openForReplay } from '../opened.ts';
import { parseCounter } from '../values.ts';

export const replayCommand: Command = {
  name: 'replay',
  usage: 'FILE [--to N]',
  summary: 'Replay a recording from its start and print the console again.',
  details: 'Exit code: 0, 1 when the replay diverges from the recording, 2 when the file cannot be read.',
  options: { to: { type: 'string', value: 'N', help: 'stop at counter N (the end)' } },
  readsRecording: true,
  async run(args) {
    const path = recordingOf(args);
    const to = args.text('to');
    const until = to === undefined ? undefined : parseCounter('--to', to);
    const timeline = await openTimeline(await openForReplay(path));
    const abort = new AbortController();
    onInterrupt(() => {
      abort.abort();
    });
    timeline.onConsoleOutput(({ bytes }) => {
      printOut(bytes);
    });
    const outcome = await timeline.run(
      { conditions: [] },
      { signal: abort.signal, ...(until === undefined ? {} : { until }) },
    );
    await timeline.close();
    if (outcome.kind === 'cancelled') return EXIT.interrupted;
    if (outcome.kind !== 'diverged') return EXIT.success;
    printError(`retrograde: ${describeDivergence(path, outcome)}\n`);
    return EXIT.diverged;
  },
};
