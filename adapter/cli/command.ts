import type { Arguments, OptionSpec } from '../host/arguments.ts';
import { UsageError } from '../host/arguments.ts';

/** One option of a command, with its line in the help. */
export interface CommandOption extends OptionSpec {
  /** What stands for the value in the help: `FILE`. */
  readonly value?: string;
  readonly help: string;
}

export type CommandOptions = Readonly<Record<string, CommandOption>>;

/** One command of `retrograde`. */
export interface Command {
  readonly name: string;
  /** What follows the name in the help. */
  readonly usage: string;
  readonly summary: string;
  /** More about it, in whole lines. */
  readonly details: string;
  readonly options: CommandOptions;
  /** True when the command is about a recording: a file that cannot be used is then that. */
  readonly readsRecording?: true;
  /** Returns the exit code. Throws UsageError, FileError, RecordingError or ScriptError. */
  run(args: Arguments): Promise<number>;
}

const WIDTH = 26;

export function helpOf(command: Command): string {
  const options = Object.entries({
    ...command.options,
    help: { type: 'boolean', help: 'this text' },
  } satisfies CommandOptions);
  return [
    `retrograde ${command.name} ${command.usage}`.trimEnd(),
    '',
    command.summary,
    ...(command.details === '' ? [] : ['', command.details]),
    '',
    'Options:',
    ...options.map(([name, option]) => optionLine(name, option)),
    '',
  ].join('\n');
}

function optionLine(name: string, option: CommandOption): string {
  const short = option.short === undefined ? '' : `-${option.short}, `;
  const left = `  ${short}--${name}${option.value === undefined ? '' : ` ${option.value}`}`;
  return left.length < WIDTH ? left.padEnd(WIDTH) + option.help : `${left}\n${' '.repeat(WIDTH)}${option.help}`;
}

/** The one positional argument of commands that take a recording. */
export function recordingOf(args: Arguments): string {
  const [path, ...others] = args.positionals;
  if (path === undefined) throw new UsageError('Name the recording: a file that retrograde record wrote.');
  if (others.length > 0) throw new UsageError(`One recording is enough: '${others.join(' ')}' is too much.`);
  return path;
}

export function noPositionals(args: Arguments): void {
  const [first] = args.positionals;
  if (first !== undefined)
    throw new UsageError(`'${first}' stands alone. Files are named by options, as --kernel FILE.`);
}
