import type { Change } from '../machine/change.ts';

/** What a person changed at one moment, in order: the state at `counter` is the one with it. */
export interface PersonChange {
  readonly counter: number;
  readonly changes: readonly Change[];
}

/** What a person changed in a branch, by its moments. */
export class PersonChanges {
  #made: PersonChange[] = [];

  get all(): readonly PersonChange[] {
    return this.#made;
  }

  /** The counter of the first ones after `counter`, or Infinity. */
  nextAfter(counter: number): number {
    return this.#made.find((one) => one.counter > counter)?.counter ?? Infinity;
  }

  at(counter: number): readonly Change[] {
    return this.#made.find((one) => one.counter === counter)?.changes ?? [];
  }

  /** Adds to those of a moment, and forgets all that came after it. */
  add(counter: number, changes: readonly Change[]): void {
    const before = this.#made.filter((one) => one.counter < counter);
    this.#made = [...before, { counter, changes: [...this.at(counter), ...changes] }];
  }
}
