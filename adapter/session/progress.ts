import type { MotionProgress } from '../../emulator/replay/timeline-contract.ts';
import type { Client } from './client.ts';

/** Milliseconds after which a motion is long enough to be worth telling about, and between two reports. */
const WORTH_TELLING = 500;
const BETWEEN_REPORTS = 200;

/** Tells the client how far one motion has come, once it takes long. Says nothing to clients that show no progress. */
export class ProgressReport {
  readonly #client: Client;
  readonly #title: string;
  readonly #began = Date.now();
  #shown = false;
  #lastReport = 0;

  constructor(
    client: Client,
    title: string,
    /** Unique in the session; `cancel` names it. */
    readonly id: string,
    /** Everything is gone through; else it may end any time, and the time left is a bound. */
    private readonly isExhaustive = false,
  ) {
    this.#client = client;
    this.#title = title;
  }

  update(progress: MotionProgress): void {
    const now = Date.now();
    const { done, total } = progress;
    if (total === undefined || total <= 0 || !this.#client.showsProgress) return;
    if (now - this.#began < WORTH_TELLING || now - this.#lastReport < BETWEEN_REPORTS) return;
    this.#lastReport = now;
    const percentage = Math.min(100, Math.max(0, Math.floor((100 * done) / total)));
    const left = done > 0 ? Math.ceil(((now - this.#began) * (total - done)) / done / 1000) : undefined;
    const estimate = left === undefined ? '' : `, ${this.isExhaustive ? 'about' : 'at most'} ${left} s left`;
    const message = `${done.toLocaleString('en')} of ${total.toLocaleString('en')} steps${estimate}`;
    if (this.#shown) {
      this.#client.event('progressUpdate', { progressId: this.id, message, percentage });
      return;
    }
    this.#shown = true;
    this.#client.event('progressStart', {
      progressId: this.id,
      title: this.#title,
      cancellable: true,
      message,
      percentage,
    });
  }

  end(): void {
    if (this.#shown) this.#client.event('progressEnd', { progressId: this.id });
    this.#shown = false;
  }
}
