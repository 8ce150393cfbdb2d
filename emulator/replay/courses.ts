import type { Change } from '../machine/change.ts';
import { Branch } from './branch.ts';
import { compareCourses, type BranchComparison } from './branch-comparison.ts';
import type { Course, CourseMachine } from './course.ts';
import type { MotionOptions, MotionOutcome, TimelineChange } from './timeline-contract.ts';
import type { LiveOptions } from './timeline-options.ts';

/** The courses of a timeline: recorded history, and a branch of it while somebody is in one. */
export class Courses {
  readonly history: Course;
  readonly #shared: CourseMachine;
  /** How branches go on; undefined: there are none. */
  readonly #live: LiveOptions | undefined;
  #branch: Branch | undefined;

  constructor(shared: CourseMachine, history: Course, live: LiveOptions | undefined) {
    this.#shared = shared;
    this.history = history;
    this.#live = live;
    history.follow();
  }

  /** The one that the machine takes. */
  get present(): Course {
    return this.#branch?.course ?? this.history;
  }

  get branch(): Branch | undefined {
    return this.#branch;
  }

  /** See TimelineContract. */
  change(changes: readonly Change[]): TimelineChange {
    const refused = (why: string): TimelineChange => ({ kind: 'refused', why });
    const { machine } = this.#shared;
    if (this.#live === undefined) return refused('Nothing can be changed here: this timeline has no branches.');
    if (machine.exit !== undefined) {
      return refused('The guest is over at this moment. Go back before that to change something.');
    }
    const { counter } = machine;
    const old = this.#branch;
    const end = this.present.events.frontier;
    const goesOn = old !== undefined && counter >= old.base;
    // The way back: what it takes to stand here in history again.
    if (!goesOn) this.present.present.capture();
    const made = machine.change(changes);
    if (made.kind === 'refused') return made;
    if (!goesOn) {
      old?.release();
      this.#branch = new Branch(this.#shared, this.history, counter, this.#live);
    }
    this.#branch?.changed(changes);
    const lost = old !== undefined && end > counter ? end : undefined;
    return { kind: 'changed', remarks: made.remarks, began: !goesOn, lost };
  }

  /** Back to history: where the branch began, or to the present where that lies before. */
  async discard({ signal }: MotionOptions): Promise<MotionOutcome> {
    const branch = this.#branch;
    if (branch === undefined) return { kind: 'arrived' };
    const target = Math.min(this.#shared.machine.counter, branch.base);
    this.#branch = undefined;
    this.history.follow();
    const advanced = await this.history.present.enter(target, { signal });
    branch.release();
    return advanced.kind === 'exit' ? { kind: 'arrived' } : advanced;
  }

  /** See TimelineContract. */
  async compare({ signal }: MotionOptions): Promise<BranchComparison | undefined> {
    const branch = this.#branch;
    if (branch === undefined) throw new Error('The machine is in recorded history: there is no branch to compare.');
    const { counter } = this.#shared.machine;
    const common = Math.min(counter, this.history.events.frontier);
    const { present } = branch.course;
    // The way back.
    present.capture();
    try {
      const base = Math.min(branch.base, common);
      return await compareCourses(this.#shared, branch.course, this.history, base, common, signal);
    } finally {
      await present.enter(counter);
    }
  }
}
