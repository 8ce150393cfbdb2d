import { buildMachine } from '../../host/machine-request.ts';
import { PlainRun } from '../../host/plain-run.ts';
import { printError, printOut } from '../../host/terminal.ts';
import type { Command } from '../command.ts';
import { noPositionals } from '../command.ts';
import { EXIT, exitCodeOf } from '../exit-codes.ts';
import { describeCause, LIVE_DETAILS, liveOptions, LiveSession } from '../live-session.ts';
import { machineOptions, machineRequest } from '../machine-options.ts';
import { exitCodeOfStop } from './record.ts';

export const runCommand: Command = {
  name: 'run',
  usage: '--kernel FILE [options]',
  summary: "Run a machine without recording it. The exit code is the guest's.",
  details: LIVE_DETAILS,
  options: { ...machineOptions, ...liveOptions },
  async run(args) {
    noPositionals(args);
    const session = await LiveSession.prepare(args);
    const { machine } = await buildMachine(machineRequest(args));
    const run = new PlainRun(machine, session.interactive ? 'host-clock' : 'skip', session.guestWaits);
    run.onConsoleOutput(({ bytes }) => {
      printOut(bytes);
    });
    const cause = await session.run(run);
    if (run.exit !== undefined) return exitCodeOf(run.exit);
    if (cause === undefined) return EXIT.success;
    printError(`retrograde: the guest was stopped at counter ${run.counter}: ${describeCause(cause)}.\n`);
    return exitCodeOfStop(cause);
  },
};
