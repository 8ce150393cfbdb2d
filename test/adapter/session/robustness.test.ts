import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { nodeHost } from '../../../adapter/host/node-host.ts';
import { RetrogradeSession } from '../../../adapter/session/session.ts';
import { Random } from '../../random.ts';
import { DEMO_SOURCES, demoRecording } from './debug-session.ts';

/** Requests of one session, and sessions: 100,000 requests in all, or as many as are asked for. */
const REQUESTS = 5_000;
const SESSIONS = Math.ceil(Number(process.env['RETROGRADE_REQUESTS'] ?? 100_000) / REQUESTS);
/** Milliseconds within which every response must have come. */
const PATIENCE = 60_000;

const SOURCE = { path: `${DEMO_SOURCES}/task.c` };

/** Identifiers that the client was given last. */
interface Seen {
  frame: number;
  variables: number;
}

/** Every request there is, as a client means it; and some that there are not. */
const REQUESTS_MADE: Readonly<Record<string, (random: Random, seen: Seen) => object>> = {
  initialize: () => ({ adapterID: 'retrograde', supportsProgressReporting: true }),
  configurationDone: () => ({}),
  setBreakpoints: (random) => ({ source: SOURCE, breakpoints: [{ line: random.below(150) }] }),
  setFunctionBreakpoints: (random) => ({ breakpoints: [{ name: random.pick(['panic', 'page_take', 'nowhere']) }] }),
  setInstructionBreakpoints: () => ({ breakpoints: [{ instructionReference: '0x80000100' }] }),
  setDataBreakpoints: () => ({ breakpoints: [{ dataId: '0x80010000,8', accessType: 'write' }] }),
  dataBreakpointInfo: (random) => ({ name: random.pick(['ticks', 'current', 'a0', '0x80000000']) }),
  setExceptionBreakpoints: (random) => ({ filters: random.pick([[], ['interrupt'], ['nothing']]) }),
  exceptionInfo: () => ({ threadId: 1 }),
  breakpointLocations: () => ({ source: SOURCE, line: 1, endLine: 50 }),
  continue: () => ({ threadId: 1 }),
  reverseContinue: () => ({ threadId: 1 }),
  next: (random) => ({ threadId: 1, granularity: random.pick(['line', 'instruction', 'statement']) }),
  stepIn: () => ({ threadId: 1 }),
  stepOut: () => ({ threadId: 1 }),
  stepBack: (random) => ({ threadId: 1, granularity: random.pick(['line', 'instruction', 'statement']) }),
  pause: () => ({ threadId: 1 }),
  restart: () => ({}),
  restartFrame: (_, { frame }) => ({ frameId: frame }),
  gotoTargets: (random) => ({ source: SOURCE, line: random.below(150) }),
  goto: (random) => ({ threadId: 1, targetId: random.below(5) }),
  threads: () => ({}),
  stackTrace: (random) => ({ threadId: 1, startFrame: random.below(3), levels: random.below(5) }),
  scopes: (_, { frame }) => ({ frameId: frame }),
  variables: (_, { variables }) => ({ variablesReference: variables }),
  evaluate: (random) => ({ expression: random.pick(STRINGS), context: random.pick(['repl', 'watch', 'hover']) }),
  completions: () => ({ text: '/re', column: 4 }),
  source: (random) => ({ sourceReference: random.below(3) }),
  loadedSources: () => ({}),
  modules: () => ({}),
  disassemble: (random) => ({
    memoryReference: '0x80000100',
    instructionOffset: -5,
    instructionCount: random.below(50),
  }),
  readMemory: (random) => ({ memoryReference: '0x80000100', offset: random.below(100), count: random.below(1000) }),
  writeMemory: () => ({ memoryReference: '0x80010000', data: 'AAAA' }),
  'retrograde/format': (random) => ({ hex: random.once(2) }),
  setVariable: () => ({ variablesReference: 1, name: 'a0', value: '1' }),
  setExpression: () => ({ expression: 'ticks', value: '1' }),
  cancel: (random) => ({ requestId: random.below(REQUESTS) }),
  locations: () => ({ locationReference: 1 }),
  stepInTargets: () => ({ frameId: 1 }),
  runInTerminal: () => ({ cwd: '/', args: [] }),
  attach: () => ({ recording: '/nowhere.retrograde' }),
  launch: () => ({ kernel: '/nowhere.elf' }),
  constructor: () => ({}),
  __defineGetter__: () => ({}),
  '': () => ({}),
  'retrograde/status': () => ({}),
  'retrograde/travel': (random) => ({ counter: random.pick([0, 1, 1_000_000, 20_000_000, 1e12, 'start', 'end']) }),
  'retrograde/reverseStepIn': () => ({ threadId: 1 }),
  'retrograde/reverseStepOut': () => ({ threadId: 1 }),
  'retrograde/navigate': (random) => ({ to: random.pick(['back', 'forth']) }),
  'retrograde/consoleInput': () => ({ text: 'x' }),
  'retrograde/consoleOutput': () => ({ start: 5 }),
  'retrograde/digest': () => ({}),
  'retrograde/lastWrite': (random) => ({ name: random.pick(['ticks', 'current', 'nothing']) }),
  'retrograde/valueHistory': (random) => ({ name: 'ticks', from: random.below(1_000_000), to: 2_000_000, most: 3 }),
  'retrograde/calls': () => ({ function: 'page_take', to: 3_000_000, most: 5 }),
  'retrograde/consoleMoment': (random) => ({ offset: random.below(25) }),
};

/** What ends a session is sent at its end alone. */
const LAST = ['disconnect', 'terminate'];

/** Those that the session has by now are sent, too, with what most requests take. */
const COMMANDS = [
  ...new Set([...Object.keys(REQUESTS_MADE), ...new RetrogradeSession(nodeHost('test'), () => undefined).requests]),
].filter((command) => !LAST.includes(command));

const USUAL = {
  threadId: 1,
  name: 'ticks',
  expression: 'ticks',
  address: '0x80000000',
  function: 'page_take',
  to: 2_000_000,
};

/** What is not granted for certain: there is no such request, or perhaps nothing to do it with here. */
const REFUSED = [
  ...['stepInTargets', 'runInTerminal', 'attach', 'launch', 'constructor', '__defineGetter__', '', 'source'],
  ...['retrograde/consoleInput', 'exceptionInfo', 'locations', 'writeMemory', 'setVariable', 'setExpression'],
];

const NAMES = [
  ...['threadId', 'frameId', 'variablesReference', 'counter', 'expression', 'context', 'name', 'function', 'offset'],
  ...['count', 'memoryReference', 'instructionOffset', 'instructionCount', 'breakpoints', 'source', 'line', 'lines'],
  ...['filters', 'granularity', 'targetId', 'text', 'column', 'to', 'from', 'most', 'requestId', 'data', 'levels'],
  ...['startFrame', 'start', 'bytes', 'asAddress', 'dataId', 'path', 'value', 'endLine', 'sourceReference', 'at'],
];

const STRINGS = [
  ...['ticks', 'current', 'current->name', '0x80000000', 'p:0x80000000', 'page_take', 'main.c', 'a0 + 4'],
  ...[
    'start',
    'end',
    'back',
    'forth',
    'instruction',
    'line',
    'repl',
    'hover',
    '/back',
    '/travel 5',
    '/calls panic',
    '*',
  ],
  ...[
    '',
    '\0',
    '0x',
    '((((',
    '$a0',
    '*(ticks',
    '18446744073709551616',
    '\u{1f40e}',
    '0x80000000,8',
    '/last-write ticks',
  ],
];

/** A session in this process, whose answers are counted. */
class Conversation {
  readonly session = new RetrogradeSession(nodeHost('test'), () => undefined);
  readonly #responses = new Map<number, DebugProtocol.Response>();
  readonly seen: Seen = { frame: 0, variables: 0 };
  #wake: (() => void) | undefined;
  #sequence = 0;

  constructor() {
    this.session.onDidSendMessage((message) => {
      if (!isResponse(message)) return;
      assert.ok(!this.#responses.has(message.request_seq), `request ${message.request_seq} was answered twice`);
      this.#responses.set(message.request_seq, message);
      this.#learn(message);
      this.#wake?.();
    });
  }

  send(command: string, args: unknown): number {
    const seq = ++this.#sequence;
    const request: DebugProtocol.Request = { seq, type: 'request', command, arguments: args };
    this.session.handleMessage(request);
    return seq;
  }

  async ask(command: string, args: unknown = {}): Promise<DebugProtocol.Response> {
    return this.response(this.send(command, args));
  }

  #learn({ command, success, body }: DebugProtocol.Response): void {
    if (!success) return;
    const { seen } = this;
    if (command === 'stackTrace') {
      seen.frame = (body as DebugProtocol.StackTraceResponse['body']).stackFrames[0]?.id ?? seen.frame;
    } else if (command === 'scopes') {
      seen.variables = (body as DebugProtocol.ScopesResponse['body']).scopes[0]?.variablesReference ?? seen.variables;
    }
  }

  /** Resolves once the machine stands still, or as good as. */
  async rest(): Promise<void> {
    for (let count = 0; count < 200; count++) {
      const status = (await this.ask('retrograde/status')).body as { readonly state: string };
      if (status.state !== 'running') return;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  async response(seq: number): Promise<DebugProtocol.Response> {
    const deadline = Date.now() + PATIENCE;
    for (;;) {
      const response = this.#responses.get(seq);
      if (response !== undefined) return response;
      assert.ok(Date.now() < deadline, `request ${seq} was not answered`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1_000);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}

function isResponse(message: object): message is DebugProtocol.Response {
  return 'type' in message && message.type === 'response';
}

function anyValue(random: Random, depth: number): unknown {
  switch (random.below(depth > 2 ? 5 : 8)) {
    case 0:
      return random.pick([0, 1, 2, 3, 5, 7, 1000, 1001, 40_000_000]);
    case 1:
      return random.pick([-1, 1.5, NaN, Infinity, 2 ** 53, -(2 ** 31), 1e300]);
    case 2:
    case 3:
      return random.pick(STRINGS);
    case 4:
      return random.pick([null, true, false]);
    case 5:
      return Array.from({ length: random.below(4) }, () => anyValue(random, depth + 1));
    default:
      return anyArguments(random, depth + 1);
  }
}

/** Mostly what the request takes, perhaps with one of its values wrong; else anything. */
function argumentsFor(command: string, random: Random, seen: Seen): unknown {
  const meant = REQUESTS_MADE[command]?.(random, seen) ?? USUAL;
  switch (random.below(4)) {
    case 0:
      return random.once(3) ? anyValue(random, 0) : anyArguments(random, 0);
    case 1:
      return { ...meant, [random.pick([...Object.keys(meant), 'threadId'])]: anyValue(random, 1) };
    default:
      return meant;
  }
}

function anyArguments(random: Random, depth: number): object {
  const names = Array.from({ length: random.below(5) }, () => random.pick(NAMES));
  return Object.fromEntries(names.map((name) => [name, anyValue(random, depth)]));
}

describe('a session that is asked anything, at any time', function () {
  this.timeout(1_200_000);

  it(`answers each of ${REQUESTS * SESSIONS} requests once, and still works`, async () => {
    const recording = await demoRecording();
    const granted = new Set<string>();
    let answered = 0;
    for (let seed = 1; seed <= SESSIONS; seed++) {
      const random = new Random(seed);
      const conversation = new Conversation();
      const sent: number[] = [];
      const opened = random.below(REQUESTS / 10);
      for (let count = 0; count < REQUESTS; count++) {
        // Half the sessions are opened properly in the midst of it all, the others never.
        if (count === opened && seed % 2 === 0) {
          sent.push(conversation.send('attach', { recording, sourceRoots: [DEMO_SOURCES] }));
          sent.push(conversation.send('configurationDone', {}));
        }
        const command = random.pick(COMMANDS);
        const args = argumentsFor(command, random, conversation.seen);
        // A launch that is about to fail would keep the proper one out.
        if (count < opened && (command === 'attach' || command === 'launch')) continue;
        sent.push(conversation.send(command, args));
        if (!random.once(20)) continue;
        // Now and then the client has the patience to let the machine come to rest, and looks at it in good order.
        if (random.once(4)) await conversation.rest();
        else await new Promise((resolve) => setImmediate(resolve));
        for (const next of ['stackTrace', 'scopes', 'variables', 'restartFrame']) {
          sent.push(conversation.send(next, REQUESTS_MADE[next]?.(random, conversation.seen)));
          await new Promise((resolve) => setImmediate(resolve));
        }
      }
      for (const seq of sent) {
        const response = await conversation.response(seq);
        answered++;
        if (response.success) {
          granted.add(response.command);
          continue;
        }
        assert.ok((response.message ?? '').length > 0, `${response.command} failed without a sentence`);
        assert.doesNotMatch(response.message ?? '', /\bundefined\b|is not a function|Cannot read prop|\.ts:\d/);
      }
      await conversation.ask('pause', { threadId: 1 });
      const status = await conversation.ask('retrograde/status');
      assert.ok(status.success);
      if (seed % 2 === 0) {
        const state = (status.body as { readonly state: string }).state;
        assert.notEqual(state, 'none');
      }
      const closed = await conversation.ask('disconnect');
      assert.ok(closed.success, closed.message);
    }
    assert.ok(answered >= REQUESTS * SESSIONS, `only ${answered} requests were made`);
    // It was not all nonsense: whatever there is to be had was had, too.
    assert.deepEqual(
      Object.keys(REQUESTS_MADE).filter((command) => !granted.has(command) && !REFUSED.includes(command)),
      [],
    );
  });
});
