import type { GuestExit } from '../../../emulator/machine/machine.ts';

/** How the guest ended, as the rest of a sentence. */
export function exitText(exit: GuestExit): string {
  switch (exit.kind) {
    case 'power-off':
      return `the guest powered off with code ${exit.code}`;
    case 'reset':
      return 'the guest asked for a reset';
    case 'tohost':
      return `the guest ended with code ${exit.code} through tohost`;
  }
}

/** The exit code of a run that ended so. */
export function exitCode(exit: GuestExit): number {
  return exit.kind === 'reset' ? 0 : exit.code;
}
