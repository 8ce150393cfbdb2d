/**
 * What identifies a build in a recording. Law 1 holds for one machine: a recording replays only on a machine that does
 * the same with it.
 */

/** Major: readers of another major version refuse the file. Minor: they read it, skipping chunks they do not know. */
export const FORMAT_VERSION = { major: 2, minor: 0 } as const;

/**
 * To be raised with every change after which a recorded run would go another way: another device tree, another number
 * of steps for the same instruction, another layout of the saved state.
 */
export const MACHINE_VERSION = 1;

export interface BuildIdentity {
  /** The program that wrote the file, with its version: `retrograde 0.1.0`. */
  readonly program: string;
  /** MACHINE_VERSION of that program. */
  readonly machine: number;
}
