import type { Arguments } from './arguments.ts';
import { BreakpointModes } from './breakpoints/modes.ts';
import { CAPABILITIES } from './capabilities.ts';
import { parseAttach, type NamedMoment } from './configuration/attach.ts';
import { parseLaunch, type FirstStop, type LaunchConfiguration } from './configuration/launch.ts';
import type { SymbolConfiguration } from './configuration/shared.ts';
import { stoppedDebuggee, type SessionContext } from './context.ts';
import { Debuggee } from './debuggee.ts';
import { RequestFailure } from './failure.ts';
import { GuestView } from './guest/guest-view.ts';
import type { Handlers, Reply } from './handlers.ts';
import type { OpenedTimeline } from './host.ts';
import { endOfHistory, motionTo, motions } from './motion/catalogue.ts';
import { atPlaces } from './motion/function-plan.ts';
import type { MotionPlan } from './motion/motions.ts';
import type { Movement } from './motion/mover.ts';
import { exitCode } from './motion/exit-text.ts';
import { openProgram } from './open-program.ts';
import { fixedPlace } from './program.ts';
import { Sources } from './sources.ts';
import { assembleProgram } from './spaces/assemble-program.ts';

/** What a session begins with, once the client has set its breakpoints. */
type Beginning =
  | { readonly kind: 'launch'; readonly configuration: LaunchConfiguration }
  | { readonly kind: 'attach'; readonly at: NamedMoment };

/** The session's own state, which its beginning and end change. */
export interface SessionState extends SessionContext {
  /** Takes the debuggee over; from now on other requests find it. */
  adopt(debuggee: Debuggee): void;
  /** Stops everything and closes the recording. */
  close(): Promise<void>;
}

/** The requests by which a session begins and ends. */
export class Lifecycle {
  readonly #session: SessionState;
  #opening = false;
  #beginning: Beginning | undefined;
  #configured = false;
  #began = false;

  constructor(session: SessionState) {
    this.#session = session;
  }

  get handlers(): Handlers {
    return {
      initialize: (args) => {
        this.#session.client.introduce(args);
        return { body: CAPABILITIES };
      },
      launch: (args, { signal }) => this.#open(() => this.#launch(args, signal)),
      attach: (args, { signal }) => this.#open(() => this.#attach(args, signal)),
      configurationDone: () => {
        this.#configured = true;
        return {
          after: () => {
            this.#begin();
          },
        };
      },
      restart: () => {
        const debuggee = stoppedDebuggee(this.#session);
        return { after: this.#session.motions.prepare({ ...motionTo(debuggee, 'start'), reason: 'entry' }) };
      },
      terminate: async () => {
        await this.#session.close();
        return {
          after: () => {
            this.#session.client.event('terminated');
          },
        };
      },
      disconnect: async () => {
        await this.#session.close();
        return {};
      },
    };
  }

  /** One launch or attach a session. After a failure the client may try again. */
  async #open(open: () => Promise<Beginning>): Promise<Reply> {
    if (this.#opening) throw new RequestFailure('This session has been launched or attached already.');
    this.#opening = true;
    try {
      this.#beginning = await open();
    } catch (error) {
      this.#opening = false;
      throw error;
    }
    return {
      after: () => {
        this.#session.client.event('initialized');
        this.#begin();
      },
    };
  }

  async #launch(args: Arguments, signal: AbortSignal): Promise<Beginning> {
    const configuration = parseLaunch(args);
    const opened = await this.#session.host.timelines.record(configuration.machine, signal);
    await this.#adopt(opened, configuration.symbols, 'launch');
    this.#tellIgnored(configuration.ignored);
    if (opened.temporary) {
      this.#session.client.tell(
        `Recording to ${opened.recording}, a temporary file. Name one in the attribute "recording" to keep it.`,
      );
    }
    return { kind: 'launch', configuration };
  }

  async #attach(args: Arguments, signal: AbortSignal): Promise<Beginning> {
    const configuration = parseAttach(args);
    const opened = await this.#session.host.timelines.open(configuration, signal);
    await this.#adopt(opened, configuration.symbols, 'attach');
    this.#tellIgnored(configuration.ignored);
    return { kind: 'attach', at: configuration.at };
  }

  #tellIgnored(names: readonly string[]): void {
    for (const name of names) this.#session.client.tell(`The attribute "${name}" means nothing to Retrograde.`);
  }

  async #adopt(
    opened: OpenedTimeline,
    configuration: SymbolConfiguration,
    startMethod: 'launch' | 'attach',
  ): Promise<void> {
    const { client, host, breakpoints } = this.#session;
    try {
      const { timeline } = opened;
      const read = await openProgram(timeline, configuration, host);
      const guest = new GuestView(timeline, read.name, read.kernel, configuration.guest);
      const program = assembleProgram(read, guest, timeline);
      const sources = new Sources(program, host.files, configuration, client);
      this.#session.adopt(new Debuggee(opened, program, sources, breakpoints, guest));
      client.event('process', { name: read.name, isLocalProcess: false, startMethod, pointerSize: 64 });
      await breakpoints.bind(program, sources, new BreakpointModes(timeline, guest));
      for (const note of opened.notes) client.tell(note);
      for (const remark of [...opened.remarks, ...read.remarks]) client.tell(remark, 'important');
    } catch (error) {
      await opened.close();
      throw error;
    }
  }

  /** Starts the machine once both the recording is open and the client is ready, whichever comes last. */
  #begin(): void {
    const beginning = this.#beginning;
    const { debuggee, motions: controller } = this.#session;
    if (!this.#configured || beginning === undefined || debuggee === undefined || this.#began) return;
    this.#began = true;
    if (controller.moving) return;
    const plan =
      beginning.kind === 'attach'
        ? this.#arrival(debuggee, beginning.at)
        : this.#firstRun(debuggee, beginning.configuration);
    controller.prepare(plan)();
  }

  #arrival(debuggee: Debuggee, at: NamedMoment): MotionPlan {
    return { ...motionTo(debuggee, at), reason: 'entry' };
  }

  #firstRun(debuggee: Debuggee, { noDebug, stopOnEntry, stopAt }: LaunchConfiguration): MotionPlan {
    const run = motions(debuggee, 0).continue();
    if (noDebug) {
      this.#session.breakpoints.clear();
      return {
        ...run,
        finish: (movement) => {
          this.#recorded(movement);
        },
      };
    }
    if (stopOnEntry) {
      return { ...run, reason: 'entry', move: () => Promise.resolve(endOfHistory(debuggee) ?? { kind: 'arrived' }) };
    }
    return stopAt === undefined ? run : { ...run, ...this.#runTo(debuggee, stopAt) };
  }

  #runTo(debuggee: Debuggee, stop: FirstStop): Pick<MotionPlan, 'move' | 'reason' | 'title'> {
    const title = 'Running to "stopAt"';
    if (stop.kind === 'counter') {
      return {
        title,
        reason: 'entry',
        move: (options) => debuggee.mover(options).forward({ conditions: [] }, stop.counter),
      };
    }
    const { program } = debuggee;
    const places = stop.kind === 'address' ? [fixedPlace(stop.address)] : program.placesNamed(stop.name);
    if (places.length === 0 && stop.kind === 'function') {
      this.#session.client.tell(`"stopAt": ${program.name} has no function "${stop.name}".`, 'important');
    }
    return {
      title,
      reason: 'entry',
      move: (options) => debuggee.mover(options).forward({ conditions: atPlaces(places) }),
    };
  }

  /** The end of a run without debugging. */
  #recorded(movement: Movement): void {
    const { client } = this.#session;
    if (movement.kind === 'ended' && movement.ending.kind === 'guest-exit') {
      client.event('exited', { exitCode: exitCode(movement.ending.exit) });
    }
    client.event('terminated');
  }
}
