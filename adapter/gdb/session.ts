import type { HartView } from '../../emulator/machine/machine.ts';
import type { TimelineContract } from '../../emulator/replay/timeline.ts';
import { Breakpoints } from './breakpoints.ts';

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
  #motion: AbortController | undefined;
  #interrupted = false;

  constructor(timeline: TimelineContract, initialStop: string) {
    this.timeline = timeline;
    this.lastStop = initialStop;
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

  /** Runs a motion so that `interrupt` can cancel it. */
  async cancellable<Result>(motion: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const controller = new AbortController();
    this.#motion = controller;
    if (this.#interrupted) controller.abort();
    try {
      return await motion(controller.signal);
    } finally {
      this.#motion = undefined;
      this.#interrupted = false;
    }
  }

  /**
   * Ctrl-C. It may come while the packet that starts the motion still waits for its turn; it is kept for that motion, until
   * `forgetInterrupt`.
   */
  interrupt(): void {
    this.#interrupted = true;
    this.#motion?.abort();
  }

  /** Called when nothing is left to do: an interrupt that came for nothing must not hit the next motion. */
  forgetInterrupt(): void {
    this.#interrupted = false;
  }
}
