import type { MotionOptions } from '../../../emulator/replay/timeline-contract.ts';
import type { Client } from '../client.ts';
import { NotStopped, sentenceOf } from '../failure.ts';
import { ProgressReport } from '../progress.ts';
import type { Movement } from './mover.ts';
import { grouped, reportOf, type MotionPurpose, type StopReport } from './stop-report.ts';
import { Visits, type VisitDirection } from './visits.ts';

/** A motion to be made. */
export interface MotionPlan extends MotionPurpose {
  /** For the progress report: what is being done. */
  readonly title: string;
  /** It looks for an earlier moment, so that the counter means nothing while it does. */
  readonly backward: boolean;
  readonly move: (options: MotionOptions) => Promise<Movement>;
  /** The client does not know yet that the machine moves. */
  readonly announce?: boolean;
  /** Takes the end of the motion in place of the `stopped` event. */
  readonly finish?: (movement: Movement) => void;
  /** It goes to the next moment that way among those visited. */
  readonly along?: VisitDirection;
}

/** What has taken the machine: a motion, or a question that moves it and brings it back. */
interface Motion {
  /** The counter to show meanwhile; undefined when the machine's own means something. */
  readonly shown: number | undefined;
  readonly abort: AbortController;
  readonly progress: ProgressReport;
  /** Settles once the motion is over and its events are sent. Never rejects. */
  done: Promise<void>;
}

/** Who hears of the machine starting to move and standing still. */
export interface MotionListener {
  moving(): void;
  /** It stands still; the client is told next. */
  settling(): void;
  /** The client has been told. */
  stopped(): void;
}

/** The one motion that may be under way, and how it begins and ends. */
export class Motions {
  /** Where the motions so far have ended. */
  readonly visits = new Visits();
  readonly #client: Client;
  readonly #counter: () => number;
  readonly #branch: () => number | undefined;
  readonly #listener: MotionListener;
  #current: Motion | undefined;
  #sequence = 0;
  #closed = false;
  /** Why the machine stands where it stands. */
  #last: StopReport | undefined;

  /** `branch`: where the branch began that the machine is in, if it is in one. */
  constructor(client: Client, counter: () => number, branch: () => number | undefined, listener: MotionListener) {
    this.#client = client;
    this.#counter = counter;
    this.#branch = branch;
    this.#listener = listener;
  }

  get moving(): boolean {
    return this.#current !== undefined;
  }

  get last(): StopReport | undefined {
    return this.#last;
  }

  /** The counter to show: while a search for an earlier moment runs, the one it began at. */
  get shownCounter(): number {
    return this.#current?.shown ?? this.#counter();
  }

  /** Throws NotStopped while the machine moves. */
  requireStill(): void {
    if (this.#current !== undefined) throw new NotStopped();
  }

  /**
   * Takes the machine for a motion, from now on `moving`; the motion begins when the function that is returned is called,
   * once the client has its response.
   */
  prepare(plan: MotionPlan): () => void {
    const motion = this.#take(plan.title, plan.backward ? plan.from : undefined);
    return () => {
      if (this.#closed) return;
      if (plan.announce === true) {
        this.#client.event('continued', { threadId: plan.hart + 1, allThreadsContinued: true });
      }
      this.#listener.moving();
      motion.done = this.#run(plan, motion);
    };
  }

  /**
   * Takes the machine for a question about other moments. `ask` moves it as it likes; then `comeBack` brings it back, and the
   * client is told of neither: what it was shown of the present stays valid. `pause`, or `signal`, ends the question early.
   * One that `isExhaustive` goes through all that its progress counts, so that the time left can be told.
   */
  ask<Answer>(
    { title, isExhaustive }: { readonly title: string; readonly isExhaustive: boolean },
    signal: AbortSignal,
    ask: (options: MotionOptions) => Promise<Answer>,
    comeBack: (counter: number) => Promise<unknown>,
  ): Promise<Answer> {
    const origin = this.#counter();
    const motion = this.#take(title, origin, isExhaustive);
    const answered = this.#answer(motion, signal, ask, () => comeBack(origin));
    motion.done = answered.then(
      () => undefined,
      () => undefined,
    );
    return answered;
  }

  /** Stops the motion that is under way, if any. */
  pause(): void {
    this.#current?.abort.abort();
  }

  /** Stops it when its progress has this identifier. */
  cancel(progressId: string): boolean {
    if (this.#current?.progress.id !== progressId) return false;
    this.pause();
    return true;
  }

  /** Stops the motion for good, without a `stopped` event: the session ends. */
  async close(): Promise<void> {
    this.#closed = true;
    this.pause();
    await this.#current?.done;
  }

  #take(title: string, shown: number | undefined, isExhaustive = false): Motion {
    this.requireStill();
    const progress = new ProgressReport(this.#client, title, `retrograde-motion-${++this.#sequence}`, isExhaustive);
    this.#current = { shown, abort: new AbortController(), progress, done: Promise.resolve() };
    return this.#current;
  }

  async #answer<Answer>(
    motion: Motion,
    signal: AbortSignal,
    ask: (options: MotionOptions) => Promise<Answer>,
    comeBack: () => Promise<unknown>,
  ): Promise<Answer> {
    const cancel = (): void => {
      motion.abort.abort();
    };
    signal.addEventListener('abort', cancel, { once: true });
    try {
      return await ask(optionsOf(motion));
    } finally {
      signal.removeEventListener('abort', cancel);
      motion.progress.end();
      if (!this.#closed) await comeBack();
      this.#current = undefined;
    }
  }

  async #run(plan: MotionPlan, motion: Motion): Promise<void> {
    let movement: Movement | undefined;
    try {
      movement = await plan.move(optionsOf(motion));
    } catch (error) {
      this.#client.tell(sentenceOf(error), 'important');
    }
    motion.progress.end();
    this.#current = undefined;
    if (this.#closed) return;
    this.#listener.settling();
    if (movement !== undefined && plan.finish !== undefined) {
      plan.finish(movement);
      return;
    }
    const ended: Movement = movement ?? { kind: 'ended', ending: { kind: 'cancelled' } };
    this.stop(reportOf(ended, plan, this.#counter()), plan.along);
  }

  /** A branch begins where the machine stands: the client is told to look again, and why. */
  tellBranch(base: number): void {
    const description = `In a branch from ${grouped(base)}`;
    this.stop({ reason: 'pause', description, text: undefined, hitBreakpointIds: [], hart: 0, hits: [] });
  }

  /** Tells the client that the machine stands still, and why; `along`: it was moved to a moment visited before. */
  stop(report: StopReport, along?: VisitDirection): void {
    this.#last = report;
    this.visits.arrived(this.#counter(), along);
    this.#client.event('stopped', {
      reason: report.reason,
      description: this.#withPlace(report.description),
      ...(report.text === undefined ? {} : { text: report.text }),
      threadId: report.hart + 1,
      allThreadsStopped: true,
      ...(report.hitBreakpointIds.length === 0 ? {} : { hitBreakpointIds: report.hitBreakpointIds }),
    });
    this.#listener.stopped();
  }

  /** Whoever stops in a branch is told so each time. */
  #withPlace(description: string): string {
    const base = this.#branch();
    const said = `In a branch from ${grouped(base ?? 0)}`;
    return base === undefined || description === said ? description : `${description}. ${said}`;
  }
}

function optionsOf({ abort, progress }: Motion): MotionOptions {
  return {
    signal: abort.signal,
    onProgress: (at) => {
      progress.update(at);
    },
  };
}
