import { RecordingError } from '../../emulator/recording/recording-error.ts';
import { parseArguments, UsageError } from '../host/arguments.ts';
import { FileError } from '../host/file-error.ts';
import { ScriptError } from '../host/input-script.ts';
import { commandArguments, endProcess, endWithReader, printError, printOut } from '../host/terminal.ts';
import type { Command } from './command.ts';
import { helpOf } from './command.ts';
import { dapCommand } from './commands/dap.ts';
import { gdbCommand } from './commands/gdb.ts';
import { infoCommand } from './commands/info.ts';
import { recordCommand } from './commands/record.ts';
import { replayCommand } from './commands/replay.ts';
import { runCommand } from './commands/run.ts';
import { stateCommand } from './commands/state.ts';
import { verifyCommand } from './commands/verify.ts';
import { EXIT } from './exit-codes.ts';
import { PROGRAM } from './program-name.ts';

export const commands: readonly Command[] = [
  runCommand,
  recordCommand,
  replayCommand,
  verifyCommand,
  infoCommand,
  stateCommand,
  dapCommand,
  gdbCommand,
];

function overview(): string {
  return [
    'retrograde: debug operating-system kernels backwards',
    '',
    'Commands:',
    ...commands.map((command) => `  ${command.name.padEnd(8)} ${command.summary.split('\n')[0] ?? ''}`),
    '',
    'retrograde COMMAND --help says more about each. retrograde --version names the version.',
    '',
  ].join('\n');
}

async function run(commands: readonly Command[], args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    printOut(overview());
    return name === undefined ? EXIT.usage : EXIT.success;
  }
  if (name === '--version') {
    printOut(`${PROGRAM}\n`);
    return EXIT.success;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) {
    throw new UsageError(`'${name}' is no command of retrograde. 'retrograde --help' lists them.`);
  }
  try {
    const parsed = parseArguments(rest, { ...command.options, help: { type: 'boolean', short: 'h' } });
    if (parsed.flag('help')) {
      printOut(helpOf(command));
      return EXIT.success;
    }
    return await command.run(parsed);
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${error.message} See 'retrograde ${name} --help'.`);
    if (!(error instanceof FileError) || command.readsRecording !== true) throw error;
    printError(`retrograde: ${error.message}\n`);
    return EXIT.unreadable;
  }
}

function exitCodeOfError(error: unknown): number {
  if (error instanceof UsageError || error instanceof ScriptError) return EXIT.usage;
  if (error instanceof RecordingError) return error.problem === 'not-written' ? EXIT.failure : EXIT.unreadable;
  return EXIT.failure;
}

/** A sentence; a stack trace only for what should not happen, because then somebody has to look for it. */
function sentenceOf(error: unknown): string {
  if (error instanceof UsageError || error instanceof ScriptError) return error.message;
  if (error instanceof RecordingError || error instanceof FileError) return error.message;
  if (error instanceof Error) {
    return `This is a fault of Retrograde: ${error.stack ?? error.message}\nPlease report it with the command you gave.`;
  }
  return `This is a fault of Retrograde: ${String(error)}. Please report it with the command you gave.`;
}

/** Runs the command that this process was started with, and ends the process. */
export function runCommandLine(among: readonly Command[]): void {
  endWithReader();
  run(among, commandArguments()).then(endProcess, (error: unknown) => {
    printError(`retrograde: ${sentenceOf(error)}\n`);
    return endProcess(exitCodeOfError(error));
  });
}
