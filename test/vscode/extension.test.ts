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
    const picture = path.join(root, 'dist/vscode-failure.png');
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
    await workbench.showDebugger();
    // The kernel's fault, the trap it took, and the end it made of itself.
    const fault = '<load page fault in S-mode>';
    const stack = await workbench.callStack('power_off', 'panic', 'trap', 'trap_vector', fault, 'wake_sleepers');
    assert.equal(stack[1]?.line, await lineOf('panic.c', 'power_off(POWER_OFF_PANIC)'));
    const stop = await workbench.editorStop();
    assert.deepEqual(stop, { file: 'panic.c', line: stack[0]?.line });
    await workbench.textIn('.terminal-wrapper .xterm-rows', 'scause 000000000000000d');
  });

  it('shows the registers of that moment', async () => {
    await workbench.expandScope('Registers');
    assert.match(await workbench.variable('pc'), /^0x0000000080[0-9a-f]{6} <power_off\+\d+>$/);
    // The argument of power_off: POWER_OFF_PANIC.
    assert.equal(await workbench.variable('a0'), '0x0000000000000001');
  });

  it('steps back and forward again, a line at a time', async () => {
    const last = await workbench.editorStop();
    await workbench.debugAction('Step Back');
    const { counter } = await workbench.moment((now) => now < end);
    const before = await workbench.editorStopAt(await lineOf('panic.c', '*(volatile u32 *)FINISHER'));
    assert.equal(before.file, 'panic.c');
    await workbench.debugAction('Step Over');
    await workbench.moment((now) => now > counter);
    assert.deepEqual(await workbench.editorStopAt(last.line), last);
  });

  it('runs back to a breakpoint', async () => {
    await workbench.press('Control+Shift+E');
    await workbench.openFile('timer.c');
    const line = await lineOf('timer.c', 'schedule();');
    await workbench.setBreakpoint(line);
    await workbench.showDebugger();
    await workbench.debugAction('Reverse');
    const { counter } = await workbench.moment((now) => now < end - 1000);
    const stack = await workbench.callStack('sleep_ticks', 'job', 'task_main');
    assert.deepEqual(stack[0], { function: 'sleep_ticks', file: 'timer.c', line });
    assert.deepEqual(await workbench.editorStopAt(line), { file: 'timer.c', line });
    await workbench.screenshot(path.join(pictures, 'reverse.png'));
    await workbench.debugAction('Continue');
    await workbench.moment((now) => now === end);
    await workbench.debugAction('Reverse');
    await workbench.moment((now) => now === counter);
  });

  it('steps back out of a function, and back into one, by its own buttons', async () => {
    await workbench.callStack('sleep_ticks', 'job');
    const here = await workbench.moment(() => true);
    await workbench.debugAction('Reverse Step Out');
    const out = await workbench.moment((now) => now < here.counter);
    const [callSite] = await workbench.callStack('job', 'task_main');
    assert.deepEqual(callSite, { function: 'job', file: 'main.c', line: await lineOf('main.c', 'sleep_ticks(1);') });
    await workbench.debugAction('Reverse Step Into');
    await workbench.moment((now) => now < out.counter);
  });

  it('tells who last wrote what the cursor is on, and goes there by a click', async () => {
    await workbench.press('Control+Shift+E');
    await workbench.openFile('timer.c');
    const line = await lineOf('timer.c', '  ticks++;');
    await workbench.placeCursor(line, 4);
    await workbench.runCommand('Retrograde: Who Last Wrote This?');
    await workbench.showDebugger();
    const here = await workbench.moment(() => true);
    const rows = await workbench.viewRows('timer_interrupt, timer.c');
    assert(
      rows.some((text) => text.includes('Who last wrote ticks')),
      rows.join('\n'),
    );
    await workbench.screenshot(path.join(pictures, 'past.png'));
    await workbench.clickViewRow('timer_interrupt, timer.c');
    await workbench.moment((now) => now < here.counter);
    await workbench.callStack('timer_interrupt');
    await workbench.editorStopAt(line);
    // There and back again, by the moments visited.
    await workbench.runCommand('Retrograde: Go Back to the Moment Before');
    await workbench.moment((now) => now === here.counter);
  });

  it('travels to the moment that is typed', async () => {
    await workbench.clickMoment();
    await workbench.answer('1,000');
    await workbench.moment((now) => now === 1000);
    await workbench.clickMoment();
    await workbench.answer('-1');
    await workbench.moment((now) => now === 999);
    await workbench.clickMoment();
    await workbench.answer('50%');
    await workbench.moment((now) => now === Math.round(end / 2));
    await workbench.clickMoment();
    await workbench.answer('999');
    await workbench.moment((now) => now === 999);
  });

  it('names a moment, lists the name, and goes there again', async () => {
    await workbench.runCommand('Retrograde: Bookmark This Moment');
    await workbench.answer('early');
    await workbench.clickMoment();
    await workbench.answer('end');
    await workbench.moment((now) => now === end);
    await workbench.runCommand('Focus on Bookmarks View');
    assert.match((await workbench.viewRows('early')).join(), /early.*999/);
    await workbench.clickViewRow('early');
    await workbench.moment((now) => now === 999);
  });

  it('opens the recording by a double click, at its end', async () => {
    await workbench.debugAction('Stop');
    await workbench.momentGone();
    await workbench.press('Control+Shift+E');
    await workbench.openRecording('demo.retrograde');
    await workbench.moment((counter, last) => counter === end && last === end);
    await workbench.showDebugger();
    await workbench.callStack('power_off');
    // The debug toolbar floats over the tabs: the explorer brings the page to the front.
    await workbench.press('Control+Shift+E');
    await workbench.openRecording('demo.retrograde');
    const page = await workbench.webviewText('Length');
    assert(page.includes(`${end.toLocaleString('en')} steps`), page);
    assert(page.includes('the guest powered off with code 1'), page);
    await workbench.screenshot(path.join(pictures, 'recording.png'));
  });

  it('debugs the recording in front where there is no launch.json', async () => {
    await workbench.debugAction('Disconnect');
    await workbench.momentGone();
    const elsewhere = path.join(temporary, 'elsewhere');
    await mkdir(elsewhere);
    await cp(path.join(temporary, 'demo/demo.retrograde'), path.join(elsewhere, 'sent.retrograde'));
    await workbench.goTo(server.workspace(elsewhere));
    await workbench.openRecording('sent.retrograde');
    await workbench.moment((counter) => counter === end);
    await workbench.debugAction('Disconnect');
    await workbench.momentGone();
    await workbench.press('Control+Shift+E');
    await workbench.openRecording('sent.retrograde');
    await workbench.webviewText('Length');
    // The command of F5; the key itself may be lost while the page takes the focus.
    await workbench.runCommand('Debug: Start Debugging');
    await workbench.choose('Retrograde');
    await workbench.moment((counter) => counter === end);
  });
});

/** The number of the first line of a file of the demo that contains `text`. */
async function lineOf(file: string, text: string): Promise<number> {
  const lines = (await readFile(path.join(demo, file), 'utf8')).split('\n');
  const index = lines.findIndex((line) => line.includes(text));
  assert(index >= 0, `${file} has no line with ${text}`);
  return index + 1;
}
