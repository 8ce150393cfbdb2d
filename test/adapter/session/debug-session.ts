import assert from 'node:assert/strict';
import { once } from 'node:events';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DebugClient } from '@vscode/debugadapter-testsupport';
import type { DebugProtocol } from '@vscode/debugprotocol';

const root = fileURLToPath(new URL('../../..', import.meta.url));

export const DEMO_KERNEL = path.join(root, 'test/guests/demo/demo.elf');
export const DEMO_SOURCES = path.join(root, 'test/guests/demo');
/** The demo starts in machine mode, in 16 MB. */
export const DEMO_MACHINE = {
  kernel: DEMO_KERNEL,
  firmware: 'none',
  memory: '16M',
  rtc: '2026-01-01T00:00:00Z',
  seed: '0'.repeat(64),
};

/** Milliseconds that any one motion may take here: a whole boot of Debian on a busy computer. Tests have limits of their own. */
const PATIENCE = 600_000;

/** A place in the program where the machine stopped. */
export interface Stop {
  readonly reason: string;
  readonly description: string;
  readonly hitBreakpointIds: readonly number[];
  readonly counter: number;
  /** Name of the function of the innermost frame. */
  readonly name: string;
  readonly line: number;
  readonly pc: bigint;
}

/** What these tests attach with. */
export interface AttachAttributes {
  readonly recording: string;
  readonly at?: 'start' | 'end' | number;
  readonly symbols?: string | readonly (string | object)[];
  readonly sourceRoots?: readonly string[];
  readonly debugDirectories?: readonly string[];
  readonly guest?: object;
}

/** A debug adapter in a process of its own, over standard input and output, and a client of it. */
export class TestSession {
  readonly client: DebugClient;
  /** Text of the `output` events so far, by category. */
  readonly output = new Map<string, string>();
  readonly events: DebugProtocol.Event[] = [];
  /** What the adapter said of itself. */
  capabilities: DebugProtocol.Capabilities = {};
  #left = false;

  private constructor() {
    this.client = new DebugClient('node', builtAdapter(), 'retrograde', { cwd: root });
    this.client.defaultTimeout = PATIENCE;
    this.client.on('output', (event: DebugProtocol.OutputEvent) => {
      const category = event.body.category ?? 'console';
      this.output.set(category, (this.output.get(category) ?? '') + event.body.output);
    });
    for (const name of [
      'stopped',
      'continued',
      'initialized',
      'terminated',
      'exited',
      'breakpoint',
      'process',
      'thread',
      'module',
      'loadedSource',
      'invalidated',
      'memory',
      'capabilities',
      'progressStart',
      'progressUpdate',
      'progressEnd',
      'retrograde/status',
    ]) {
      this.client.on(name, (event: DebugProtocol.Event) => this.events.push(event));
    }
  }

  /** Starts an adapter and initializes it. */
  static async start(initialize: Partial<DebugProtocol.InitializeRequestArguments> = {}): Promise<TestSession> {
    const session = new TestSession();
    await session.client.start();
    const { body } = await session.client.initializeRequest({
      adapterID: 'retrograde',
      linesStartAt1: true,
      columnsStartAt1: true,
      pathFormat: 'path',
      ...initialize,
    });
    session.capabilities = body ?? {};
    return session;
  }

  /** Attaches to a recording of the demo, by default at its end, and waits for the first stop. */
  static async onDemo(
    attributes: object = {},
    initialize: Partial<DebugProtocol.InitializeRequestArguments> = {},
  ): Promise<TestSession> {
    const session = await TestSession.start(initialize);
    await session.attach({ recording: await demoRecording(), sourceRoots: [DEMO_SOURCES], ...attributes });
    return session;
  }

  async attach(attributes: AttachAttributes): Promise<Stop> {
    return this.arrive(async () => {
      await this.#eventBy('initialized', () =>
        this.client.attachRequest(attributes as DebugProtocol.AttachRequestArguments),
      );
      await this.client.configurationDoneRequest();
    });
  }

  /** Does something that moves the machine, and waits until it stands still. */
  async arrive(move: () => Promise<unknown>): Promise<Stop> {
    return this.whereStopped((await this.#eventBy('stopped', move)) as DebugProtocol.StoppedEvent);
  }

  /** Does what an event follows, and waits for both. When it fails, nothing is waited for, which would keep the process. */
  async #eventBy(name: string, action: () => Promise<unknown>): Promise<DebugProtocol.Event> {
    const failed = new AbortController();
    const signal = AbortSignal.any([failed.signal, AbortSignal.timeout(PATIENCE)]);
    try {
      const event = once(this.client, name, { signal }) as Promise<[DebugProtocol.Event]>;
      const [[came]] = await Promise.all([event, action()]);
      return came;
    } finally {
      failed.abort();
    }
  }

  async whereStopped(event: DebugProtocol.StoppedEvent): Promise<Stop> {
    const frame = (await this.stack(1))[0];
    assert.ok(frame !== undefined, 'a stack without a frame');
    return {
      reason: event.body.reason,
      description: event.body.description ?? '',
      hitBreakpointIds: event.body.hitBreakpointIds ?? [],
      counter: (await this.status()).counter,
      name: frame.name,
      line: frame.line,
      pc: BigInt(frame.instructionPointerReference ?? '0'),
    };
  }

  async stack(levels = 0): Promise<DebugProtocol.StackFrame[]> {
    return (await this.client.stackTraceRequest({ threadId: 1, levels })).body.stackFrames;
  }

  async status(): Promise<{
    counter: number;
    end: number;
    state: string;
    mode: string;
    recording: string;
    branch?: { base: number; changes: number };
  }> {
    return (await this.request('retrograde/status')) as Awaited<ReturnType<TestSession['status']>>;
  }

  /** The sequence number of the request sent last. */
  get lastSequence(): number {
    const next: unknown = Reflect.get(this.client, 'sequence');
    assert.ok(typeof next === 'number');
    return next - 1;
  }

  /** The variables of a scope of the innermost frame. */
  async scopeNamed(name: string): Promise<DebugProtocol.VariablesResponse['body']> {
    const frameId = (await this.stack(1))[0]?.id ?? 0;
    const { scopes } = (await this.client.scopesRequest({ frameId })).body;
    const found = scopes.find((scope) => scope.name === name);
    assert.ok(found !== undefined, `${name} is none of ${scopes.map((scope) => scope.name).join(', ')}`);
    return (await this.client.variablesRequest({ variablesReference: found.variablesReference })).body;
  }

  /**
   * Sets a breakpoint that is met hundreds of thousands of times and never stops, for its condition is asked of the adapter: a
   * search for it takes long on any computer.
   */
  async breakNowhere(): Promise<void> {
    const source = path.join(DEMO_SOURCES, 'main.c');
    const lines = readFileSync(source, 'utf8').split('\n');
    const line = lines.findIndex((text) => text.includes('total += *value;')) + 1;
    const breakpoints = [{ line, condition: 'total * 2 == 1' }];
    const [set] = (await this.client.setBreakpointsRequest({ source: { path: source }, breakpoints })).body.breakpoints;
    assert.equal(set?.verified, true, set?.message);
  }

  /** The body of the response. */
  async request(command: string, args: object = {}): Promise<unknown> {
    return (await this.client.customRequest(command, args)).body as unknown;
  }

  /** The sentence with which a request is refused. */
  async refusal(command: string, args: object = {}): Promise<string> {
    try {
      await this.client.customRequest(command, args);
    } catch (error) {
      assert.ok(error instanceof Error);
      return error.message;
    }
    return assert.fail(`${command} was not refused`);
  }

  travel(counter: number | 'start' | 'end'): Promise<Stop> {
    return this.arrive(() => this.request('retrograde/travel', { counter }));
  }

  continue(): Promise<Stop> {
    return this.arrive(() => this.client.continueRequest({ threadId: 1 }));
  }

  reverseContinue(): Promise<Stop> {
    return this.arrive(() => this.client.reverseContinueRequest({ threadId: 1 }));
  }

  next(granularity?: DebugProtocol.SteppingGranularity): Promise<Stop> {
    return this.#step('next', granularity);
  }

  stepIn(granularity?: DebugProtocol.SteppingGranularity): Promise<Stop> {
    return this.#step('stepIn', granularity);
  }

  stepOut(): Promise<Stop> {
    return this.#step('stepOut');
  }

  stepBack(granularity?: DebugProtocol.SteppingGranularity): Promise<Stop> {
    return this.#step('stepBack', granularity);
  }

  reverseStepIn(): Promise<Stop> {
    return this.#step('retrograde/reverseStepIn');
  }

  reverseStepOut(): Promise<Stop> {
    return this.#step('retrograde/reverseStepOut');
  }

  /** Sets function breakpoints in place of those there were. */
  async breakAtFunctions(...names: readonly string[]): Promise<DebugProtocol.Breakpoint[]> {
    const breakpoints = names.map((name) => ({ name }));
    return (await this.client.setFunctionBreakpointsRequest({ breakpoints })).body.breakpoints;
  }

  /** Sets the breakpoints of one of the demo's sources. */
  async breakAtLines(file: string, ...lines: readonly number[]): Promise<DebugProtocol.Breakpoint[]> {
    const source = { path: path.join(DEMO_SOURCES, file) };
    const breakpoints = lines.map((line) => ({ line }));
    return (await this.client.setBreakpointsRequest({ source, breakpoints })).body.breakpoints;
  }

  async evaluate(expression: string, context = 'repl'): Promise<string> {
    return (await this.client.evaluateRequest({ expression, context })).body.result;
  }

  /** Disconnects, whereupon the adapter's process ends. */
  async leave(): Promise<void> {
    this.#left = true;
    await this.client.disconnectRequest();
  }

  async stop(): Promise<void> {
    if (!this.#left) await this.client.stop();
  }

  #step(command: string, granularity?: DebugProtocol.SteppingGranularity): Promise<Stop> {
    return this.arrive(() =>
      this.request(command, { threadId: 1, ...(granularity === undefined ? {} : { granularity }) }),
    );
  }
}

let built: string | undefined;

/** The adapter as it is shipped, made of the sources once for all tests: a program that starts at once. */
export function builtAdapter(): string {
  if (built === undefined) {
    const to = path.join(temporaryFolder(), 'dist');
    execFileSync(process.execPath, ['scripts/build.mjs', '--folder', to, 'adapter.cjs', 'search-worker.cjs'], {
      cwd: root,
    });
    built = path.join(to, 'adapter.cjs');
  }
  return built;
}

let folder: string | undefined;
let recorded: Promise<string> | undefined;

/** A recording of the demo from power-on to its panic; made once for all tests. */
export function demoRecording(): Promise<string> {
  recorded ??= record(DEMO_MACHINE, 'demo.retrograde');
  return recorded;
}

/** A folder for the files of these tests, removed at the end. */
export function temporaryFolder(): string {
  folder ??= mkdtempSync(path.join(tmpdir(), 'retrograde-test-'));
  return folder;
}

process.once('exit', () => {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

/** Records a machine without stopping, for `patience` milliseconds at most; returns the file. */
export async function record(machine: object, name: string, patience = PATIENCE): Promise<string> {
  const recording = path.join(temporaryFolder(), name);
  const session = await TestSession.start();
  const ended = session.client.waitForEvent('terminated', patience);
  await Promise.all([
    session.client.waitForEvent('initialized', PATIENCE),
    session.client.launchRequest({ ...machine, recording, noDebug: true } as DebugProtocol.LaunchRequestArguments),
  ]);
  await session.client.configurationDoneRequest();
  await ended;
  await session.stop();
  return recording;
}
