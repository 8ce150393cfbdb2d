import type { HartView } from '../../emulator/machine/machine.ts';
import type { MotionOutcome, TimelineContract } from '../../emulator/replay/timeline.ts';
import { Breakpoints } from './breakpoints.ts';

/**
 * Milliseconds for which Ctrl-C holds when nothing moves. A client that itself judges the condition of a breakpoint goes on
 * at once when it is false; a Ctrl-C that crossed with the hit is meant for the motion that follows. Nobody reads of a stop
 * and types the next command as fast.
 */
const INTERRUPT_HOLDS = 500;

/** What is known of one client and what it has chosen. Harts are gdb's threads, numbered from 1. */
export class GdbSession {
  readonly timeline: TimelineContract;
  readonly breakpoints = new Breakpoints();
  /** What the client said it understands in qSupported, such as `swbreak+`. */
  clientFeatures: ReadonlySet<string> = new Set();
  /** The hart whose registers and memory are read (`Hg`). */
  #hart = 0;
  /** Memory packets take physical addresses (`Qqemu.PhyMemMode`). */
  physicalMemory = false;
  /** Why the machine stands where it does: the answer to `?`. */
  lastStop: string;
  /** The counter at which a watched access was announced that the machine has not gone over yet (motion.ts). */
  announcedAccess: number | undefined;
  /** Set by what ends the session; sent replies still go out. */
  ending: 'detached' | 'killed' | undefined;
  /** The last motion ended at a breakpoint or watchpoint. */
  #atHit = false;
  readonly #notes: string[] = [];
  #motion: AbortController | undefined;
  /** When Ctrl-C came that no motion has answered, in milliseconds since 1970. */
  #interruptedAt = -Infinity;

  constructor(timeline: TimelineContract, initialStop: string) {
    this.timeline = timeline;
    this.lastStop = initialStop;
  }

  /** Something to tell the person, which gdb shows with the end of the next motion: it takes no text at other times. */
  note(text: string): void {
    this.#notes.push(text);
  }

  takeNotes(): readonly string[] {
    return this.#notes.splice(0);
  }

  get hart(): HartView {
    const hart = this.timeline.harts[this.#hart];
    if (hart === undefined) throw new Error(`The machine has no hart ${this.#hart}.`);
    return hart;
  }

  get hartIndex(): number {
    return this.#hart;
  }

  /** False when there is no such hart. */
  selectHart(index: number): boolean {
    if (this.timeline.harts[index] === undefined) return false;
    this.#hart = index;
    return true;
  }

  /** Runs a motion so that `interrupt` can cancel it. One that comes too late for it is kept as if it had come after. */
  async cancellable(motion: (signal: AbortSignal) => Promise<MotionOutcome>): Promise<MotionOutcome> {
    const controller = new AbortController();
    this.#motion = controller;
    if (Date.now() - this.#interruptedAt < INTERRUPT_HOLDS) controller.abort();
    try {
      const outcome = await motion(controller.signal);
      this.#atHit = outcome.kind === 'hit';
      if (outcome.kind === 'cancelled') this.#interruptedAt = -Infinity;
      return outcome;
    } finally {
      this.#motion = undefined;
    }
  }

  /**
   * Ctrl-C. It may come while the packet that starts the motion still waits for its turn, or is still to be sent by a client
   * that goes on after a hit; it is kept for that motion.
   */
  interrupt(): void {
    this.#interruptedAt = Date.now();
    this.#motion?.abort();
  }

  /** Called when nothing is left to do: an interrupt that came for nothing must not hit the next motion. */
  forgetInterrupt(): void {
    if (!this.#atHit) this.#interruptedAt = -Infinity;
  }
}
