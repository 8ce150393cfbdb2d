import type { Client } from './client.ts';
import type { Debuggee } from './debuggee.ts';
import { sentenceOf } from './failure.ts';
import type { Motions } from './motion/motions.ts';
import { exitText } from './motion/exit-text.ts';
import { grouped } from './motion/stop-report.ts';

/** Milliseconds between two looks at the file. */
const PERIOD = 250;

/** Follows a recording that another process is still making: while the machine stands still, the end of history moves on. */
export class GrowingRecording {
  readonly #client: Client;
  readonly #debuggee: Debuggee;
  readonly #motions: Motions;
  readonly #onGrown: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;

  /** `onGrown` is called whenever the end of history has moved on. */
  constructor(client: Client, debuggee: Debuggee, motions: Motions, onGrown: () => void) {
    this.#client = client;
    this.#debuggee = debuggee;
    this.#motions = motions;
    this.#onGrown = onGrown;
    this.#lookLater();
  }

  dispose(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  #lookLater(): void {
    if (this.#isOver || !this.#debuggee.timeline.isOpenEnded) return;
    this.#timer = setTimeout(() => {
      void this.#look();
    }, PERIOD);
  }

  async #look(): Promise<void> {
    const { timeline } = this.#debuggee;
    try {
      // A motion looks by itself as it begins, and knows its way until it ends.
      const hasGrown = !this.#motions.moving && (await timeline.refresh());
      if (this.#isOver) return;
      if (hasGrown) this.#onGrown();
      if (!timeline.isOpenEnded) this.#tellEnd();
    } catch (error) {
      if (!this.#isOver) this.#client.tell(sentenceOf(error), 'important');
      return;
    }
    this.#lookLater();
  }

  #tellEnd(): void {
    const { timeline } = this.#debuggee;
    const why = timeline.exit === undefined ? '' : `: ${exitText(timeline.exit)}`;
    this.#client.tell(`The recording is complete: it ends at counter ${grouped(timeline.end)}${why}.`);
    this.#onGrown();
  }
}
