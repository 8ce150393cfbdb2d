import { DebugSession, Response } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { Arguments } from './arguments.ts';
import type { TimelineContract } from '../../emulator/replay/timeline-contract.ts';
import { branchHandlers } from './branch/handlers.ts';
import { breakpointHandlers } from './breakpoints/handlers.ts';
import { bookmarkHandlers } from './bookmarks/handlers.ts';
import { BreakpointStore } from './breakpoints/store.ts';
import { Client } from './client.ts';
import { ConsoleRelay } from './console/output.ts';
import { customHandlers } from './custom.ts';
import type { Debuggee } from './debuggee.ts';
import { disassemblyHandlers } from './disassembly/handlers.ts';
import { evaluateHandlers } from './evaluate.ts';
import { exceptionHandlers } from './exception-info.ts';
import { RequestFailure, sentenceOf } from './failure.ts';
import { GrowingRecording } from './growing-recording.ts';
import { guestHandlers } from './guest/handlers.ts';
import type { Handlers, Reply } from './handlers.ts';
import type { SessionHost } from './host.ts';
import { Lifecycle, type SessionState } from './lifecycle.ts';
import { locationHandlers } from './locations.ts';
import { formatHandlers } from './format.ts';
import { memoryHandlers } from './memory.ts';
import { moduleHandlers, modulesOf } from './modules.ts';
import { motionHandlers } from './motion/handlers.ts';
import { GotoTargets } from './motion/goto.ts';
import { runToLineHandlers } from './motion/run-to-line.ts';
import { Motions } from './motion/motions.ts';
import { pastHandlers } from './past/handlers.ts';
import { Roster } from './roster.ts';
import { scopeHandlers } from './scopes.ts';
import { sourceHandlers } from './source.ts';
import { stackHandlers } from './stack.ts';
import { statusOf, StatusReporter } from './status.ts';
import { StoppedView } from './stopped-view.ts';
import { listThreads, threadHandlers } from './thread-list.ts';

/**
 * One debug session: takes requests, finds the handler of each, and answers. What the handlers do is in the file of their
 * concern. Used over streams (`start`) or in the client's process (`handleMessage`, `onDidSendMessage`).
 */
export class RetrogradeSession extends DebugSession implements SessionState {
  readonly client = new Client((event) => {
    this.sendEvent(event);
  });
  readonly breakpoints = new BreakpointStore(this.client);
  readonly view = new StoppedView();
  readonly roster = new Roster(this.client);
  readonly motions: Motions;
  readonly #status: StatusReporter;
  readonly #handlers: Handlers;
  /** Requests that have not been answered, by sequence number. */
  readonly #pending = new Map<number, AbortController>();
  #debuggee: Debuggee | undefined;
  #console: ConsoleRelay | undefined;
  #growing: GrowingRecording | undefined;
  #closing: Promise<void> | undefined;

  constructor(
    readonly host: SessionHost,
    /** Called once the session is over, its recording closed. */
    readonly onEnd: () => void,
  ) {
    super();
    this.#status = new StatusReporter(this.client, () => statusOf(this.#debuggee, this.motions));
    const timeline = (): TimelineContract | undefined => this.#debuggee?.timeline;
    const branch = (): number | undefined => timeline()?.branch?.base;
    this.motions = new Motions(this.client, () => timeline()?.counter ?? 0, branch, {
      moving: () => {
        this.view.forget();
        this.#status.moving();
      },
      settling: () => {
        this.#console?.flush();
      },
      stopped: () => {
        this.#status.still();
        void this.breakpoints.review();
        this.#reviewRoster();
      },
    });
    this.#handlers = {
      ...new Lifecycle(this).handlers,
      ...breakpointHandlers(this),
      ...motionHandlers(this),
      ...threadHandlers(this),
      ...moduleHandlers(this),
      ...stackHandlers(this),
      ...scopeHandlers(this),
      ...locationHandlers(this),
      ...formatHandlers(this),
      ...evaluateHandlers(this),
      ...disassemblyHandlers(this),
      ...memoryHandlers(this),
      ...branchHandlers(this),
      ...sourceHandlers(this),
      ...exceptionHandlers(this),
      ...new GotoTargets(this).handlers,
      ...runToLineHandlers(this),
      ...pastHandlers(this),
      ...bookmarkHandlers(this),
      ...customHandlers(this),
      ...guestHandlers(this),
      cancel: (args) => this.#cancel(args),
    };
  }

  get debuggee(): Debuggee | undefined {
    return this.#debuggee;
  }

  /** The requests that it answers. */
  get requests(): readonly string[] {
    return Object.keys(this.#handlers);
  }

  adopt(debuggee: Debuggee): void {
    this.#debuggee = debuggee;
    this.#console = new ConsoleRelay(this.client, debuggee.timeline);
    this.#growing = new GrowingRecording(this.client, debuggee, this.motions, () => {
      this.#status.changed();
    });
  }

  stateChanged(): void {
    this.#console?.branched();
    this.#status.changed();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** The stream has ended, or the client disconnected: there is nobody left to talk to. */
  override shutdown(): void {
    void this.close().then(this.onEnd, this.onEnd);
  }

  protected override dispatchRequest(request: DebugProtocol.Request): void {
    void this.#answer(request);
  }

  /** The one place where requests are answered and errors become responses. */
  async #answer(request: DebugProtocol.Request): Promise<void> {
    const response: DebugProtocol.Response = new Response(request);
    const abort = new AbortController();
    this.#pending.set(request.seq, abort);
    let reply: Reply;
    try {
      reply = await this.#handle(request, abort.signal);
    } catch (error) {
      this.#refuse(response, error);
      return;
    } finally {
      this.#pending.delete(request.seq);
    }
    if (reply.body !== undefined) response.body = reply.body;
    this.sendResponse(response);
    reply.after?.();
    if (request.command === 'disconnect') this.shutdown();
  }

  async #handle(request: DebugProtocol.Request, signal: AbortSignal): Promise<Reply> {
    const { command } = request;
    const handler = Object.hasOwn(this.#handlers, command) ? this.#handlers[command] : undefined;
    if (handler === undefined) throw new RequestFailure(`Retrograde has no request "${command}".`);
    return handler(new Arguments(command, request.arguments), { sequence: request.seq, signal });
  }

  #refuse(response: DebugProtocol.Response, error: unknown): void {
    const sentence = sentenceOf(error);
    response.success = false;
    response.message = sentence;
    const showUser = !(error instanceof RequestFailure) || error.shown;
    // Braces stand for variables in a format, and the sentence has none.
    response.body = { error: { id: 1, format: '{sentence}', variables: { sentence }, showUser } };
    this.sendResponse(response);
  }

  #cancel(args: Arguments): Reply {
    const request = args.optionalInteger('requestId');
    const progress = args.optionalString('progressId');
    if (request !== undefined) this.#pending.get(request)?.abort();
    if (progress !== undefined) this.motions.cancel(progress);
    return {};
  }

  #reviewRoster(): void {
    const debuggee = this.#debuggee;
    if (debuggee === undefined) return;
    this.roster.threads.review(() => listThreads(debuggee));
    this.roster.modules.review(() => modulesOf(debuggee));
  }

  async #close(): Promise<void> {
    await this.motions.close();
    this.#status.dispose();
    this.#console?.dispose();
    this.#growing?.dispose();
    await this.#debuggee?.opened.close();
  }
}
