import type { ProgramFunction } from '../../../../../adapter/session/program.ts';

/** What a hart looks like before a step. */
export interface HartMoment {
  readonly counter: number;
  readonly pc: bigint;
  readonly sp: bigint;
  readonly privilege: 'U' | 'S' | 'M';
  readonly satp: bigint;
  /** The function that holds pc. */
  readonly function: ProgramFunction | undefined;
}

/** What a step was, as far as stacks are concerned. */
export type StepKind = 'trap' | 'call' | 'return' | 'trap-return' | 'stack-switch' | 'other';

/** One execution of a function: from what entered it until control leaves it for good. Compared by identity. */
export interface Activation {
  readonly how: 'call' | 'trap' | 'tail' | 'unknown';
  /** A trap entered it, or what jumped to it. */
  readonly isOfTrap?: boolean;
  /** That which it took the place of. */
  readonly replaces?: Activation;
  readonly function: ProgramFunction | undefined;
  readonly caller: Activation | undefined;
  /** The moment before the step that entered it; undefined for those that were there before anybody looked. */
  readonly enteredBy: HartMoment | undefined;
  /** Where it leaves to, with the stack as it was; bytes that may be passed over for traps: an ecall is not repeated. */
  readonly resume: { readonly from: HartMoment; readonly offsets: readonly bigint[] } | undefined;
  /** Of one that a jump left: what it jumped to, which returns in its place. */
  replacedBy?: Activation;
  /** The first moment after it. */
  endedAt?: number;
  /** Where it may have gone over to another stack, as switches between tasks do: the moment after the instruction. */
  switchedAt?: number;
}

/** Where an activation, or what replaced it, has ended; undefined when that was not seen. */
export function endOf(activation: Activation): number | undefined {
  return activation.replacedBy === undefined ? activation.endedAt : endOf(activation.replacedBy);
}

/** An activation, what it jumped to, what that jumped to, and so on. */
export function replacementsOf(activation: Activation): readonly Activation[] {
  const { replacedBy } = activation;
  return replacedBy === undefined ? [activation] : [activation, ...replacementsOf(replacedBy)];
}

/**
 * The stacks of all tasks, kept as plainly as possible: by watching every call, trap and return. Neither call frame
 * information nor anything else that debuggers unwind with is looked at.
 */
export class ShadowStacks {
  #current: Activation;
  /** Innermost activations of tasks that do not run. */
  readonly #parked = new Set<Activation>();

  constructor(first: HartMoment) {
    this.#current = unknown(first);
  }

  get current(): Activation {
    return this.#current;
  }

  /** A step led from one moment to the next. `length` is that of the instruction at `before`, in bytes. */
  step(before: HartMoment, kind: StepKind, length: bigint, after: HartMoment): void {
    switch (kind) {
      case 'trap':
        this.#enter('trap', before, [0n, 2n, 4n], after);
        break;
      case 'call':
        this.#enter('call', before, [length], after);
        break;
      case 'return':
      case 'trap-return':
        this.#leave(before, after);
        break;
      case 'stack-switch':
        // The handler of a trap goes over to its own task's stack.
        if (this.#current.isOfTrap !== true) this.#current.switchedAt = after.counter;
        break;
      case 'other':
        if (after.function !== this.#current.function) this.#jump(before, after);
    }
  }

  #enter(how: 'call' | 'trap', from: HartMoment, offsets: readonly bigint[], after: HartMoment): void {
    const { function: fn } = after;
    const resume = { from, offsets };
    this.#current = { how, isOfTrap: how === 'trap', function: fn, caller: this.#current, enteredBy: from, resume };
  }

  /** Out of a function without a return: another one takes its place. */
  #jump(before: HartMoment, after: HartMoment): void {
    const left = this.#current;
    this.#current = { ...left, how: 'tail', replaces: left, function: after.function, enteredBy: before };
    left.replacedBy = this.#current;
  }

  /** By a return to where nobody called from: an address was put there for it. */
  #returnElsewhere(before: HartMoment, after: HartMoment): void {
    const left = this.#current;
    this.#jump(before, after);
    delete left.replacedBy;
    left.endedAt = after.counter;
    if (left.replaces !== undefined) left.replaces.replacedBy = this.#current;
  }

  #leave(before: HartMoment, after: HartMoment): void {
    for (const top of [this.#current, ...this.#parked]) {
      const left = chainOf(top).find((activation) => resumesAt(activation, after));
      if (left === undefined) continue;
      for (const popped of chainOf(top)) {
        popped.endedAt = after.counter;
        if (popped === left) break;
      }
      this.#goTo(top, left.caller ?? unknown(after));
      return;
    }
    if (after.function === this.#current.function) return;
    const { resume, switchedAt } = this.#current;
    // Otherwise another task that is new here.
    if (resume !== undefined && switchedAt === undefined) this.#returnElsewhere(before, after);
    else this.#goTo(undefined, unknown(after));
  }

  /** Goes on in a stack whose innermost activation was `top`. */
  #goTo(top: Activation | undefined, next: Activation): void {
    if (top !== this.#current) this.#parked.add(this.#current);
    if (top !== undefined) this.#parked.delete(top);
    this.#current = next;
  }
}

function unknown({ function: fn }: HartMoment): Activation {
  return { how: 'unknown', function: fn, caller: undefined, enteredBy: undefined, resume: undefined };
}

/** An activation and those that called it, innermost first. */
export function chainOf(innermost: Activation): readonly Activation[] {
  const outer = innermost.caller;
  return outer === undefined ? [innermost] : [innermost, ...chainOf(outer)];
}

function resumesAt({ resume }: Activation, { pc, sp, privilege, satp }: HartMoment): boolean {
  if (resume === undefined) return false;
  const { from, offsets } = resume;
  return (
    sp === from.sp &&
    privilege === from.privilege &&
    (privilege !== 'U' || satp === from.satp) &&
    offsets.some((offset) => pc === from.pc + offset)
  );
}
