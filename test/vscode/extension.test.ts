import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findBrowser } from './browser.ts';
import { cacheFolder, installVsCode } from './installation.ts';
import { Server } from './server.ts';
import { Workbench } from './workbench.ts';

const root = path.dirname(path.dirname(import.meta.dirname));
const demo = path.join(root, 'test/guests/demo');
const vsix = path.join(root, 'dist/retrograde.vsix');
/** Where pictures of the page go; `docs/images` to renew those of the README. */
const pictures = path.resolve(root, process.env['RETROGRADE_PICTURES'] ?? 'dist/pictures');

const launch = {
  version: '0.2.0',
  configurations: [
    {
      type: 'retrograde',
      request: 'launch',
      name: 'Record the demo',
      kernel: '${workspaceFolder}/demo.elf',
      firmware: 'none',
      recording: '${workspaceFolder}/demo.retrograde',
    },
  ],
};

describe('the packed extension in VS Code, with the demo guest', () => {
  let server: Server;
  let workbench: Workbench;
  let temporary: string;
  /** The last moment of the recorded run. */
  let end: number;

  before(async function () {
    const browser = findBrowser();
    if (browser === undefined) {
      console.error('SKIPPED: no chromium; install one, or set CHROMIUM to a browser');
      this.skip();
    }
    assert(existsSync(vsix), `${vsix} is missing: npm run package makes it`);
    await mkdir(pictures, { recursive: true });
    temporary = await mkdtemp(path.join(tmpdir(), 'retrograde-'));
    const folder = path.join(temporary, 'demo');
    await cp(demo, folder, { recursive: true });
    await mkdir(path.join(folder, '.vscode'));
    await writeFile(path.join(folder, '.vscode/launch.json'), JSON.stringify(launch));
    server = await Server.start(await installVsCode(cacheFolder(root)), vsix);
    workbench = await Workbench.open(server.workspace(folder), browser);
  });

  after(async function () {
    // What `before` did not get to make is not there to be ended.
    const made: readonly (AsyncDisposable | undefined)[] = [workbench, server];
    for (const each of made) await each?.[Symbol.asyncDispose]();
    if (existsSync(temporary)) await rm(temporary, { recursive: true, force: true });
  });

  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    const picture = path.join(pictures, 'failure.png');
    await workbench.screenshot(picture);
    console.error(`The page as it was: ${picture}\n${workbench.errors.slice(-10).join('\n')}`);
  });

  it('asks for a recording to open', async () => {
    await workbench.runCommand('Retrograde: Open Recording');
    await workbench.textIn('.quick-input-titlebar', 'Open a recording');
    await workbench.press('Escape');
  });

  it('records the demo on F5 and stands where it crashed', async () => {
    await workbench.openFile('panic.c');
    await workbench.press('F5');
    const moment = await workbench.moment((counter, last) => counter > 0 && counter === last);
    end = moment.end;
    const [innermost, caller] = await workbench.callStack();
    assert.match(innermost ?? '', /^power_off/);
    assert.match(caller ?? '', /^panic/);
    assert.equal((await workbench.editorStop()).file, 'panic.c');
    await workbench.textIn('.terminal-wrapper .xterm-rows', 'panic:');
  });

  it('shows the registers of that moment', async () => {
    await workbench.expandScope('Registers');
    const variables = await workbench.variables();
    assert(
      variables.some((row) => /^pc ?[:=]? ?0x/.test(row)),
      variables.join('; '),
    );
  });

  it('steps back a line by the toolbar', async () => {
    await workbench.debugAction('Step Back');
    const { counter } = await workbench.moment((now) => now < end);
    const { file, line } = await workbench.editorStop();
    assert.equal(file, 'panic.c');
    await workbench.debugAction('Step Over');
    await workbench.moment((now) => now > counter);
    await workbench.debugAction('Step Back');
    await workbench.moment((now) => now === counter);
    assert.deepEqual(await workbench.editorStop(), { file, line });
  });

  it('runs back to a breakpoint by the toolbar', async () => {
    await workbench.openFile('task.c');
    const line = await lineOf('task.c', 'dead_task = NULL;');
    await workbench.setBreakpoint(line);
    await workbench.debugAction('Reverse');
    const { counter } = await workbench.moment((now) => now < end);
    assert.deepEqual(await workbench.editorStop(), { file: 'task.c', line });
    assert.match((await workbench.callStack())[0] ?? '', /^after_switch/);
    await workbench.screenshot(path.join(pictures, 'reverse.png'));
    await workbench.debugAction('Continue');
    await workbench.moment((now) => now === end);
    await workbench.debugAction('Reverse');
    await workbench.moment((now) => now === counter);
  });

  it('steps back out of a function by its own button', async () => {
    const [, caller] = await workbench.callStack();
    await workbench.debugAction('Reverse Step Out');
    await workbench.moment((now) => now < end);
    const [innermost] = await workbench.callStack();
    assert.equal(nameOf(innermost), nameOf(caller));
  });

  it('travels to the moment that is typed', async () => {
    await workbench.clickMoment();
    await workbench.answer('1,000');
    await workbench.moment((now) => now === 1000);
    await workbench.clickMoment();
    await workbench.answer('-1');
    await workbench.moment((now) => now === 999);
  });

  it('opens the recording by a double click, at its end', async () => {
    await workbench.debugAction('Stop');
    await workbench.momentGone();
    await workbench.openFile('demo.retrograde');
    await workbench.moment((counter, last) => counter === end && last === end);
    const [innermost] = await workbench.callStack();
    assert.match(innermost ?? '', /^power_off/);
    await workbench.openFile('demo.retrograde');
    const page = await workbench.webviewText('Length');
    assert(page.includes(`${end.toLocaleString('en')} steps`), page);
    await workbench.screenshot(path.join(pictures, 'recording.png'));
  });
});

/** The function of a row of the call stack: the row is its name, file and line without spaces between. */
function nameOf(frame: string | undefined): string | undefined {
  return /^\w+?(?=\w+\.[cS])/.exec(frame ?? '')?.[0];
}

/** The number of the first line of a file of the demo that contains `text`. */
async function lineOf(file: string, text: string): Promise<number> {
  const lines = (await readFile(path.join(demo, file), 'utf8')).split('\n');
  const index = lines.findIndex((line) => line.includes(text));
  assert(index >= 0, `${file} has no line with ${text}`);
  return index + 1;
}
