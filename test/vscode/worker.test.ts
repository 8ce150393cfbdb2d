import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { DebugClient } from '@vscode/debugadapter-testsupport';
import { findBrowser } from './browser.ts';
import { type GivenAs, WorkerPage } from './worker-page.ts';

const root = path.dirname(path.dirname(import.meta.dirname));
const demo = path.join(root, 'test/guests/demo');
const program = path.join(root, 'dist/retrograde.cjs');
const worker = path.join(root, 'dist/adapter-worker.js');

const CLOCK = '2026-01-01T00:00:00Z';
const SEED = '0'.repeat(64);

/** Either way to a debug adapter. */
interface Door {
  request(command: string, args?: object): Promise<unknown>;
  requestAndWait(event: string, command: string, args?: object): Promise<unknown>;
}

/** The packed adapter as a process. */
class ProcessDoor implements Door, AsyncDisposable {
  readonly #client = new DebugClient('node', path.join(root, 'dist/adapter.cjs'), 'retrograde');

  static async open(): Promise<ProcessDoor> {
    const door = new ProcessDoor();
    await door.#client.start();
    return door;
  }

  async request(command: string, args: object = {}): Promise<unknown> {
    return (await this.#client.send(command, args)).body as unknown;
  }

  async requestAndWait(event: string, command: string, args: object = {}): Promise<unknown> {
    const [happened] = await Promise.all([this.#client.waitForEvent(event, 60_000), this.request(command, args)]);
    return happened.body as unknown;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.stop();
  }
}

interface Stack {
  readonly stackFrames: readonly {
    readonly name: string;
    readonly line: number;
    readonly instructionPointerReference: string;
    readonly source?: { readonly path?: string };
  }[];
}

/** Opens a recording of the demo and goes back from its crash; what it saw at each moment. */
async function backFromTheCrash(door: Door, recording: string, sources: string): Promise<readonly unknown[]> {
  const seen: unknown[] = [];
  const look = async (): Promise<void> => {
    const { stackFrames } = (await door.request('stackTrace', { threadId: 1 })) as Stack;
    seen.push(
      stackFrames.map(({ name, line, instructionPointerReference, source }) => ({
        name,
        line,
        instructionPointerReference,
        file: source?.path?.replace(sources, ''),
      })),
      await door.request('retrograde/digest'),
      await door.request('evaluate', { expression: '$sp', context: 'repl' }),
    );
  };
  await door.request('initialize', { adapterID: 'retrograde', linesStartAt1: true, columnsStartAt1: true });
  await door.requestAndWait('initialized', 'attach', { recording, sourceRoots: [sources] });
  await door.request('setFunctionBreakpoints', { breakpoints: [{ name: 'sleep_ticks' }] });
  await door.requestAndWait('stopped', 'configurationDone');
  await look();
  for (const command of ['stepBack', 'stepBack', 'reverseContinue', 'reverseContinue', 'next', 'continue']) {
    seen.push(command, await door.requestAndWait('stopped', command, { threadId: 1 }));
    await look();
  }
  seen.push(await door.requestAndWait('stopped', 'retrograde/travel', { counter: 123_456 }));
  await look();
  return seen;
}

describe('the debug adapter in a web worker of Chromium', () => {
  let page: WorkerPage;
  let folder: string;
  let recording: string;
  let sources: Readonly<Record<string, GivenAs>>;

  before(async function () {
    const browser = findBrowser();
    if (browser === undefined) {
      console.error('SKIPPED: no chromium; install one, or set CHROMIUM to a browser');
      this.skip();
    }
    assert(existsSync(worker), `${worker} is missing: npm run build makes it`);
    folder = await mkdtemp(path.join(tmpdir(), 'retrograde-worker-'));
    recording = path.join(folder, 'demo.retrograde');
    await retrograde(1, 'record', '-o', recording, ...['--kernel', path.join(demo, 'demo.elf'), '--memory', '16M']);
    const names = (await readdir(demo)).filter((name) => /\.[chS]$/.test(name));
    sources = Object.fromEntries(names.map((name) => [`/demo/${name}`, { address: `/sources/${name}`, as: 'url' }]));
    page = await WorkerPage.open(
      browser,
      new Map([
        ['/adapter-worker.js', worker],
        ['/demo.retrograde', recording],
        ['/demo.elf', path.join(demo, 'demo.elf')],
        ...names.map((name): [string, string] => [`/sources/${name}`, path.join(demo, name)]),
      ]),
    );
  });

  after(async () => {
    // What `before` did not get to make is not there to be ended.
    const made: readonly (AsyncDisposable | undefined)[] = [page];
    for (const each of made) await each?.[Symbol.asyncDispose]();
    if (existsSync(folder)) await rm(folder, { recursive: true, force: true });
  });

  beforeEach(() => page.reload());

  for (const as of ['blob', 'bytes', 'url'] as const) {
    it(`sees in a recording, given as ${as}, what the adapter's process sees`, async () => {
      await page.give({ 'demo.retrograde': { address: '/demo.retrograde', as }, ...sources });
      const inWorker = await backFromTheCrash(page, 'demo.retrograde', '/demo');
      await using process = await ProcessDoor.open();
      const inProcess = await backFromTheCrash(process, recording, demo);
      assert.deepEqual(inWorker, inProcess);
      const [crash] = inWorker as readonly [readonly { readonly name: string; readonly file: string }[]];
      assert.deepEqual(
        crash.slice(0, 2).map(({ name, file }) => [name, file]),
        [
          ['power_off', '/panic.c'],
          ['panic', '/panic.c'],
        ],
      );
    });
  }

  it('records a kernel that is given as bytes, and hands over a recording that is identical elsewhere', async () => {
    await page.give({ 'demo.elf': { address: '/demo.elf', as: 'bytes' } });
    await page.request('initialize', { adapterID: 'retrograde' });
    await page.requestAndWait('initialized', 'launch', {
      ...{ kernel: 'demo.elf', memory: '16M', rtc: CLOCK, seed: SEED },
      recording: 'made-in-a-browser.retrograde',
    });
    await page.requestAndWait('stopped', 'configurationDone');
    const { digest, counter } = (await page.request('retrograde/digest')) as { digest: string; counter: number };
    const { name, bytes } = await page.leave();
    assert.equal(name, 'made-in-a-browser.retrograde');
    const made = path.join(folder, name);
    await writeFile(made, bytes);

    const verified = JSON.parse(await retrograde(0, 'verify', made, '--json')) as Record<string, unknown>;
    assert.deepEqual([verified['identical'], verified['counter'], verified['complete']], [true, counter, true]);
    // And the same machine, recorded here, comes to the same state.
    const here = path.join(folder, 'here.retrograde');
    const machine = ['--kernel', path.join(demo, 'demo.elf'), '--memory', '16M', '--rtc', CLOCK, '--seed', SEED];
    await retrograde(1, 'record', '-o', here, ...machine);
    for (const file of [made, here]) {
      const state = await retrograde(0, 'state', file, '--at', String(counter));
      assert.match(state, new RegExp(`^counter ${counter}\ndigest +${digest}\n`));
    }
  });

  it('says in a sentence what it was not given, or cannot fetch', async () => {
    await page.request('initialize', { adapterID: 'retrograde' });
    await assert.rejects(
      page.request('attach', { recording: 'absent.retrograde' }),
      /the page gave no file of this name/,
    );
    await page.give({ 'lost.retrograde': { address: '/lost.retrograde', as: 'url' } });
    await assert.rejects(page.request('attach', { recording: 'lost.retrograde' }), /the server answered 404/);
    await page.give({ 'demo.elf': { address: '/demo.elf', as: 'blob' } });
    await assert.rejects(page.request('attach', { recording: 'demo.elf' }), /demo\.elf is not a Retrograde recording/);
  });
});

/** Runs the command line; its output. Rejects when it ends with another code. */
async function retrograde(code: number, ...args: readonly string[]): Promise<string> {
  const run = promisify(execFile)(process.execPath, [program, ...args]);
  const ended = await run.then(
    ({ stdout }) => ({ code: 0, stdout, stderr: '' }),
    (error: unknown) => error as { code: number; stdout: string; stderr: string },
  );
  assert.equal(ended.code, code, ended.stderr);
  return ended.stdout;
}
