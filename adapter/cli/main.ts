import { tuneCompilation } from '../host/compilation.ts';
import { commands, runCommandLine } from './command-line.ts';

/** The command line as a program. */
tuneCompilation();
runCommandLine(commands);
