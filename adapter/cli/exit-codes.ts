import type { GuestExit } from '../../emulator/machine/machine.ts';

/**
 * Exit codes of the command. A guest's own code (run, record) is its low eight bits; what is ours lies where few guests'
 * codes are.
 */
export const EXIT = {
  success: 0,
  /** verify, replay, state: the replay did something else than the recording. */
  diverged: 1,
  /** verify, replay, state, info, gdb: the recording cannot be read. */
  unreadable: 2,
  /** The command was not called as its help says. */
  usage: 64,
  /** A machine cannot be built, or a file not be read or written. */
  failure: 74,
  /** --timeout ran out. */
  timeout: 124,
  /** Ctrl-C, or Ctrl-A x. */
  interrupted: 130,
} as const;

/** The process's exit code for a guest's end. */
export function exitCodeOf(exit: GuestExit): number {
  return exit.kind === 'reset' ? EXIT.success : exit.code & 0xff;
}
