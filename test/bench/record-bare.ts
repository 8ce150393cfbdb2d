/**
 * The command line, whose `record` leaves no checkpoints but for the initial state: what the rest of recording costs. For the bench
 * alone, which bundles it as the program is: such a recording is of no use to anybody who wants to go back in it.
 */
import { commands, runCommandLine } from '../../adapter/cli/command-line.ts';
import { record, recordCommand } from '../../adapter/cli/commands/record.ts';
import { tuneCompilation } from '../../adapter/host/compilation.ts';

const never = { nearLatency: Infinity, farLatency: Infinity, writtenLatency: Infinity };

tuneCompilation();
runCommandLine(
  commands.map((command) => (command === recordCommand ? { ...command, run: (args) => record(args, never) } : command)),
);
