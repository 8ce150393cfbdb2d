import type { Change } from '../machine/change.ts';
import type { HostEvent } from '../machine/machine.ts';
import { BranchCheckpoints } from './branch-checkpoints.ts';
import { Course, type CourseMachine } from './course.ts';
import { PersonChanges, type PersonChange } from './person-changes.ts';
import type { BranchView } from './timeline-contract.ts';
import type { LiveOptions } from './timeline-options.ts';

/**
 * A run that leaves recorded history because a person changed something. What lies before its base it shares with history; from
 * there on its events, output, digests and checkpoints are its own, and history's are not touched.
 */
export class Branch implements BranchView {
  readonly course: Course;
  /** The moment from which on it is not history. */
  readonly base: number;
  readonly #checkpoints: BranchCheckpoints;
  readonly #changes = new PersonChanges();

  /** The machine stands at `base` in history, or in another branch before that one's base; what to change comes next. */
  constructor(shared: CourseMachine, history: Course, base: number, live: LiveOptions) {
    this.base = base;
    this.#checkpoints = new BranchCheckpoints(history.checkpoints, base);
    this.course = new Course(shared, {
      events: history.events.before(base),
      printed: history.console.between(0, base),
      digests: history.digests.before(base),
      checkpoints: this.#checkpoints,
      frontier: base,
      exit: undefined,
      live,
      recorder: undefined,
      changes: this.#changes,
    });
    this.course.follow();
  }

  /** The present state is now the one with these changes; what this branch had after it is no more. */
  changed(changes: readonly Change[]): void {
    const { events, console, digests, present } = this.course;
    const { counter } = present;
    this.#changes.add(counter, changes);
    events.endAt(counter);
    console.endAt(counter);
    digests.endAt(counter);
    this.#checkpoints.dropFrom(counter);
    this.course.exit = undefined;
    present.capture(true);
  }

  get changes(): readonly PersonChange[] {
    return this.#changes.all;
  }

  get events(): readonly HostEvent[] {
    return this.course.events.before(Infinity);
  }

  /** Gives back the memory that only this branch needed. */
  release(): void {
    this.#checkpoints.dropFrom(this.base);
  }
}
