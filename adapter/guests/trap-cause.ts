/** Names of the causes of traps, as the privileged specification's table of scause has them (chapter 12.1.8). */

export interface TrapCause {
  readonly code: number;
  readonly interrupt: boolean;
}

const EXCEPTIONS: Readonly<Record<number, string>> = {
  0: 'instruction address misaligned',
  1: 'instruction access fault',
  2: 'illegal instruction',
  3: 'breakpoint',
  4: 'load address misaligned',
  5: 'load access fault',
  6: 'store/AMO address misaligned',
  7: 'store/AMO access fault',
  8: 'environment call from U-mode',
  9: 'environment call from S-mode',
  11: 'environment call from M-mode',
  12: 'instruction page fault',
  13: 'load page fault',
  15: 'store/AMO page fault',
};

const INTERRUPTS: Readonly<Record<number, string>> = {
  1: 'supervisor software interrupt',
  3: 'machine software interrupt',
  5: 'supervisor timer interrupt',
  7: 'machine timer interrupt',
  9: 'supervisor external interrupt',
  11: 'machine external interrupt',
};

/** Exceptions that say something went wrong, which environment calls and page faults on demand need not. */
export const FAULTS: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7, 12, 13, 15];
export const ENVIRONMENT_CALLS: readonly number[] = [8, 9, 11];
/** All exceptions and interrupts that have names. */
export const EXCEPTION_CODES: readonly number[] = Object.keys(EXCEPTIONS).map(Number);
export const INTERRUPT_CODES: readonly number[] = Object.keys(INTERRUPTS).map(Number);

export function causeName({ code, interrupt }: TrapCause): string {
  const name = (interrupt ? INTERRUPTS : EXCEPTIONS)[code];
  return name ?? `${interrupt ? 'interrupt' : 'exception'} ${code}`;
}

/** The cause in a value of scause or mcause. */
export function causeIn(register: bigint): TrapCause {
  return { interrupt: register >> 63n === 1n, code: Number(register & 0x7fff_ffffn) };
}
