import { GuestError } from './guest-error.ts';
import {
  NO_ARRIVALS,
  type Guest,
  type KernelIdentity,
  type KernelModule,
  type LogMessage,
  type Mapping,
  type Task,
} from './guest.ts';

/** A guest of which nothing is known but that harts execute it. */
export class BareMetal implements Guest {
  readonly kind = 'bare metal';
  readonly arrivals = NO_ARRIVALS;

  constructor(
    /** For messages: the program's file. */
    private readonly program: string,
  ) {}

  tasks(): readonly Task[] {
    return [];
  }

  currentTask(): undefined {
    return undefined;
  }

  executes(): undefined {
    return undefined;
  }

  identity(): KernelIdentity {
    return { version: undefined, commandLine: undefined };
  }

  log(): readonly LogMessage[] {
    throw this.unknown('kernel log');
  }

  modules(): readonly KernelModule[] {
    throw this.unknown('modules');
  }

  mappings(): readonly Mapping[] {
    throw this.unknown('tasks with mappings');
  }

  private unknown(what: string): GuestError {
    return new GuestError(
      `${this.program} is not known to have ${what}. Linux is recognized by its symbols; the tasks of another kernel can be ` +
        'described in the attribute "guest".',
    );
  }
}
