import type { SearchPredicate } from './predicate.ts';
import type { Register } from './register.ts';

/** What a run may stop at, and what it met. Evaluated by the engine; never written into guest memory (law 6). */

/**
 * `when` must hold too: of registers and memory before the step for an instruction; else as the step left them, except that a
 * load has not written its register yet.
 */
export type StopCondition =
  /** The hart is about to execute the instruction at this virtual address, in any address space. */
  | { readonly kind: 'instruction'; readonly address: bigint; readonly when?: SearchPredicate }
  /**
   * Any byte of [address, address + length) is accessed, by a hart or, writing, by a device. `change` is a write that leaves
   * different bytes behind. Virtual addresses are matched as the instruction computed them; physical ones after translation.
   * A device's writes to a virtual address are those to what the hart's present translation makes of it.
   */
  | {
      readonly kind: 'access';
      readonly space: 'virtual' | 'physical';
      readonly address: bigint;
      readonly length: number;
      readonly access: 'read' | 'write' | 'read-write' | 'change';
      readonly when?: SearchPredicate;
    }
  /** The step is a trap or interrupt taken with this cause (scause numbering), or any when undefined. */
  | {
      readonly kind: 'trap';
      readonly cause: { readonly code: number; readonly interrupt: boolean } | undefined;
      readonly when?: SearchPredicate;
    }
  /**
   * The step leaves another value in a register, or in the bits of it that `mask` has (all when absent): an instruction, a trap
   * or interrupt, input that arrives, or time that passes. Writing the value that was there is no change.
   *
   * Cost: while such a condition is set every step is interpreted, none translated, and followed by a comparison. A search
   * then takes about as long as interpreting twice: some 100 to 150 M steps a second, however few registers are watched.
   * `instructions.ts` tells which instructions write x registers: where only one of them can matter, conditions of
   * kind `instruction` are faster by far.
   */
  | {
      readonly kind: 'register-change';
      readonly register: Register;
      readonly mask?: bigint;
      readonly when?: SearchPredicate;
    };

/**
 * A condition that was met. `counter` is the moment just before the step that met it: at that moment `pc` is the
 * instruction that will execute, access or trap. Running forward stops at `counter` for an instruction and at
 * `counter + 1` for anything else; running backward always stops at `counter`.
 */
export type Hit =
  | {
      readonly kind: 'instruction';
      readonly counter: number;
      readonly hart: number;
      /** The condition that was met: the very object of the stop set. */
      readonly condition: StopCondition & { readonly kind: 'instruction' };
      readonly address: bigint;
    }
  | {
      readonly kind: 'access';
      readonly counter: number;
      readonly hart: number;
      readonly condition: StopCondition & { readonly kind: 'access' };
      /** pc of the accessing instruction. */
      readonly pc: bigint;
      /** What was accessed: virtual address and bytes; by a device, the physical address. */
      readonly address: bigint;
      readonly length: number;
      readonly write: boolean;
      /** A device stored, as the step made it: pc is the instruction that the hart carried out, if any, meanwhile. */
      readonly byDevice: boolean;
    }
  | {
      readonly kind: 'trap';
      readonly counter: number;
      readonly hart: number;
      readonly condition: StopCondition & { readonly kind: 'trap' };
      readonly pc: bigint;
      readonly code: number;
      readonly interrupt: boolean;
    }
  | {
      readonly kind: 'register-change';
      readonly counter: number;
      readonly hart: number;
      readonly condition: StopCondition & { readonly kind: 'register-change' };
      /** pc before the step: the instruction that wrote it, or that a trap was taken at. */
      readonly pc: bigint;
    };

/** A set of conditions and what decides whether a hit counts. */
export interface StopSet {
  readonly conditions: readonly StopCondition[];
  /**
   * Asked at each hit, with the machine at the hit (before the step for instructions; just after it for anything
   * else); a hit it refuses does not stop. Must not change the machine. Absent: every hit counts. Each costs a return
   * from the engine: what a predicate can say belongs in the condition's `when`.
   */
  readonly accept?: (hit: Hit) => boolean;
  /**
   * Called with the machine at each moment that a step follows, before it takes that step. Must not change the machine. Each
   * costs a return from the engine and some microseconds: for short stretches.
   */
  readonly eachStep?: () => void;
  /**
   * Asked now and then by a run that asks about hits or tells of steps: when it says so the run ends with the next step, at its
   * limit as it were. Each hit is asked about once all the same, however runs follow each other.
   */
  readonly isLate?: () => boolean;
  /** Present: hits do not stop a run, but are counted here. */
  readonly tally?: HitTally;
}

/** What a run met that does not stop at hits. */
export class HitTally {
  /** Moments at which something was met. */
  moments = 0;
  /** What was met at the last of them, or as much of it as the engine remembers. */
  last: readonly Hit[] = [];

  /**
   * Adds what was met after everything that is counted here: `last` at the last of `moments` moments. The first of them may be
   * the last one counted: a step meets instructions before it is taken, and the rest after.
   */
  add(moments: number, last: readonly Hit[]): void {
    if (moments === 0) return;
    if (moments === 1 && this.last[0]?.counter === last[0]?.counter) {
      this.last = [...this.last, ...last];
      return;
    }
    this.moments += moments;
    this.last = last;
  }
}
