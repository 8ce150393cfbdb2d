/**
 * The machine did something in replay that it did not do when it was recorded. Thrown through the machine by the event
 * source; the timeline turns it into an outcome.
 */
export class DivergenceError extends Error {
  override readonly name = 'DivergenceError';
  readonly counter: number;
  /** What the recording says happens at `counter`, and what the machine did. */
  readonly expected: string;
  readonly actual: string;

  constructor(counter: number, expected: string, actual: string) {
    super(`Replay diverged at counter ${counter}: recorded was ${expected}, but ${actual}.`);
    this.counter = counter;
    this.expected = expected;
    this.actual = actual;
  }
}
