/**
 * `retrograde record` without checkpoints, but for the initial state: what the rest of recording costs. For the bench alone, which
 * bundles it: such a recording is of no use to anybody who wants to go back in it.
 */
import { record, recordCommand } from '../../adapter/cli/commands/record.ts';
import { parseArguments } from '../../adapter/host/arguments.ts';
import { commandArguments, endProcess, printError } from '../../adapter/host/terminal.ts';

const never = { nearLatency: Infinity, farLatency: Infinity, writtenLatency: Infinity };

record(parseArguments(commandArguments(), recordCommand.options), never).then(endProcess, (error: unknown) => {
  printError(`${String(error)}\n`);
  return endProcess(1);
});
