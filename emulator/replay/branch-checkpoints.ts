import { Checkpoints, type Checkpoint, type CheckpointLine } from './checkpoint.ts';

/** The checkpoints of a branch: before its base those of history, which both add to; from there on its own. */
export class BranchCheckpoints implements CheckpointLine {
  readonly #history: CheckpointLine;
  readonly #base: number;
  readonly #own = new Checkpoints();

  constructor(history: CheckpointLine, base: number) {
    this.#history = history;
    this.#base = base;
  }

  get droppable(): number {
    return this.#history.droppable + this.#own.droppable;
  }

  add(checkpoint: Checkpoint, reach: number): Checkpoint {
    return this.#lineAt(checkpoint.state.counter).add(checkpoint, reach);
  }

  atOrBefore(counter: number): Checkpoint | undefined {
    return this.#own.atOrBefore(counter) ?? this.#history.atOrBefore(Math.min(counter, this.#base - 1));
  }

  after(counter: number): Checkpoint | undefined {
    const common = this.#history.after(counter);
    return common !== undefined && common.state.counter < this.#base ? common : this.#own.after(counter);
  }

  reached(counter: number, milliseconds: number): void {
    this.#lineAt(counter).reached(counter, milliseconds);
  }

  thin(counter: number, behind: number, latency: number): void {
    this.#lineAt(counter).thin(counter, behind, latency);
  }

  /** What history has after the base is of no use here, and goes first. */
  dropLeastUseful(present: number, from = 0): boolean {
    return (
      this.#history.dropLeastUseful(present, Math.max(from, this.#base)) ||
      this.#own.dropLeastUseful(present, from) ||
      this.#history.dropLeastUseful(present, from)
    );
  }

  /** Drops the branch's own from `counter` on, pinned ones too. */
  dropFrom(counter: number): void {
    this.#own.dropFrom(counter);
  }

  #lineAt(counter: number): CheckpointLine {
    return counter < this.#base ? this.#history : this.#own;
  }
}
