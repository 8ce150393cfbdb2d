import type { Machine } from '../machine/machine.ts';
import type { Checkpoint, CheckpointLine } from './checkpoint.ts';
import { CheckpointSpacing, MOST_CHECKPOINTS, NEAR_CHECKPOINTS } from './checkpoint-policy.ts';
import type { PageStore } from './page-store.ts';
import type { Scheduler } from './scheduler.ts';
import type { TrackedMemory } from './tracked-memory.ts';

export interface KeeperParts {
  readonly machine: Machine;
  readonly memory: TrackedMemory;
  readonly store: PageStore;
  readonly checkpoints: CheckpointLine;
  readonly scheduler: Scheduler;
  /** Bytes for the contents that checkpoints hold. */
  readonly memoryBudget: number;
  /** Milliseconds of running between checkpoints just behind the present, and elsewhere; Infinity: none are taken by themselves. */
  readonly nearLatency: number;
  readonly farLatency: number;
}

/** Takes checkpoints of a running machine where they are due, and drops those that there is no room for. */
export class CheckpointKeeper {
  readonly #parts: KeeperParts;
  readonly #spacing = new CheckpointSpacing();
  /** The one that lay behind the machine when it was looked at last. */
  #behind: Checkpoint | undefined;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  /** Steps that the machine takes in this time, as it ran lately. */
  stepsIn(milliseconds: number): number {
    return this.#spacing.stepsIn(milliseconds);
  }

  /** The machine ran. */
  ran(steps: number, milliseconds: number): void {
    this.#spacing.ran(steps, milliseconds);
  }

  /** The machine is at a checkpoint now. */
  standsAt(checkpoint: Checkpoint): void {
    this.#behind = checkpoint;
    this.#spacing.met(0);
  }

  /** Somebody came here, and may soon want to step back from where they go on to. */
  expectReturn(): void {
    this.#spacing.advanceCredit();
  }

  /** Takes a checkpoint at the present moment, whatever it costs. */
  take(pinned = false): Checkpoint {
    const checkpoint = this.#take(pinned);
    this.keepBudget();
    return checkpoint;
  }

  /** Gives back memory beyond the budget, which a state that was restored may have taken. */
  keepBudget(): void {
    const { machine, checkpoints, store, memoryBudget } = this.#parts;
    // What the file holds leaves memory first.
    if (store.residentBytes > memoryBudget) store.dropReloadable();
    while (store.residentBytes > memoryBudget || checkpoints.droppable > MOST_CHECKPOINTS) {
      if (!checkpoints.dropLeastUseful(machine.counter)) return;
    }
  }

  /** Takes the initial state; with `borrow` its contents are not copied (TrackedMemory.capture). */
  begin(borrow: boolean): Checkpoint {
    const { machine, memory, checkpoints } = this.#parts;
    const checkpoint = checkpoints.add({ state: machine.saveSmall(), trees: memory.capture(borrow), pinned: true }, 0);
    this.standsAt(checkpoint);
    return checkpoint;
  }

  /**
   * Takes a checkpoint at the present moment, to which the machine has run, if one is due. With `dense` the machine runs on as
   * a person watches: it may stop anywhere, so they are closer together just behind it, and thinned out further behind.
   */
  passed(dense: boolean): void {
    const { machine, memory, checkpoints, nearLatency, farLatency } = this.#parts;
    const { counter } = machine;
    this.#meet();
    const latency = dense ? nearLatency : farLatency;
    const after = checkpoints.after(counter)?.state.counter ?? Infinity;
    if (after - counter < this.#spacing.stepsIn(latency / 2)) return;
    if (!this.#spacing.isDue(latency, memory.changedPages)) return;
    const began = this.#parts.scheduler.worked();
    this.#take(false);
    if (dense) checkpoints.thin(counter, NEAR_CHECKPOINTS, farLatency);
    this.keepBudget();
    this.#spacing.spent(this.#parts.scheduler.worked() - began);
  }

  /** Sees whether the machine went past a checkpoint. */
  #meet(): void {
    const { machine, checkpoints } = this.#parts;
    const behind = checkpoints.atOrBefore(machine.counter);
    if (behind === undefined || behind === this.#behind) return;
    const { counter } = behind.state;
    checkpoints.reached(machine.counter, this.#spacing.since);
    this.#behind = behind;
    this.#spacing.met(machine.counter - counter);
  }

  #take(pinned: boolean): Checkpoint {
    const { machine, memory, checkpoints, scheduler } = this.#parts;
    const [began, pages] = [scheduler.worked(), memory.changedPages];
    const taken: Checkpoint = { state: machine.saveSmall(), trees: memory.capture(), pinned };
    const checkpoint = checkpoints.add(taken, this.#spacing.since);
    this.#spacing.took(pages, scheduler.worked() - began);
    this.standsAt(checkpoint);
    return checkpoint;
  }
}
