import type { Machine } from '../machine/machine.ts';
import type { EventHistory } from './event-history.ts';
import type { Scheduler } from './scheduler.ts';

/**
 * How the idle time of a live guest passes: `skip` at once (automated runs), or `host-clock` as fast as the person's own
 * (so that a shell's `sleep 1` takes a second). Replay never waits.
 */
export type IdlePace = 'skip' | 'host-clock';

/** What ended the wait of a guest: its timer, input for it, or an aborted signal. */
export type IdleEnd = 'deadline' | 'input' | 'cancelled';

/** Milliseconds per tick of mtime (10 MHz). */
const TICKS_PER_MILLISECOND = 10_000;
/** The unprivileged `time` CSR: the guest's clock in ticks. */
const CSR_TIME = 0xc01;

/** What a live machine does while every hart waits. */
export class LiveIdle {
  readonly #machine: Machine;
  readonly #events: EventHistory;
  readonly #scheduler: Scheduler;
  readonly #pace: IdlePace;
  readonly #onWaiting: () => void;

  /** `onWaiting` hears when the guest begins to wait for input without any timer set. */
  constructor(
    machine: Machine,
    events: EventHistory,
    scheduler: Scheduler,
    pace: IdlePace,
    onWaiting: () => void = () => undefined,
  ) {
    this.#machine = machine;
    this.#events = events;
    this.#scheduler = scheduler;
    this.#pace = pace;
    this.#onWaiting = onWaiting;
  }

  /** Whether a guest with this deadline, if any, has to wait when no input is there. */
  waitsFor(deadline: bigint | undefined): boolean {
    return deadline === undefined || this.#pace === 'host-clock';
  }

  /** Resolves when the guest can go on: after `deadline` its clock is to be skipped there, after `input` it is not. */
  async wait(deadline: bigint | undefined, signal: AbortSignal | undefined): Promise<IdleEnd> {
    if (this.#events.hasPending) return 'input';
    if (deadline !== undefined && !this.waitsFor(deadline)) return 'deadline';
    if (deadline === undefined) this.#onWaiting();
    const began = this.#scheduler.now();
    const ticksLeft = deadline === undefined ? Infinity : Number(deadline - this.#ticks());
    const end = await this.#firstOf(ticksLeft / TICKS_PER_MILLISECOND, signal);
    this.#scheduler.rested();
    if (end === 'input' && this.#pace === 'host-clock') {
      const passed = Math.floor((this.#scheduler.now() - began) * TICKS_PER_MILLISECOND);
      this.#events.setIdleTicks(Math.max(0, Math.min(passed, ticksLeft)));
    }
    return end;
  }

  #ticks(): bigint {
    const ticks = this.#machine.harts[0]?.readCsr(CSR_TIME);
    if (ticks === undefined) throw new Error('The machine has no clock.');
    return ticks;
  }

  #firstOf(milliseconds: number, signal: AbortSignal | undefined): Promise<IdleEnd> {
    return new Promise((resolve) => {
      const finish = (end: IdleEnd): void => {
        stopTimer();
        this.#events.onPending(undefined);
        signal?.removeEventListener('abort', cancel);
        resolve(end);
      };
      const cancel = (): void => {
        finish('cancelled');
      };
      let stopTimer: () => void = () => undefined;
      if (signal?.aborted === true) {
        finish('cancelled');
        return;
      }
      signal?.addEventListener('abort', cancel);
      this.#events.onPending(() => {
        finish('input');
      });
      if (milliseconds !== Infinity) {
        stopTimer = this.#scheduler.after(milliseconds, () => {
          finish('deadline');
        });
      }
      // Somebody told of the wait may have answered already.
      if (this.#events.hasPending) finish('input');
    });
  }
}
