/** Which way along the moments that were visited a motion leads, if it does. */
export type VisitDirection = 'back' | 'forth';

/** Moments that are remembered: more than a person retraces, and little memory. */
const MOST_VISITS = 1000;

/**
 * The moments at which the person has stood, like the pages of a browser: going back to one keeps the way forth again, until
 * a motion leads elsewhere.
 */
export class Visits {
  readonly #moments: number[] = [];
  #present = -1;

  /** The counter that lies in a direction; undefined at either end. */
  toward(direction: VisitDirection): number | undefined {
    return this.#moments[this.#index(direction)];
  }

  /** The machine has come to stand at a counter, by a motion along the visits or by any other. */
  arrived(counter: number, along: VisitDirection | undefined): void {
    if (along !== undefined && this.toward(along) === counter) {
      this.#present = this.#index(along);
      return;
    }
    if (this.#moments[this.#present] === counter) return;
    this.#moments.length = this.#present + 1;
    this.#moments.push(counter);
    if (this.#moments.length > MOST_VISITS) this.#moments.shift();
    this.#present = this.#moments.length - 1;
  }

  #index(direction: VisitDirection): number {
    return direction === 'back' ? this.#present - 1 : this.#present + 1;
  }
}
